"""Pages of the outcomes room."""
