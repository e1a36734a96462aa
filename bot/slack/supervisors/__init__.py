"""The supervisors' side in Slack: cards in their channel, review and sign-off, pages, follow-ups, what waits.

| module | what it holds |
|---|---|
| supervision.py | all of it for one running program; starting.py puts it together from the settings |
| roles.py, on_call.py | who may do what; who is called |
| record.py, steps.py | what the log says beside a consult's state, and the events that say it |
| cards.py, review_card.py, paged.py, exchange.py, follow_up.py | the messages |
| posting.py, places.py | which step posts which of them, and where |
| reviewing.py, modals.py, reading.py | the buttons and modals of a review |
| paging.py, timers.py | what is done when nobody taps anything |
| home.py, finding.py, digest.py | what waits, what was, and the numbers |
"""
