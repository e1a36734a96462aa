"""The plain sentences of a result, from `result_words.yaml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from state_law.load import read_text
from state_law.yaml_text import read_yaml

HERE = Path(__file__).parent


def read_data(name: str) -> Any:
    """One of the data files beside this module, as it stands. TableError or ValueError when it can't be read."""
    return read_yaml(read_text(HERE / name))


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """`duty` and `level`: each value -> its sentence."""
    data: dict[str, dict[str, str]] = read_data("result_words.yaml")
    return data


def spoken(name: str) -> str:
    """A name of the contract as a person would say it: `law_enforcement` -> `law enforcement`."""
    return name.replace("_", " ")
