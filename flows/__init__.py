"""The consult as a story: the questions in order, the machine that walks them, the findings, the options, the plan.

Knows `state_law`; knows nothing of chat, terminal or storage. Where things are:

- `questions.yaml`  every question with its prompt, why it is asked, and its options; `questions.py` reads it
- `answers.py`      answers from outside, checked against the questions
- `screens.yaml`    which questions stand on which screen, and where each leads; `machine.py` walks them
- `consult.py`      one consult: its events, its state, back, change, pause, cancel, decision, steps
- `findings.yaml`   credible, specific, imminent and the level, as tables; `findings.py`; the levels: `levels.py`
- `options.yaml`    the catalogue of options; `options.py` places each in one consult, `planner.py` chooses
- `core.py`         answers -> findings, law, recipients, plan; `find_out.py` asks it what an unknown would change
- `evaluation.py`   answers in, result out, in the contract's words; `law_result.py`, `result_text.py`, `note.py` its parts
- `decision.py`     the clinician's decision, and what the law requires that is still outstanding
- `diagram.py`      the machine as a Mermaid diagram, and the page docs/consult-flow.md
- `tables.py`       the tables and the catalogue for a person to read, `condition_words.py` their conditions in words;
                    `pages_of_tables.py` and `tables_markdown.py` show them
"""
