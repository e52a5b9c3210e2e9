"""Which identifier does each decision get, and which is the same as one before?"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.decision import Decision, to_data
from index.problem import Problem
from index.slug import slug

_TOLD_APART = re.compile(r"--[a-z0-9-]+|-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Naming:
    """``identifiers`` of the decisions in their order, None for one that is left out because it
    stands among the others already; ``digests`` (uint64) of what each says."""

    identifiers: list[str | None]
    digests: list[int]
    duplicates: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    file: str
    row: int


def name_all(decisions: Iterable[Decision]) -> Naming:
    """The same decision once, under an identifier of its own; the rest is reported.

    Decisions that share round and title are told apart by their owner, and then by a digest of what
    they say, so that an identifier does not depend on the order in which files are read.
    """
    seen: dict[int, _Seen] = {}
    rows: list[tuple[str, str, int] | None] = []
    digests, duplicates = [], []
    for decision in decisions:
        digest, source = content_digest(decision), decision.source
        digests.append(digest)
        first = seen.get(digest)
        if first is None:
            seen[digest] = _Seen(source.file, source.row)
            rows.append((base_identifier(decision), slug(decision.owner), digest))
        else:
            what = f"samma beslut finns redan i {first.file}, rad {first.row}"
            duplicates.append(Problem(source.file, source.row, what, "det räknas en gång"))
            rows.append(None)
    return Naming(_told_apart(rows), digests, tuple(duplicates))


def base_identifier(decision: Decision) -> str:
    """The identifier of a decision that shares it with no other."""
    return f"{slug(decision.round.name)}/{slug(decision.title or decision.owner)}"


def is_variant(identifier: str, base: str) -> bool:
    """Whether `identifier` is what tells a decision apart from others with the same `base`."""
    rest = identifier.removeprefix(base)
    return identifier.startswith(base) and (not rest or bool(_TOLD_APART.fullmatch(rest)))


def content_digest(decision: Decision) -> int:
    """64 bits of the SHA-256 of all that a decision says, its source left out."""
    data = to_data(decision)
    del data["source"], data["id"]
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8])


def _told_apart(rows: list[tuple[str, str, int] | None]) -> list[str | None]:
    bases = Counter(row[0] for row in rows if row)
    owned = [row and (row[0] if bases[row[0]] == 1 else f"{row[0]}--{row[1]}") for row in rows]
    count = Counter(one for one in owned if one)
    return [
        one if one is None or row is None or count[one] == 1 else f"{one}-{row[2]:016x}"[:-8]
        for one, row in zip(owned, rows, strict=True)
    ]
