"""Outcomes: what became of the children, and which homes and providers deliver. Stage: review.

Goals agreed for each placement and scored; the measures of the official statistics; what they change in the next search
and tender (Children Act 1989 s.22G, the sufficiency duty; SI 2010/959 regs 5 and 33, what a plan sets out and a review asks).
"""
