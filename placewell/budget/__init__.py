"""The envelope that Cabinet set, and what is committed against it, per night and to the penny.

Stage: plan. Statute: Local Government Act 1972 s.151 (proper administration of financial affairs); the
ceiling is the decision's own.
"""
