"""What the program says of itself holds codes and numbers, and nothing that anybody typed."""

from __future__ import annotations

import io
import json
import logging

from bot.slack.journal import LOGGER, log_line, to_stream


def lines_of(event: str, **fields: str | int | None) -> list[dict[str, object]]:
    stream = io.StringIO()
    handler = to_stream(stream)
    try:
        log_line(event, level=logging.WARNING, **fields)
    finally:
        LOGGER.removeHandler(handler)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_its_time_and_level() -> None:
    [line] = lines_of("refused", user="U0INVENTED", row=7, why=None)
    assert line.pop("at")
    assert line == {"level": "warning", "event": "refused", "user": "U0INVENTED", "row": 7}


def test_what_was_typed_can_not_come_into_it() -> None:
    [line] = lines_of("refused", why="he said he would do it", text="x" * 121, code="channel_not_found")
    assert (line["why"], line["text"], line["code"]) == ("left_out", "left_out", "channel_not_found")
