"""From a child's need to a home: referral, offer, decision, agreement, placement, ending.

Stage: do. Statute: Children Act 1989 ss.22C and 22D; Care Planning, Placement and Case Review (England)
Regulations 2010 (SI 2010/959) regs 9 to 14, as amended by SI 2013/3239.
"""
