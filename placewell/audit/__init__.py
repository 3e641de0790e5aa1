"""The trail: who did what, when, in which office, and why. Append-only and hash-chained.

Stage: all. Statute: the records of executive decisions (SI 2012/2089 regs 12 and 13) and of care
(SI 2010/959 regs 49 and 50) must be kept and must be right; the trail shows that nobody altered them.
"""
