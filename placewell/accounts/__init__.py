"""Organisations, people, the offices they hold, and what each office may do.

Stage: all. Statute: the scheme of delegation (Local Government Act 2000 s.9E) says which office may decide
what; the reviewing officer is kept apart from the control of resources (SI 2010/959 reg 46).
"""
