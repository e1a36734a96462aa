"""The proof over all combinations. `make exhaustive` runs it whole; the usual tests run a seeded sample of the same checks."""
