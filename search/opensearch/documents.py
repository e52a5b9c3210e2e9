"""How does a decision become a document? The forms of `mapping`, made here and taken apart here."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.decision import Decision, from_data, to_data
from index.place_names import SEPARATOR
from index.storage.columns import NO_AMOUNT, case_digest, days, hundredths, moment, title_key
from index.storage.keywords import KEYWORDS
from index.storage.passages import fingerprints, packed, short
from index.storage.records import parsed
from index.storage.schema import (
    AMOUNT,
    EXACT,
    PARTS,
    POSITIONS,
    TEXT_FIELDS,
    Analysed,
    analysed_fields,
)
from index.storage.schema import NEAR as GAP
from search.fields import FIELDS
from search.nodes import PART_WEIGHT
from search.opensearch.mapping import (
    ALL,
    ALL_WRITTEN,
    NEAR,
    NORM,
    NOTHING,
    PAIR,
    PLACE,
    SAME,
    SCALE,
    STEMS,
    TIMES,
    WORDS,
)
from search.related import FIELDS as TOPICAL
from search.wording import numbered

_LONGEST = 2_000  # bytes of a term; Lucene takes 32,766, and few words have as many as 100
_CONTROL = dict.fromkeys(range(32), "�")


class IndexedDecision(NamedTuple):
    """A decision as a generation has it, with its place and what the columns know of it."""

    id: str
    text: bytes
    order: int
    number: int
    identity: str
    seen: int
    modified: int

    @property
    def version(self) -> str:
        """Differs whenever anything of it does, its place apart."""
        known = f"{self.number} {self.identity} {self.seen} {self.modified} ".encode()
        return hashlib.sha256(known + self.text).hexdigest()[:32]


def key_of(identifier: str) -> str:
    """What a document is called in the cluster, where names are short."""
    return hashlib.sha256(identifier.encode("utf-8", "replace")).hexdigest()[:40]


def term(text: str) -> str:
    """A term as the index has it: without what separates terms, and of bounded length."""
    clean = text.encode("utf-8", "replace").decode().translate(_CONTROL)
    if len(clean) * 4 > _LONGEST and len(clean.encode()) > _LONGEST:
        digest = hashlib.sha256(clean.encode()).hexdigest()
        return f"{clean[: _LONGEST // 8]}\ufffd{digest}"
    return clean


def document(row: IndexedDecision, averages: Mapping[str, float]) -> dict[str, Any]:
    """The document of a decision; `averages` are words a field, over the whole index."""
    decision = parsed(row.text)
    made = analysed_fields(decision)
    norms = {
        name: _norm(name, length, averages)
        for name, length in zip(TEXT_FIELDS, made.lengths, strict=True)
    }
    ore = hundredths(decision)
    words, border = numbered(decision)
    kept = packed(*fingerprints(words, np.array([border, len(words)])))
    values = {name: value(decision) for name, value in KEYWORDS.items()}
    streams = _places(made)
    return {
        **_terms(made, norms),
        **streams,
        "topics": PLACE.join(_topics(made)),
        "places": _compressed(streams, made),
        **{name + NORM: norm for name, norm in norms.items()},
        "id": decision.id,
        "record": json.dumps(to_data(decision), separators=(",", ":")),  # also what is no text
        "version": row.version,
        "order": row.order,
        "owner": pair(values["owner"], values["owner_number"]),
        "funder": pair(values["funder"], ""),
        **{name: term(values[name]) for name in ("round", "round_title", "year")},
        "place": [*map(term, values["place"].split(SEPARATOR))],
        "ore": None if ore == NO_AMOUNT else ore,
        "date": None if decision.decision_date is None else days(decision.decision_date),
        "title_key": title_key(decision).hex(),
        "amount": next(map(term, made.fields.get(AMOUNT, ())), None),
        "case": case(decision.case_number),
        "identity": row.identity,
        "number": row.number,
        "seen": row.seen,
        "modified": row.modified,
        "fingerprints": np.unique(kept >> np.uint64(32)).tolist(),
        "passages": StoredWording(kept, border, short(words)).encoded(),
    }


def pair(name: str, number: str) -> str:
    """A name as written and a number, as one value."""
    return f"{term(name)}{PAIR}{term(number)}"


def case(number: str | None) -> str | None:
    """A case number, as it is looked up; None where there is none."""
    return f"{case_digest(number):016x}" if number else None


def places_of(source: Mapping[str, Any]) -> dict[str, tuple[str, str, list[int]]]:
    """Of each text field of what is handed out of a document its two streams of places, and where
    in the text each begins."""
    text = zlib.decompress(base64.b64decode(source["places"]))
    return {name: tuple(found) for name, found in json.loads(text).items()}


def decision_of(source: Mapping[str, Any]) -> Decision:
    """The decision of what is handed out of a document."""
    return replace(
        from_data(json.loads(source["record"])),
        first_seen=moment(source["seen"]),
        modified=moment(source["modified"]),
        identity=source["identity"],
    )


class StoredWording(NamedTuple):
    """The wording of a decision, as `index.storage.passages` keeps it of many: its fingerprints
    ``packed`` uint64 (k,), the ``border`` between its two texts, and its ``words`` uint16 (n,)."""

    packed: npt.NDArray[np.uint64]
    border: int
    words: npt.NDArray[np.uint16]

    def encoded(self) -> str:
        """As base64, little-endian."""
        head = np.array([len(self.packed), self.border], "<u4")
        parts = (head, self.packed.astype("<u8"), self.words.astype("<u2"))
        return base64.b64encode(b"".join(part.tobytes() for part in parts)).decode()

    @classmethod
    def decoded(cls, text: str) -> StoredWording:
        """The inverse."""
        data = base64.b64decode(text)
        count, border = np.frombuffer(data, "<u4", 2).tolist()
        end = 8 + 8 * count
        kept = np.frombuffer(data[8:end], "<u8").astype(np.uint64)
        return cls(kept, border, np.frombuffer(data[end:], "<u2").astype(np.uint16))


def _norm(name: str, length: int, averages: Mapping[str, float]) -> float:
    """What the frequencies in a field are divided by, see `search.scoring`."""
    b = FIELDS[name].b
    return 1 - b + b * length / averages[name]


def _terms(made: Analysed, norms: Mapping[str, float]) -> dict[str, str]:
    """The streams whose terms have frequencies."""
    every: defaultdict[str, float] = defaultdict(float)
    exact: defaultdict[str, float] = defaultdict(float)
    streams = {}
    for name, norm in norms.items():
        weight = FIELDS[name].weight
        for stream, suffix, share in ((name, STEMS, 1.0), (name + PARTS, PARTS, PART_WEIGHT)):
            terms: Mapping[str, float] = made.fields.get(stream, {})
            streams[name + suffix] = _weighed({one: tf / norm for one, tf in terms.items()})
            for one, tf in terms.items():
                every[one] += weight * share * tf / norm
        for one, tf in made.fields.get(name + EXACT, {}).items():
            exact[one] += weight * tf / norm
    return streams | {ALL: _weighed(every), ALL_WRITTEN: _weighed(exact)}


def _weighed(terms: Mapping[str, float]) -> str:
    frequencies: defaultdict[str, float] = defaultdict(float)
    for one, tf in terms.items():  # as terms, two may be the same
        frequencies[term(one)] += tf
    return PLACE.join(f"{one}{TIMES}{max(1, round(tf * SCALE))}" for one, tf in frequencies.items())


def _places(made: Analysed) -> dict[str, str]:
    """The streams whose terms have places."""
    streams = {}
    for suffix, field in ((NEAR, POSITIONS), (WORDS, POSITIONS + EXACT)):
        row: list[list[str]] = [[] for _ in range(sum(made.extents))]
        for one, places in made.fields[field].items():
            for at in places:
                row[at].append(one)
        start = 0
        for name, extent in zip(TEXT_FIELDS, made.extents, strict=True):
            here = row[start : start + extent - GAP]
            streams[name + suffix] = PLACE.join(map(_together, here))
            start += extent
    return streams


def _compressed(streams: Mapping[str, str], made: Analysed) -> str:
    """The inverse of `places_of`."""
    found, start = {}, 0
    for name, extent in zip(TEXT_FIELDS, made.extents, strict=True):
        starts = made.starts[start : start + extent - GAP]
        found[name] = streams[name + NEAR], streams[name + WORDS], starts
        start += extent
    text = json.dumps(found, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode())).decode()


def _topics(made: Analysed) -> set[str]:
    """The stems that may say what a decision is about, see `search.related`."""
    streams = (made.fields.get(name + suffix, {}) for name in TOPICAL for suffix in ("", PARTS))
    return {term(one) for stream in streams for one in stream}


def _together(terms: Iterable[str]) -> str:
    return SAME.join(dict.fromkeys(map(term, terms))) or NOTHING
