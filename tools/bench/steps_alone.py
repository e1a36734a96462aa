"""`python -m tools.bench.steps_alone CONSULTS`: consults in this process, nothing sent; it prints what it holds (MB) as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench.inside import in_process, tap_body
from tools.bench.script import script

PEOPLE, SAMPLES = 64, 10


def held() -> float:
    """Megabytes that this process holds (resident)."""
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, check=True)
    return int(done.stdout) / 1024


def main() -> None:
    """Run them, and print."""
    consults, taps = int(sys.argv[1]), script()
    memory, steps = [], []
    with tempfile.TemporaryDirectory() as folder, in_process(Path(folder) / "log.db", PEOPLE) as program:
        for number in range(1, consults + 1):
            user = program.people[number % PEOPLE]
            reference = program.begins(user)
            for tap in taps:
                program.takes(tap_body(tap, user, reference))
            if number % max(1, consults // SAMPLES) == 0:
                memory.append(held())
                steps.append(number * (len(taps) + 1))
    print(json.dumps({"memory": memory, "steps": steps}))


if __name__ == "__main__":
    main()
