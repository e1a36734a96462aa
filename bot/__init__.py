"""Everything around the engine in flows/ and state_law/: terminal, storage, records, commands, Slack."""
