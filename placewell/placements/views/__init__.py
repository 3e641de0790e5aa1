"""Pages of the placements desk and of the provider's side of it."""
