"""How fast it is, measured: `make bench`, and the long part, `make bench-growth`.

| file | what |
|---|---|
| __main__.py | runs the chapters, writes docs/figures/bench.json and docs/performance.md |
| figures.py, page.py, machine.py | what was measured against what goal; the page made of it; on what machine |
| timing.py | clocks and percentiles |
| step.py, inside.py, ack_only.py, durable.py | a step of a consult beside Bolt alone and one durable commit |
| load.py | many clinicians at once; from a tap to the next question |
| resting.py, steps_alone.py | start and memory |
| growth.py, big_log.py, looking.py | the same with up to a million consults in the log |
| person.py | how many taps a consult takes |
| evaluating.py | one evaluation, a run of a thousand, `curbside --help` |
| program.py, quick_slack.py, clinicians.py, script.py | the running program, a Slack that answers at once, and who taps what |
"""
