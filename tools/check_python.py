"""Can this Python run Curbside? Prints what is missing, one line each, and exits with 1; 0 when nothing is.

It is run by whatever Python is found, so it is written in words that an old one understands too.
"""

import sys

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables


def without_environments():
    """What to install when virtual environments can't be made."""
    return (
        "it can't make virtual environments (the module venv or ensurepip is missing). "
        "On Debian and Ubuntu: sudo apt install python%d.%d-venv. "
        "Elsewhere install Python from python.org or your system's packages" % sys.version_info[:2]
    )


def faults():
    """What this Python lacks, in words that say how to get it."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        return ["it is version %d.%d, and Curbside needs 3.11 or newer" % sys.version_info[:2]]
    found = []
    try:
        __import__("venv")
        __import__("ensurepip")
    except ImportError:
        found.append(without_environments())
    try:
        import sqlite3
    except ImportError:
        return found + ["it has no SQLite (the module sqlite3); install a Python that was built with it"]
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        found.append(
            "its SQLite is version %s, and the log needs 3.37 or newer; "
            "install a newer Python or a newer system" % sqlite3.sqlite_version
        )
    probe = sqlite3.connect(":memory:")
    try:
        probe.execute("CREATE VIRTUAL TABLE probe USING fts5 (words)")
    except sqlite3.OperationalError:
        found.append(
            "its SQLite was built without full-text search (FTS5), which the log needs; "
            "install Python from python.org or your system's packages"
        )
    finally:
        probe.close()
    return found


if __name__ == "__main__":
    missing = faults()
    for line in missing:
        sys.stdout.write(line + "\n")
    sys.exit(1 if missing else 0)
