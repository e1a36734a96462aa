"""What the Makefile runs, beside the project: no part of what is installed."""
