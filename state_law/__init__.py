"""The jurisdiction table and its evaluation. Knows nothing of the consult's flow, of chat or of storage.

Where things are:

- `table/`          one YAML file a jurisdiction, and `federal.yaml`: the law as data, each rule with its source
- `elements.yaml`   how an answer meets an element of a rule, with the reason for each cell
- `model.py`        the shape of the table; `load.py` reads it; `check.py` looks it over
- `logic.py`        yes, no and unknown (Kleene's strong logic); `conditions.py` states conditions as data
- `elements.py`     the elements of one rule against the answers
- `evaluate.py`     rules, duty and alternatives for one jurisdiction; `recipients.py` who may be told
- `describe.py`     a jurisdiction as plain lines for a person, in the words of `words.yaml`
- `us_map.py`       all of them as a map, from `outlines.json` and `us_map.yaml`
"""
