"""Readable cases: one file of answers and expectations for each jurisdiction, and some across them."""
