"""The jurisdiction table, its evaluation, and `curbside law`."""
