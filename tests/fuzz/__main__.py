"""`make fuzz`: hostile input, many thousands of times; exit status 1 when something was found."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click

from tests.fuzz.running import SHARES, Found, run, summary


@click.command()
@click.option("--count", default=100_500, show_default=True, help="How many inputs, over all surfaces together.")
@click.option("--seed", default=20261125, show_default=True, help="From which every input comes.")
@click.option("--only", type=click.Choice(list(SHARES)), help="One surface alone.")
@click.option("--from", "first", default=0, help="The number of the first input, to have one again.")
@click.option("--processes", default=os.cpu_count() or 1, help="How many at once; as many as there are processors.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the summary there.")
def main(count: int, seed: int, only: str | None, first: int, processes: int, file: Path | None) -> None:
    """Try hostile input on every way in: Slack's payloads over HTTP and Socket Mode, answer files, the law's and other tables."""
    before, found = time.monotonic(), list[Found]()
    for one in run(count, seed, processes=processes, only=only, first=first):
        found.append(one)
        for find in one.finds:
            click.echo(f"FOUND  {find}\n")
        if len(found) % 25 == 0:
            click.echo(f"{sum(done.inputs for done in found):>9,} inputs, {time.monotonic() - before:.0f} s", err=True)
    made = summary(found, seed, time.monotonic() - before)
    if file is not None:
        file.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    for name, inputs in made["by_surface"].items():
        ended = ", ".join(f"{many:,} {how or 'failed'}" for how, many in made["ended"][name].items())
        click.echo(f"{inputs:>9,}  {name}: {ended}; the slowest {made['slowest_seconds'][name]:.2f} s")
    click.echo(f"{made['inputs']:>9,}  inputs in {made['seconds']:.0f} s, {made['findings']} findings (seed {seed})")
    raise SystemExit(1 if made["findings"] else 0)


if __name__ == "__main__":
    main()
