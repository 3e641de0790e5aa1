"""Pages of children's records and returns."""
