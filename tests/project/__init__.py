"""The project as a newcomer meets it: set-up, packaging, the command and its help."""
