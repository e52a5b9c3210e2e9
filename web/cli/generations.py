"""What differs between two generations of an index, in words?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from index.storage.store import Generation
from web.formats import money, number


def rolled_back(now: Generation, left: Generation | None) -> list[str]:
    """What is served after going back from the generation `left`, and how the two differ."""
    lines = [f"{now.path.name} visas nu: {_told(now.manifest)}"]
    if left is not None and left.number != now.number:
        lines.append(f"före det {left.path.name}: {_told(left.manifest)}")
        lines += _differences(now.manifest, left.manifest, left.path.name)
    return lines


def _told(manifest: dict[str, Any]) -> str:
    created = datetime.fromisoformat(manifest["created"]).astimezone()
    total = manifest.get("sum")
    amount = "" if total is None else f", {money(Decimal(total))}"
    again = manifest.get("restored")
    made = f"{again} på nytt, " if again else "byggd "
    return f"{made}{created:%Y-%m-%d %H:%M}, {number(manifest['decisions'])} beslut{amount}"


def _differences(now: dict[str, Any], left: dict[str, Any], name: str) -> Iterator[str]:
    ours, theirs = ({one["file"]: one for one in each["sources"]} for each in (now, left))
    for file in {**ours, **theirs}:
        one, other = ours.get(file), theirs.get(file)
        if other is None:
            assert one is not None
            yield f"  {file}: {number(one['decisions'])} beslut, finns inte i {name}"
        elif one is None:
            yield f"  {file}: finns bara i {name}, {number(other['decisions'])} beslut"
        elif (one["sha256"], one["decisions"]) != (other["sha256"], other["decisions"]):
            here, there = number(one["decisions"]), number(other["decisions"])
            yield f"  {file}: {here} beslut, i {name} {there}"
