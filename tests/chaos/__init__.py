"""Chaos: the real program is killed, starved and lied to while people go on working, and nothing may be lost or come twice.

A run is drawn from a seed: who does what (story.py), how the program's lives end (plan.py, launcher.py), what goes wrong around
it (weather.py). Afterwards what people did is compared with the log and with what Slack has (oracles.py).

python -m tests.chaos --kills 500 --json docs/figures/chaos.json     (`make chaos`)
python -m tests.chaos --seed 17 --runs 1                             one run again
"""
