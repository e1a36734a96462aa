"""PNG files that note what they were made from, so that it can be seen when they are of yesterday."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

NOTE = "made-from-sha256"


def save(picture: Image.Image, path: Path, source: str) -> None:
    """Write the picture as PNG, as small as it gets, with a note of its source."""
    note = PngInfo()
    note.add_text(NOTE, _digest(source))
    picture.save(path, "PNG", optimize=True, pnginfo=note)


def made_from(path: Path, source: str) -> bool:
    """Whether that file was made from exactly this source."""
    if not path.is_file():
        return False
    with Image.open(path) as picture:
        return picture.info.get(NOTE) == _digest(source)


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()
