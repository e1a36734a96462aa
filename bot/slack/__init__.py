"""Curbside in Slack: the only place that knows a word of Slack.

A tap, a typed reply or a modal becomes one step of the engine (listeners/), which is committed together with what it sends
(conversation.py) before Slack is told that it was received. What people see is built in messages/ and modals/ by pure
functions. One thread sends what was committed (sender.py).
"""
