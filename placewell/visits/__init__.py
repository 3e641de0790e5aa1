"""Visits: every child seen in time, and the road to them kept short. Stage: do.

Statutory visits by the council's representative, and the other duties with a date that the same facts decide (Care
Planning, Placement and Case Review (England) Regulations 2010, SI 2010/959, regs 7, 28 to 31 and 33).
"""
