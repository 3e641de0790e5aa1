"""The engines: forecast, matching, routing, capacity, scoring. Plain Python; they do not know each other."""
