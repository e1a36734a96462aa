"""What Slack brings becomes a step: each listener reads it (reading.py), has the office commit the step, and acknowledges.

No listener calls the Web API: what is to be said goes through the outbox with the step, or in the acknowledgement. Only modals
are opened directly, by lazy listeners after the acknowledgement (opening.py).
"""
