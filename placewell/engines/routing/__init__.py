"""Plan statutory visits over weeks: who visits which child on which day, at the least cost, with a proven bound."""
