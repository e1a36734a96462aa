"""The pictures in the documents, taken from the preview: `python -m tools.pictures` (what `make pictures` does).

Each shows frames of `curbside preview`, side by side, as Chromium draws them. `--check` only names those that are
not of today (exit 1). A picture notes the SHA-256 of the page that it was taken of; so a changed word is seen without Chromium.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops

from bot.slack.preview.chapters import chapters
from bot.slack.preview.frames import Frame, frame_as_html
from bot.slack.preview.html import Html, joined, tag
from bot.slack.preview.style import STYLE
from tools import noted

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
AT = "2026-11-24T15:00:00-07:00"
"""When the invented consults take place: always the same, so that a picture changes only where the program has changed."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NEEDED = (
    "This needs Chromium or Chrome, to draw the pages. Install it (on Debian: apt-get install chromium), or name it: "
    "CHROMIUM=/path/to/it make pictures"
)
FONT_NEEDED = (
    "No font here has the coloured signs that stand on the cards. On Debian: apt-get install fonts-noto-color-emoji"
)
SIGN = "1f534"
SCALE = 1.5
MARGIN = 16
COLOURS = 96
ROOM = (1300, 3000)
"""The window, wide enough for three phones and higher than any."""
PAGE = """
body { background: #fff; padding: 8px; }
.frames { flex-wrap: nowrap; }
.phone { max-height: none; }
.cut .phone { max-height: 830px; overflow: hidden; padding-bottom: 0; border-bottom: 0; border-radius: 18px 18px 0 0;
  mask-image: linear-gradient(#000 calc(100% - 70px), transparent); }
.notification { visibility: hidden; height: 0; margin: 0; }
"""


@dataclass(frozen=True)
class Shown:
    """A frame of the preview. `only`: which of its messages; `cut`: where it is longer than a screen, only its beginning."""

    caption: str
    only: int | None = None
    cut: bool = False
    under: str = ""


@cache
def pictures() -> Mapping[str, Sequence[Shown]]:
    """Name of the file -> what it shows, from left to right."""
    return {
        "consult": (
            Shown("Screen: The target", under="One question a message, one tap an answer"),
            Shown("The result, as a sequence of messages", 0, cut=True, under="What to do, the least intrusive first"),
            Shown(
                "The result, as a sequence of messages",
                2,
                cut=True,
                under="Who may be told, how, and what to leave out",
            ),
        ),
        "supervisor": (
            Shown("The card, which waits for somebody", under="The card in the supervisors' private channel"),
            Shown("Whoever is on call is called", under="Whoever is on call is called"),
            Shown("To the clinician, in the consult's thread", under="Advice, in the clinician's own thread"),
        ),
        "decision": (
            Shown("The answers, before the result", under="The answers, before the result"),
            Shown("Window: the decision", cut=True, under="The decision"),
            Shown("The decision, recorded", cut=True, under="Afterwards: what became of each step"),
        ),
        "emergency": (
            Shown("The card, with nothing known yet", under="Danger now"),
            Shown("The card, with minimal privacy", under="A card, with CURBSIDE_PRIVACY=minimal"),
        ),
    }


def page(shows: Iterable[Shown]) -> str:
    """The page of which a picture is taken."""
    frames = joined(_frame(one) for one in shows)
    head = joined([Html('<meta charset="utf-8">'), tag("style", Html(STYLE + PAGE))])
    return f'<!DOCTYPE html>\n<html lang="en">{tag("head", head)}{tag("body", tag("div", frames, class_="frames"))}</html>\n'


def _frame(shown: Shown) -> Html:
    frame = _frames()[shown.caption]
    shows = frame.shows
    if shown.only is not None:
        assert isinstance(shows, Sequence)
        shows = [shows[shown.only]]
    drawn = frame_as_html(replace(frame, caption=shown.under, shows=shows))
    return tag("div", drawn, class_="cut" if shown.cut else "whole")


@cache
def _frames() -> Mapping[str, Frame]:
    """The frames of the preview by their captions; of several with one caption the first."""
    found: dict[str, Frame] = {}
    for chapter in chapters(AT):
        for frame in chapter.frames:
            found.setdefault(frame.caption, frame)
    return found


def stale() -> list[str]:
    """The pictures that are missing, or were taken of other pages than those of today."""
    return [name for name, shows in pictures().items() if not noted.made_from(path(name), page(shows))]


def path(name: str) -> Path:
    """Where a picture is."""
    return PICTURES / f"{name}.png"


def browser() -> str | None:
    """The Chromium or Chrome of this machine: what CHROMIUM names, or the first that is found."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for one in BROWSERS if (found := shutil.which(one))), None)


def take(source: str, chromium: str) -> Image.Image:
    """A picture of a page, cropped to what it shows. CalledProcessError when the browser fails."""
    with tempfile.TemporaryDirectory() as folder:
        html, png = Path(folder, "page.html"), Path(folder, "page.png")
        html.write_text(source, encoding="utf-8")
        options = [
            "--headless", "--disable-gpu", "--hide-scrollbars", f"--force-device-scale-factor={SCALE}",
            f"--window-size={ROOM[0]},{ROOM[1]}", f"--user-data-dir={folder}/profile", f"--screenshot={png}",
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--no-sandbox")  # as root Chromium does not start otherwise
        subprocess.run([chromium, *options, html.as_uri()], check=True, capture_output=True, timeout=120)
        shot = Image.open(io.BytesIO(png.read_bytes())).convert("RGB")
    box = ImageChops.difference(shot, Image.new("RGB", shot.size, "white")).getbbox()
    assert box, "an empty page"
    left, top, right, bottom = box
    edge = round(MARGIN * SCALE)
    cropped = shot.crop((max(left - edge, 0), max(top - edge, 0), right + edge, bottom + edge))
    return cropped.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def _has_signs() -> bool:
    """Whether some font has the coloured signs; taken for granted where that can't be asked."""
    ask = shutil.which("fc-list")
    return not ask or bool(subprocess.run([ask, f":charset={SIGN}"], capture_output=True, check=False).stdout.strip())


def main() -> int:
    """Take all pictures anew; with --check only name those that are not of today."""
    if "--check" in sys.argv:
        found = stale()
        for name in found:
            print(f"not of today: {path(name).name}")
        return 1 if found else 0
    chromium = browser()
    if chromium is None or shutil.which(chromium) is None:
        print(NEEDED, file=sys.stderr)
        return 2
    if not _has_signs():
        print(FONT_NEEDED, file=sys.stderr)
        return 2
    PICTURES.mkdir(exist_ok=True)
    for name, shows in pictures().items():
        source = page(shows)
        noted.save(take(source, chromium), path(name), source)
        print(f"{path(name).name}: {path(name).stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
