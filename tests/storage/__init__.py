"""The log: first against its interface, which any engine must keep, then what is SQLite's own."""
