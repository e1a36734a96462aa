"""The plain sentences of a result, from `result_words.yaml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from flows.levels import LEVELS
from state_law.load import TableError
from state_law.shapes import check_complete, read_shaped

HERE = Path(__file__).parent


def read_data(name: str) -> Any:
    """One of the data files beside this module, as it stands. TableError when it can't be read, or has not its shape."""
    from flows.shapes import SHAPES

    return read_shaped(HERE / name, SHAPES[name])


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """`duty` and `level`: each value -> its sentence."""
    from flows.shapes import DutyName

    data: dict[str, dict[str, str]] = read_data("result_words.yaml")
    check_complete("result_words.yaml", "duty", data["duty"], get_args(DutyName))
    check_complete("result_words.yaml", "level", data["level"], LEVELS)
    return data


def say_warning(name: str, **parts: str) -> str:
    """A warning of `result_words.yaml`, its gaps filled in. TableError for one that is missing, or has another gap."""
    check_complete("result_words.yaml", "warning", words()["warning"], [name])
    written = words()["warning"][name]
    try:
        return written.format(**parts)
    except (KeyError, IndexError, ValueError, AttributeError):
        gaps = ", ".join(f"{{{one}}}" for one in parts) or "none"
        raise TableError("result_words.yaml", f"warning.{name}", written, f"the gaps that there are: {gaps}") from None


def spoken(name: str) -> str:
    """A name of the contract as a person would say it: `law_enforcement` -> `law enforcement`."""
    return name.replace("_", " ")
