"""Placewell: a council's commissioning of homes for looked-after children, end to end."""

__version__ = "0.1.0"
