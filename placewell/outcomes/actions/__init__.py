"""Change what the outcomes room keeps."""
