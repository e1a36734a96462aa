"""Datasette over tables in memory, for reading only."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from bot.failures import Refused
from bot.records.browsing import ABOUT
from bot.records.gate import Application
from bot.storage.memory_tables import stay_in_memory

NAME = "curbside"
SETTINGS = {"allow_download": False, "allow_csv_stream": True, "default_page_size": 100, "max_returned_rows": 10_000}
FACETS = {"consults": ["level", "status", "jurisdiction"], "events": ["kind"], "accesses": ["what"], "steps": ["state"]}
NEWEST_FIRST = {"consults": "started_at", "events": "id", "accesses": "id"}


def check_installed() -> None:
    """Refused when Datasette is not there."""
    if importlib.util.find_spec("datasette") is None or importlib.util.find_spec("uvicorn") is None:
        raise Refused(
            "Datasette is not installed, which shows the pages. Install it into the same environment"
            " (pip install 'datasette<1') and try again."
        )


def pages(memory_name: str, about: str) -> Application:
    """The pages over the tables in the shared memory of that name. `about`: a line on what they show, and of when."""
    from datasette import hookimpl
    from datasette.app import Datasette
    from datasette.database import Database
    from datasette.plugins import DEFAULT_PLUGINS, pm

    class OnlyInMemory:
        """No connection needs a file, and those to the tables only read; Datasette's own notes are in memory too."""

        __name__ = "curbside_only_in_memory"

        @hookimpl  # type: ignore[untyped-decorator]
        def prepare_connection(self, conn: Any, database: str) -> None:
            stay_in_memory(conn, reading=database == NAME)

    # Where rich is installed, as it is with Curbside, it would print each refused query with all that the program holds,
    # the link's key among it.
    importlib.import_module("datasette.handle_exception").__dict__["rich"] = None
    # What else is installed beside it may write, or send what it sees elsewhere.
    for name, plugin in pm.list_name_plugin():
        if name not in DEFAULT_PLUGINS:
            pm.unregister(plugin)
    shown = Datasette([], metadata=_metadata(about), settings=SETTINGS)
    shown.remove_database("_memory")  # an empty one, which is there when no file is given
    shown.add_database(Database(shown, memory_name=memory_name), name=NAME)
    pm.register(OnlyInMemory())
    made: Application = shown.app()
    return made


def _metadata(about: str) -> dict[str, Any]:
    tables: dict[str, dict[str, Any]] = {name: {"description": text} for name, text in ABOUT.items()}
    for name, columns in FACETS.items():
        tables[name]["facets"] = columns
    for name, column in NEWEST_FIRST.items():
        tables[name]["sort_desc"] = column
    return {
        "title": "Curbside: the log's facts",
        "description": about,
        "databases": {NAME: {"tables": tables}},
    }
