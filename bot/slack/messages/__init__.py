"""Every message of the conversation, built by pure functions from the consult."""
