"""One client per outside system; no domain words."""
