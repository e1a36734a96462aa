"""The commands of `curbside`, one a module; each module has its click command as `command`."""
