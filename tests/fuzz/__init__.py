"""Hostile input: real inputs changed at random by a grammar, many thousands of them, and what must hold of every one.

| file | what |
|---|---|
| changes.py | the grammar: how a tree, a text, the bytes of an input are changed |
| people.py | the world whose payloads are changed: what every button, select and modal of many consults brings |
| payloads.py | those payloads over HTTP (guard, Bolt, WSGI), some through a real connection |
| envelopes.py | the same in the frames of Socket Mode |
| answer_files.py | answer files, JSON, YAML and JSON Lines, into `curbside consult` |
| law_files.py | a jurisdiction's file, into `curbside law` and an evaluation |
| data_files.py | the other tables, of law and flow |
| running.py | all of it on all processors, and the summary |

`make fuzz` runs 100,000; `make fuzz ARGS="--count 5000 --seed 7"` others. Every input comes from the seed, its surface and
its number alone (and, for Slack's, the world before its round), so that one that failed can be had again:
`ARGS="--seed 7 --only answer files --from 1234 --count 1"`. What was found stands as a named case in the test file of the
part that was mended.
"""
