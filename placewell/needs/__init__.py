"""Need: how many children will want which kind of home, at what cost, and how sure that is.

Stage: analyse and plan. Statute: Children Act 1989 s.22G (sufficient accommodation within the authority's area). Forecasts
are of numbers and money; nothing here decides about a child.
"""
