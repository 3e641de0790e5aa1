"""The definitions of the measures, as pure functions of plain values."""
