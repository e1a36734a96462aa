"""A fault in one of the data files is a line that names the file and the place, wherever the program comes upon it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from state_law.load import TableError
from state_law.yaml_text import read_yaml
from tests.fuzz.data_files import FILES, HOMES, read_from, use

Change = Callable[[Any], object]
NOBODY = {"thret": "explicit"}

FAULTS: dict[str, tuple[str, Change, str]] = {
    "a table without its rows": ("flows/findings.yaml", lambda data: data["credible"].pop("rows"), "credible.rows"),
    "a finding that is not there": ("flows/findings.yaml", lambda data: data.pop("imminent"), "imminent"),
    "a finding that reads a later one": (
        "flows/findings.yaml",
        lambda data: data["credible"]["rows"][0].update(when={"imminent": "yes"}),
        "is decided later",
    ),
    "a condition about no answer": (
        "flows/findings.yaml",
        lambda data: data["credible"]["rows"][0].update(when=NOBODY),
        "credible.rows.0.when: 'thret'",
    ),
    "a condition about no value": (
        "flows/warnings.yaml",
        lambda data: data["urgent"][0].update(when={"threat": "explicitly"}),
        "urgent.0.when: 'explicitly'",
    ),
    "an answer that is a number in a condition": (
        "state_law/elements.yaml",
        lambda data: data["threat"]["communicated_by_patient"][0].update(when={5: "yes"}),
        "threat.communicated_by_patient.0.when",
    ),
    "an element's condition about no answer": (
        "state_law/elements.yaml",
        lambda data: data["imminence"]["not_required"][0].update(when={"x": "always"}),
        "imminence.not_required.1: 'x'",
    ),
    "a form of an element that is not there": (
        "state_law/elements.yaml",
        lambda data: data["victim"].pop("anyone"),
        "victim.anyone: None won't do; it is missing",
    ),
    "an item of a list that there is not": (
        "state_law/paths.yaml",
        lambda data: data["shown_when"].update({"us-part-2": {"setting.moon": "unknown"}}),
        "shown_when.us-part-2: 'setting.moon'",
    ),
    "a recipient without what it may need": (
        "state_law/paths.yaml",
        lambda data: data["what"].pop("court"),
        "what.court",
    ),
    "a permission of no federal rule": (
        "state_law/paths.yaml",
        lambda data: data["permissions"][0].update(under="us-nothing"),
        "'us-nothing'",
    ),
    "a value without its words": (
        "state_law/words.yaml",
        lambda data: data["recipient"].pop("victim"),
        "recipient.victim",
    ),
    "a gap that there is not": (
        "state_law/words.yaml",
        lambda data: data["say"].update(dict.fromkeys(data["say"], "{moon}")),
        "say.",
    ),
    "a state that is not there": ("state_law/jurisdictions.yaml", lambda data: data.pop("CO"), "jurisdictions.yaml"),
    "an option that is text": ("flows/options.yaml", lambda data: data["options"].insert(0, "x"), "options.0"),
    "a reach that is too far": ("flows/options.yaml", lambda data: data["options"][0].update(liberty=4), "liberty: 4"),
    "a step that is no option": (
        "flows/options.yaml",
        lambda data: data["always"][0].update(steps=["launch"]),
        "always.0.steps: 'launch'",
    ),
    "an option twice": ("flows/options.yaml", lambda data: data["options"].append(data["options"][0]), "stands twice"),
    "a disclosure without its least": ("flows/disclosures.yaml", lambda data: data.pop("warn_victim"), "warn_victim"),
    "a question of another kind": (
        "flows/questions.yaml",
        lambda data: data["threat"].update(kind="many"),
        "threat.kind",
    ),
    "a question of the contract gone": ("flows/questions.yaml", lambda data: data.pop("profession"), "profession"),
    "an answer that leaves open and is none": (
        "flows/questions.yaml",
        lambda data: data["threat"].update(left_open=["moon"]),
        "threat.left_open: 'moon'",
    ),
    "a screen that asks nothing known": (
        "flows/screens.yaml",
        lambda data: data["screens"]["concern"].update(asks=["moon"]),
        "concern: asks: 'moon'",
    ),
    "a way on to a number": (
        "flows/screens.yaml",
        lambda data: data["screens"]["concern"].update(next=[{"to": 5}]),
        "screens.concern.next.0.to",
    ),
    "an action from a number": (
        "flows/review.yaml",
        lambda data: data["actions"]["acknowledge"].update({"from": 5}),
        "actions.acknowledge.from",
    ),
    "a duty without its sentence": (
        "flows/result_words.yaml",
        lambda data: data["duty"].pop("must_act"),
        "duty.must_act",
    ),
    "a pattern that is none": (
        "flows/screening.yaml",
        lambda data: data["patterns"][0].update(finds="(("),
        "is no regular expression",
    ),
    "a pattern of pieces in a circle": (
        "flows/screening.yaml",
        lambda data: (data["pieces"].update(dash="{dash}x"), data["patterns"][0].update(finds="{dash}")),
        "without end",
    ),
    "a pattern of no piece": (
        "flows/screening.yaml",
        lambda data: data["patterns"][0].update(finds="{moon}"),
        "there is no piece 'moon'",
    ),
    "care for nobody": ("flows/after_care.yaml", lambda data: data.pop("when_children"), "when_children"),
    "an emergency card without words": ("flows/emergency.yaml", lambda data: data.update(first=[]), "first"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the folders that hold data files."""
    for home, name in FILES:
        (tmp_path / home).mkdir(exist_ok=True)
        shutil.copy(HOMES[home] / name, tmp_path / home / name)
    return tmp_path


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_file_and_place(copy: Path, fault: str) -> None:
    file, change, says = FAULTS[fault]
    data = read_yaml((copy / file).read_text(encoding="utf-8"))
    change(data)
    (copy / file).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with read_from(copy), pytest.raises(TableError) as refused:
        use()
    said = str(refused.value)
    assert said.startswith(f"{Path(file).name}: ") and says in said and "\n" not in said


def test_the_files_as_they_are_have_none(copy: Path) -> None:
    with read_from(copy):
        assert use() == 0


@pytest.mark.parametrize("file", FILES, ids="/".join)
def test_a_field_that_there_is_not_is_refused_in_every_file(copy: Path, file: tuple[str, str]) -> None:
    path = copy.joinpath(*file)
    path.write_text(path.read_text(encoding="utf-8") + "\nmoon: 5\n", encoding="utf-8")
    with read_from(copy), pytest.raises(TableError, match=f"^{file[1]}: "):
        use()
