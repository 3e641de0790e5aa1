"""What the outcomes room answers."""
