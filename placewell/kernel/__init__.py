"""Plain words that every part shares: money, periods, working days, states, errors."""
