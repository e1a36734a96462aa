"""A step is committed with what it sends, once."""
