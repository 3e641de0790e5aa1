"""Contracts in force: frameworks, their lots, the providers on them, and prices.

Stage: plan. Statute: Public Contracts Regulations 2015 or Procurement Act 2023, as each procurement says.
"""
