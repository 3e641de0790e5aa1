"""Tenders: procurements with their lots and published method, sealed bids, evaluation and award.

Stage: plan. Statute: Procurement Act 2023 ss.12 to 55, or Public Contracts Regulations 2015 regs 74 to 77, as each procurement says.
"""
