"""Need: how many children will want which kind of home, at what cost, how sure that is, and whether homes are near enough.

Stage: analyse and plan. Statute: Children Act 1989 s.22G (sufficient accommodation within the authority's area). Forecasts
are of numbers and money; nothing here decides about a child.
"""
