"""The names of what can be tapped: `action_id`s, and the callback ids of modals and of the shortcut.

An action is a word, and what it is about behind colons: `answer:threat:explicit`, `step:warn_victim:done`.
"""

from __future__ import annotations

# On a question
ANSWER = "answer"  # answer:KEY:VALUE on a button; answer:KEY on a select, which has the value
SAID = "said"  # said:KEY: a choice that counts when Continue is tapped, and does nothing by itself
CONTINUE = "continue"  # every choice of the message, from the payload's state

# On every screen
DANGER = "danger"  # danger:yes, danger:no
BACK = "back"
PAUSE = "pause"
CANCEL = "cancel"
RESUME = "resume"
RESTART = "restart"  # cancel this one and begin anew

# On what was answered, in the review and at the result
EDIT = "edit"  # edit:KEY opens a modal
CHANGE = "change"  # a select of all the answers; opens the modal of the one that is chosen
CONFIRM = "confirm"
PAGE = "page"  # page:why, page:law, page:options, page:note, page:answers; page:law:CO:2 a further page of a modal
DECIDE = "decide"
STEP = "step"  # step:OPTION:STATE; step:OPTION:more opens a modal
CLOSE = "close"
CARE = "care"  # care:STEP:done, care:STEP:undone: a step of the client's care afterwards
AFTERWARDS = "afterwards"  # opens the list of these steps

# Without a consult
START = "start"  # start, start:danger
OPEN = "open"  # the consult's modal, where messages hold no clinical fact
LINK = "link"  # a button that only leads somewhere

# Supervisors, on a consult's card and in what follows from it
REVIEW = "review"  # review:acknowledge, review:ask, review:call_me, review:sign, review:escalate, review:take_back
READ = "read"  # read:result, read:why:2: a page of a consult, for those who review it
REPLY = "reply"  # the clinician's answer to a supervisor
FOLLOW_UP = "followed"  # followed:contact, followed:safe, followed:reassess, followed:new
WAITING = "waiting"  # waiting:2: a page of the list in the supervisors' home
SEARCH = "search"  # opens the window in which consults are looked for
FOUND = "found"  # found:2: a further page of what a search has found

# Callback ids of modals
SCREEN_VIEW = "screen"
EDIT_VIEW = "edit"
DECISION_VIEW = "decision"
REASONS_VIEW = "reasons"
STEP_VIEW = "step"
CLOSE_VIEW = "close"
PAGE_VIEW = "page"
ADVICE_VIEW = "advice"
SIGN_VIEW = "sign"
REPLY_VIEW = "reply"
SEARCH_VIEW = "search"
FOUND_VIEW = "found"

# The global shortcut, and the slash command
SHORTCUT = "start_consult"
COMMAND = "/consult"


def action(word: str, *about: str) -> str:
    """`action(ANSWER, "threat", "explicit")` -> `answer:threat:explicit`."""
    return ":".join((word, *about))


def read_action(action_id: str) -> tuple[str, tuple[str, ...]]:
    """The word, and what it is about."""
    word, *about = action_id.split(":")
    return word, tuple(about)
