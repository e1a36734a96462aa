"""Tests of the record: that alterations are found, what was purged is gone, and copies and exports are whole."""
