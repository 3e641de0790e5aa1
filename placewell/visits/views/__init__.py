"""The pages of the visits room."""
