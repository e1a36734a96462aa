"""The consult in a terminal."""
