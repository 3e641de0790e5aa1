"""The visits room."""
