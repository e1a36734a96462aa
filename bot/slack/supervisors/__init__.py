"""The supervisors' side in Slack: cards in their channel, review and sign-off, pages, follow-ups, what waits.

| module | what it holds |
|---|---|
| supervision.py | all of it for one running program; starting.py puts it together from the settings |
| roles.py, on_call.py, channel_watch.py | who may do what; who is called; whether the channel is as it must be |
| record.py, steps.py | what the log says beside a consult's state, and the events that say it |
| cards.py, review_card.py, paged.py, exchange.py, follow_up.py, words.py | the messages |
| posting.py, places.py | which step posts which of them, and where |
| listeners.py, listening.py | what is registered with Bolt; what the listeners share |
| reviewing.py, review_steps.py, modals.py, reading.py, following_up.py | the buttons and modals |
| paging.py, timers.py | what is done when nobody taps anything |
| waiting.py, home.py, finding.py, digest.py, rhythm.py | what waits, what was, and the numbers |
"""
