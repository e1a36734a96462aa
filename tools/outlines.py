"""Makes `state_law/outlines.json`, the outlines on the map, from us-atlas: `python -m tools.outlines states-albers-10m.json`.

That file comes with the npm package us-atlas (version 3.0.1): the boundaries of the US Census Bureau, already projected (Albers,
with insets for the two states that lie apart) to a sheet of 975 by 610. Needed only where a boundary changes; what it makes is
committed.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from state_law.load import HERE, jurisdiction_names

Point = tuple[float, float]
Ring = Sequence[Point]
TOLERANCE = 0.5
"""How far, in units of the sheet, a line may move when it is made simpler."""
SMALLEST = 3.0
"""Islands of a smaller area are left out, unless a place has nothing larger."""
ABOUT = {
    "source": "US Census Bureau, cartographic state boundaries, 2017 edition (public domain), "
    "as states-albers-10m.json of us-atlas 3.0.1, made simpler by tools/outlines.py",
    "licence": "us-atlas: Copyright 2013-2019 Michael Bostock. Permission to use, copy, modify, and/or distribute this software "
    "for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission "
    'notice appear in all copies. THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO '
    "THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE "
    "FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA "
    "OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION "
    "WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.",
}


def outlines(atlas: dict[str, Any]) -> dict[str, Any]:
    """`atlas`: a TopoJSON topology with the object `states`. Each place's path (SVG) and its middle."""
    arcs = [simpler(arc) for arc in _arcs(atlas)]
    codes = {name: code for code, name in jurisdiction_names().items()}
    places = {
        codes[one["properties"]["name"]]: _place(one, arcs)
        for one in atlas["objects"]["states"]["geometries"]
        if one["properties"]["name"] in codes
    }
    if missing := set(codes.values()) - set(places):
        raise ValueError(f"no outline for {', '.join(sorted(missing))}")
    return {**ABOUT, "size": [975, 610], "places": dict(sorted(places.items()))}


def _arcs(atlas: dict[str, Any]) -> Iterator[list[Point]]:
    """The lines, which neighbours share, as points on the sheet."""
    (kx, ky), (dx, dy) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        points: list[Point] = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * kx + dx, y * ky + dy))
        yield points


def simpler(points: list[Point]) -> list[Point]:
    """The line without the points that lie nearer than the tolerance to it (Douglas and Peucker); its ends stay."""
    if len(points) < 3:
        return points
    far, at = max((_distance(one, points[0], points[-1]), n) for n, one in enumerate(points[1:-1], 1))
    if far <= TOLERANCE:
        return [points[0], points[-1]]
    return simpler(points[: at + 1])[:-1] + simpler(points[at:])


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a stretch of line."""
    (px, py), (ax, ay), (bx, by) = point, start, end
    length = (bx - ax) ** 2 + (by - ay) ** 2
    t = max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length)) if length else 0.0
    return math.hypot(px - ax - t * (bx - ax), py - ay - t * (by - ay))


def _place(geometry: dict[str, Any], arcs: list[list[Point]]) -> dict[str, Any]:
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    rings = [_ring(ring, arcs) for part in parts for ring in part]
    largest = max(rings, key=area)
    kept = [ring for ring in rings if area(ring) >= SMALLEST or ring is largest]
    return {"path": "".join(_drawn(ring) for ring in kept), "middle": [round(one) for one in middle(largest)]}


def _ring(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for number in numbers:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += line[:-1]
    return points


def _drawn(ring: Ring) -> str:
    points = list(dict.fromkeys(f"{x:.1f},{y:.1f}" for x, y in ring))
    return f"M{'L'.join(points)}Z"


def area(ring: Ring) -> float:
    """In square units of the sheet."""
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in _sides(ring))) / 2


def _sides(ring: Ring) -> Iterator[tuple[Point, Point]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def middle(ring: Ring) -> Point:
    """The point inside that is farthest from the outline, to the unit: where a label has the most room."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    step = max(1.0, min(max(xs) - min(xs), max(ys) - min(ys)) / 12)
    best = max(_grid(min(xs), max(xs), min(ys), max(ys), step), key=lambda point: _room(point, ring))
    while step > 0.5:
        step /= 2
        x, y = best
        best = max(
            _grid(x - 2 * step, x + 2 * step, y - 2 * step, y + 2 * step, step), key=lambda point: _room(point, ring)
        )
    return best


def _grid(left: float, right: float, top: float, bottom: float, step: float) -> Iterator[Point]:
    for i in range(int((right - left) / step) + 1):
        for j in range(int((bottom - top) / step) + 1):
            yield left + i * step, top + j * step


def _room(point: Point, ring: Ring) -> float:
    """How far the outline is; below nothing outside it."""
    x, y = point
    crossed = sum(
        1 for (ax, ay), (bx, by) in _sides(ring) if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax
    )
    nearest = min(_distance(point, a, b) for a, b in _sides(ring))
    return nearest if crossed % 2 else -nearest


def main() -> int:
    """Read the file that is named, and write the outlines."""
    if len(sys.argv) != 2:
        print("usage: python -m tools.outlines states-albers-10m.json", file=sys.stderr)
        return 2
    made = outlines(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    places = ",\n".join(f"  {json.dumps(code)}: {json.dumps(one)}" for code, one in made.pop("places").items())
    head = json.dumps(made, indent=1)[:-2]
    (HERE / "outlines.json").write_text(f'{head},\n "places": {{\n{places}\n }}\n}}\n', encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
