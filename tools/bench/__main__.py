"""`python -m tools.bench [CHAPTER ...]`: measure, print a table, and keep the numbers and the page made of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.bench import evaluating, growth, load, person, resting, step
from tools.bench.figures import Chapter, keep, read
from tools.bench.page import page

ROOT = Path(__file__).parents[2]
FIGURES, PAGE = ROOT / "docs" / "figures" / "bench.json", ROOT / "docs" / "performance.md"
CHAPTERS: Mapping[str, Callable[[], Chapter]] = {
    "step": step.chapter,
    "load": load.chapter,
    "resting": resting.chapter,
    "person": person.chapter,
    "evaluating": evaluating.chapter,
    "growth": growth.chapter,
}
UNLESS_NAMED = tuple(name for name in CHAPTERS if name != "growth")


def table(chapter: Chapter) -> str:
    """The chapter for a person at a terminal."""
    lines = [f"\n{chapter.title}"]
    for one in chapter.figures:
        goal = (
            ""
            if one.goal is None
            else f"   ({one.goal.way} {one.goal.limit:g}: {_verdict(one.goal.met_by(one.value))})"
        )
        lines.append(f"  {one.what:<70} {one.value:>10,.3f} {one.unit}{goal}")
    widths = [max(len(str(row[at])) for row in (chapter.columns, *chapter.rows)) for at in range(len(chapter.columns))]
    for row in (chapter.columns, *chapter.rows) if chapter.rows else ():
        lines.append("  " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)))
    return "\n".join(lines)


def _verdict(met: bool) -> str:
    return "met" if met else "missed"


def main() -> None:
    """Measure each chapter; it is kept as soon as it is there."""
    parser = argparse.ArgumentParser(description="How fast Curbside is, on this machine.")
    parser.add_argument("chapters", nargs="*", choices=[*CHAPTERS, []], metavar="CHAPTER", help=", ".join(CHAPTERS))
    parser.add_argument("--json", type=Path, default=FIGURES, metavar="FILE", help="where the numbers are kept")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="where the page is written")
    parser.add_argument(
        "--page-only", action="store_true", help="measure nothing; write the page anew from the numbers"
    )
    arguments = parser.parse_args()
    for name in () if arguments.page_only else arguments.chapters or UNLESS_NAMED:
        chapter = CHAPTERS[name]()
        print(table(chapter), flush=True)
        keep(arguments.json, [chapter])
    arguments.page.write_text(page(read(arguments.json)), encoding="utf-8")


if __name__ == "__main__":
    main()
