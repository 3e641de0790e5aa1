"""The child's record: identity, legal status, episodes (SSDA903), brothers and sisters, needs.

Stage: all. Statute: Children Act 1989 ss.20, 22, 31; the record under SI 2010/959 regs 49 and 50; the return
under Children Act 1989 s.83.
"""
