"""The consult in a terminal: line by line through a pipe, and with keys in a real pseudo-terminal."""
