"""The practice of the commands' tests, for the record."""

from tests.commands.conftest import practice

__all__ = ["practice"]
