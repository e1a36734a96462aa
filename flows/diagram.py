"""The machine as a Mermaid diagram, and the page docs/consult-flow.md around it.

All of it is made from the flow's own transitions. `transitions` can draw Mermaid by itself, but draws every one of some
250 arrows, and a way's condition as the name of a function; so that only what leads on is drawn here, with its
condition in words, and what can be done from anywhere stands in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from flows.condition_words import known_values, say_condition, say_value
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW, Ask, Flow, Screen, the_flow
from flows.questions import UNKNOWN, question, say_answer, say_question
from flows.review import review_diagram, the_review
from flows.tables_markdown import table
from flows.words import spoken
from state_law.conditions import Facts

DRAWN = ("next", "confirm", "decide", "report", "close")
"""The triggers that are drawn as arrows. Those of ANYWHERE are in the table."""
ANYWHERE: Mapping[str, str] = {
    "back": "To the screen before; from the result to the review.",
    "change": "An earlier answer is changed. The consult then goes to the first screen that is not answered, else to the "
    "review; a result is evaluated again.",
    "pause": "Everything is kept.",
    "resume": "Goes on where it was paused.",
    "cancel": "It ends before a decision, and stays in the log.",
}
DANGER = (
    "danger now",
    "every point of the consult, also after the decision",
    "Shows the emergency card at once and moves nobody from the screen that they see; a result is evaluated again.",
)
AFTER_SCREENS = {
    REVIEW: "Review of the answers",
    RESULT: "Result",
    DECIDED: "Decided",
    CLOSED: "Closed",
    PAUSED: "Paused",
    CANCELLED: "Cancelled",
}
SAYS = {"confirm": "evaluate", "decide": "record the decision", "report": "report a step", "close": "close"}
OTHERWISE = "otherwise"
FIRST, REMEMBERED = "the first time", "place and profession remembered"
FROM_ANYWHERE = "From every screen, the review and the result: back, change an answer, pause and resume, cancel."
AT_ANY_POINT = "At any point: danger now."


def mermaid(flow: Flow | None = None) -> str:
    """The machine as a Mermaid stateDiagram-v2: every way that leads on, with its condition."""
    return "\n".join(_mermaid(flow or the_flow())) + "\n"


def page(flow: Flow | None = None) -> str:
    """The document docs/consult-flow.md: the diagram, what can be done from anywhere, the screens, the paths."""
    return "\n\n".join([*_page(flow or the_flow()), *_review()]) + "\n"


def _review() -> Iterator[str]:
    """The second machine: the review by supervisors."""
    yield "## The review"
    yield (
        "A consult waits for a supervisor from the moment at which its level is high or emergency, and otherwise from its"
        " decision on. Nobody reviews their own. (`flows/review.yaml`)"
    )
    yield f"```mermaid\n{review_diagram()}\n```"
    flow = the_review()
    rows = [
        (spoken(one.id.rstrip("_")), one.who, ", ".join(spoken(s) for s in one.sources), one.text)
        for one in flow.actions.values()
    ]
    yield table(("Action", "Who", "When it is", "Text"), rows)
    yield (
        "Whoever escalates has asked for somebody else. Until another supervisor has it, what they do claims nothing, an"
        " escalated consult stays escalated by it, and they can't acknowledge or sign it; they alone can take it back. Only"
        " then can the others acknowledge it in every state; otherwise it is acknowledged where it is logged or escalated."
    )


def anywhere(flow: Flow) -> list[tuple[str, str, str]]:
    """(what, from where, what it does) for the triggers that are not drawn, from the machine's own transitions."""
    sources: dict[str, dict[str, None]] = {trigger: {} for trigger in ANYWHERE}
    for one in flow.transitions():
        if one["trigger"] in ANYWHERE:
            sources[one["trigger"]][one["source"]] = None
    return [(trigger, _in_words(flow, list(sources[trigger])), does) for trigger, does in ANYWHERE.items()] + [DANGER]


def paths(flow: Flow) -> list[tuple[str, str, tuple[str, ...], int]]:
    """Every path with place and profession remembered: (the concerns, what leads there, its screens, how many answers)."""
    found: dict[tuple[str, ...], tuple[dict[str, None], list[str], int]] = {}
    for facts in _pictures(flow):
        screens = tuple(flow.path(facts, flow.first_when_remembered))
        answers = sum(how_many(flow.screens[one].questions(facts)) for one in screens)
        concerns, _, most = found.get(screens, ({}, [], 0))
        concerns[facts["concern"]] = None
        found[screens] = (concerns, _conditions(flow, screens), max(most, answers))
    return [
        (", ".join(say_value("concern", one) for one in concerns), "; ".join(says), screens, answers)
        for screens, (concerns, says, answers) in found.items()
    ]


def how_many(asks: Sequence[Ask]) -> int:
    """How many answers a screen takes. The lists that are ticked on it count as one: they are sent together."""
    lists = sum(question(one.question).kind == "list" for one in asks)
    return len(asks) - max(lists - 1, 0)


def _mermaid(flow: Flow) -> Iterator[str]:
    yield "stateDiagram-v2"
    for screen in flow.screens.values():
        yield f'    state "{screen.title}" as {screen.id}'
    for state in (REVIEW, RESULT, DECIDED, CLOSED):
        yield f'    state "{AFTER_SCREENS[state]}" as {state}'
    yield f"    [*] --> {flow.first}: {FIRST}"
    yield f"    [*] --> {flow.first_when_remembered}: {REMEMBERED}"
    for one in flow.transitions():
        trigger, source, dest = one["trigger"], one["source"], one["dest"]
        if trigger not in DRAWN:
            continue
        says = _way_says(flow.screens[source], dest) if trigger == "next" else SAYS[trigger]
        yield f"    {source} --> {source if dest == '=' else dest}" + (f": {says}" if says else "")
    yield f"    {CLOSED} --> [*]"
    yield f"    note right of {RESULT}"
    yield f"        {FROM_ANYWHERE}"
    yield f"        {AT_ANY_POINT}"
    yield "    end note"


def _way_says(screen: Screen, to: str) -> str:
    """The condition of a way in a few words; nothing when it is the only one."""
    way = next(one for one in screen.ways if one.to == to)
    if way.when is not None:
        return way.says
    return OTHERWISE if len(screen.ways) > 1 else ""


def _page(flow: Flow) -> Iterator[str]:
    shown = paths(flow)
    yield "# The flow of a consult"
    yield "Made from the flow's own data by `make diagram`; change `flows/screens.yaml`, not this page."
    yield f"```mermaid\n{mermaid(flow)}```"
    yield (
        "Of several ways on, the first whose condition certainly holds is taken, and “otherwise” when none does. What is "
        "not known opens no way of its own."
    )
    yield "## From anywhere"
    yield table(("What", "From", "What it does"), anywhere(flow))
    yield "## The screens"
    yield table(("Screen", "Asks", "Leads to"), [_screen(flow, one) for one in flow.screens.values()])
    yield "## The paths"
    yield _how_long(flow)
    rows = [
        (concerns, says or "none of the conditions", str(len(screens)), str(answers), _way(flow, screens))
        for concerns, says, screens, answers in shown
    ]
    yield table(("Concern", "When", "Screens", "Answers", "The way"), rows)


def _how_long(flow: Flow) -> str:
    """How the paths are counted, and what the first consult asks besides."""
    said = "With place and profession remembered. The lists that are ticked on one screen count as one answer."
    first = flow.screens[flow.first]
    if flow.first == flow.first_when_remembered:
        return said
    return f"{said} The first time “{first.title}” comes before, with {how_many(first.asks)} answers."


def _way(flow: Flow, screens: tuple[str, ...]) -> str:
    return " → ".join(_title(flow, one) for one in screens)


def _screen(flow: Flow, screen: Screen) -> tuple[str, str, str]:
    ways = []
    for way in screen.ways:
        says = _way_says(screen, way.to)
        if way.when is not None:
            says = say_condition(way.when.written)
        ways.append(f"{_title(flow, way.to)}" + (f" ({says})" if says else ""))
    return (
        f"{screen.title} (`{screen.id}`)",
        "<br>".join(_asks(one) for one in screen.asks),
        "<br>".join(ways),
    )


def _asks(ask: Ask) -> str:
    said = say_question(ask.question)
    if ask.items is not None:
        said += f" ({'; '.join(say_answer(ask.question, one) for one in ask.items)})"
    if ask.when is not None:
        said += f" (only if: {say_condition(ask.when.written)})"
    return said


def _in_words(flow: Flow, sources: list[str]) -> str:
    """States as a person would name them: all the screens together where all are meant."""
    screens = [one for one in sources if one in flow.screens]
    others = [AFTER_SCREENS[one].lower() for one in AFTER_SCREENS if one in sources]
    missing = [f"“{_title(flow, one)}”" for one in flow.screens if one not in screens]
    said = [f"every screen but {', '.join(missing)}" if missing else "every screen"] if screens else []
    return ", ".join([*said, *others])


def _title(flow: Flow, state: str) -> str:
    return flow.screens[state].title if state in flow.screens else AFTER_SCREENS[state]


def _conditions(flow: Flow, screens: tuple[str, ...]) -> list[str]:
    """The conditions of the ways taken, in words."""
    steps = zip(screens, (*screens[1:], REVIEW), strict=True)
    taken = (way for here, to in steps for way in flow.screens[here].ways if way.to == to and way.when is not None)
    return list(dict.fromkeys(way.says for way in taken))


def _read_by(flow: Flow) -> dict[str, tuple[str, ...]]:
    """The concern, and every other answer on which the path or the questions of a screen turn, with its values."""
    screens = flow.screens.values()
    conditions = [way.when for one in screens for way in one.ways] + [ask.when for one in screens for ask in one.asks]
    keys = {key for condition in conditions if condition for key in condition.reads} - {"concern"}
    others = {key: (*known_values(key), UNKNOWN) for key in sorted(keys)}
    return {"concern": known_values("concern"), **others}


def _pictures(flow: Flow) -> Iterator[Facts]:
    """Every combination of the answers that the path turns on."""
    read = _read_by(flow)
    for values in product(*read.values()):
        yield dict(zip(read, values, strict=True))
