"""Pages of the market: providers and what is registered, homes and their places, the register."""
