"""Puts the real output of commands into the documents: `python -m tools.outputs` rewrites, `--check` only looks (exit 1).

In a document, what stands between the fences after `<!-- output of: COMMAND -->` is what COMMAND prints, 80 columns wide.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(
    r"(<!-- output of: (?P<command>[^\n]+?) -->\n```(?:text|mermaid)\n)(?P<output>.*?)(^```$)", re.DOTALL | re.MULTILINE
)


def renewed(text: str) -> str:
    """The document with each block's output as it is now."""
    return BLOCK.sub(lambda block: block[1] + output(block["command"]) + block[4], text)


def output(command: str) -> str:
    """What a command of this environment prints; CalledProcessError when it fails."""
    program, *words = shlex.split(command)
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines()) + "\n"


def main() -> int:
    """Rewrite the documents that are stale; with --check only name them."""
    stale = {path: new for path in DOCUMENTS if (new := renewed(old := path.read_text("utf-8"))) != old}
    for path, new in stale.items():
        print(f"stale: {path.relative_to(ROOT)}")
        if "--check" not in sys.argv:
            path.write_text(new, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
