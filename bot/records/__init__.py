"""What makes the log a record: verified, audited, kept as long as it should be, copied, exported."""
