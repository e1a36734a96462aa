"""A loose guard: a change that makes an evaluation slower by an order of magnitude is noticed. `make bench` measures."""

from __future__ import annotations

import time
from random import Random
from statistics import mean

from flows.answers import parse_answers
from flows.evaluation import evaluate
from state_law.load import the_table
from tests.safety.vocabulary import ON, SEED, draw

CONSULTS = 200
MEAN_AT_MOST = 0.100
"""Seconds, on a shared machine that runs other tests at the same time."""


def test_an_evaluation_of_unseen_answers_takes_milliseconds() -> None:
    rng = Random(SEED)
    consults = [parse_answers(draw(rng, rng.choice([0.3, 0.6, 0.9]))) for _ in range(CONSULTS)]
    for record in the_table():  # reading the table is not what is measured
        evaluate(parse_answers(draw(rng, 0.9, [record.code])), on=ON)
    taken = []
    for answers in consults:
        began = time.process_time()
        evaluate(answers, on=ON)
        taken.append(time.process_time() - began)
    assert mean(taken) < MEAN_AT_MOST, f"{mean(taken) * 1000:.1f} ms"
