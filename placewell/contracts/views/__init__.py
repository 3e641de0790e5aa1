"""Pages for frameworks, contracts and rates."""
