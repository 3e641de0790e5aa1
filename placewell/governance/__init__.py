"""Decisions, what they delegate, their call-in, and the approvals given under them.

Stage: all. Statute: Local Authorities (Executive Arrangements) (Meetings and Access to Information)
(England) Regulations 2012 (SI 2012/2089); call-in under Local Government Act 2000 s.9F.
"""
