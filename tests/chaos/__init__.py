"""Chaos: the real program is killed, starved and lied to while people go on working, and nothing may be lost or come twice.

A run is drawn from a seed: who does what (run.py), how the program's lives end (plan.py, launcher.py), what goes wrong around it
(weather.py). Or it is a sweep: it dies before and after every commit of a story, one by one (boundaries.py). Afterwards what
people did is compared with the log and with what Slack has (oracles.py, pages.py, sent.py).

python -m tests.chaos --kills 500 --json docs/figures/chaos.json     (`make chaos`)
python -m tests.chaos --seed 17 --runs 1                             one run again
python -m tests.chaos --sweep review                                 one story, cut at each of its commits
"""
