"""Every modal, and the App Home: pure functions that build a view from the consult, and those that read what was filled in.

| module | opened by | builds | reads what was filled in |
|---|---|---|---|
| screen.py | *Open*, where messages hold no clinical fact | screen_view, for every state | read_screen |
| edit.py | *Edit*, a changed answer, a note | edit_view | read_edit |
| pages.py | *Why*, *The law here*, *Note*, ... | page_view, law_view | |
| decision.py | *Record my decision* | decision_view, then reasons_view | read_decision, read_reasons; carried.py |
| step.py, close.py | a step's buttons; *Close the consult* | step_view, close_view | read_step, read_close |
| emergency.py, moved.py, home.py | *Danger now*; the shortcut; the app's tab | emergency_view, moved_view, home_view | |

A modal's private metadata says which consult and turn it is about (addresses.py). An input's block id says what it asks:
`answer.threat`, `step.warn_victim`, `tell.victim`, `reason.law`, `follow_up`. What was written freely is looked over with
`free_text.found_in`, and what the engine does not take is said beside its input with `errors.errors_for`. Where a view is shown
again in place of itself, Slack keeps what stands in inputs of the same ids.
"""
