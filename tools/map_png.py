"""The map as PNG, drawn from the SVG beside it: `python -m tools.map_png docs/law-map.svg` writes docs/law-map.png.

The PNG notes the SHA-256 of the SVG that it shows, so that a test can tell whether it is of today.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import reportlab
import resvg_py
from PIL import Image

from tools import noted

FONTS = sorted((Path(reportlab.__file__).parent / "fonts").glob("Vera*.ttf"))
"""Those of reportlab, so that the picture is the same on every machine."""
ZOOM = 1.5
COLOURS = 64


def png(svg: str) -> Image.Image:
    """The picture, with few colours, so that the file is small."""
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=[str(one) for one in FONTS], zoom=ZOOM
    )
    return Image.open(io.BytesIO(drawn)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def main() -> int:
    """Draw the file that is named."""
    source = Path(sys.argv[1])
    svg = source.read_text(encoding="utf-8")
    noted.save(png(svg), source.with_suffix(".png"), svg)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
