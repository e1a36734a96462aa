"""What the safety tests counted, from pytest's own report: `python -m tools.safety_figures REPORT.xml`.

`make safety` runs them all, those over every combination too, writes the report, and keeps the figures in docs/figures.
"""

from __future__ import annotations

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree


def figures(report: str) -> dict[str, Any]:
    """Of each test that counted something what it counted; how many tests there were, and how many did not pass."""
    cases = list(ElementTree.fromstring(report).iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return {
        "what": "safety",
        "tests": len(cases),
        "failed": len(failed),
        "seconds": round(sum(float(case.get("time", 0)) for case in cases)),
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "counted": {str(case.get("name")): counted for case in cases if (counted := _counted(case))},
    }


def _counted(case: ElementTree.Element) -> dict[str, int]:
    return {str(one.get("name")): int(str(one.get("value"))) for one in case.iter("property")}


def main() -> int:
    """Print them; 1 when a test did not pass, and nothing then, so that no page is made of it."""
    found = figures(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if found["failed"] or not found["counted"]:
        print(f"{found['failed']} of {found['tests']} tests did not pass, so there are no figures", file=sys.stderr)
        return 1
    json.dump(found, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
