"""Where does what is marked stand in a text, and which wording do decisions share? Told by what a
document keeps of its decision, so that nothing is analysed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from index.storage.columns import NO_DATE, Keyword
from index.storage.passages import Passages
from search.marks import Marks, Place
from search.opensearch.documents import StoredWording, term
from search.opensearch.mapping import PLACE, SAME, Json
from search.places import Found as Occurrences
from search.places import runs_of, stems_of, words_of
from search.wording import Wordings, since


def marked_places(near: str, words: str, starts: Sequence[int], marks: Marks) -> list[Place]:
    """The places of what is to be marked in a text, by its two streams of places (see `mapping`)
    and the character at which each of them begins."""
    stems_here = _occurrences(near, stems_of(marks))
    words_here = _occurrences(words, words_of(marks))
    return [
        Place(starts[first], starts[last], key)
        for first, last, key in runs_of(stems_here, words_here, marks)
    ]


def wordings(hits: Sequence[Json]) -> Wordings:
    """The wording of the decisions of some hits, in their order."""
    bounds, words, fingerprints = [0], [], []
    for hit in hits:
        kept, border, some = StoredWording.decoded(hit["fields"]["passages"][0])
        fingerprints.append(kept + np.uint64(bounds[-1]))  # whose low bits are places
        bounds += [bounds[-1] + border, bounds[-1] + len(some)]
        words.append(some)
    passages = Passages(
        np.sort(np.concatenate(fingerprints)), np.array(bounds, np.uint32), np.concatenate(words)
    )
    dates = [hit["fields"].get("date", [NO_DATE])[0] for hit in hits]
    seen = [hit["_source"]["seen"] for hit in hits]
    return Wordings(
        [(passages, 0)],
        np.ones(len(hits), np.bool_),
        Keyword.of([hit["fields"]["round"][0] for hit in hits]).ordinals,
        since(np.array(dates, np.int32), np.array(seen, np.int64)),
    )


def _occurrences(stream: str, wanted: Iterable[str]) -> Occurrences:
    known = {term(one): one for one in wanted}
    if not any(one in stream for one in known):
        return []
    return [
        (at, known[one])
        for at, here in enumerate(stream.split(PLACE))
        for one in here.split(SAME)
        if one in known
    ]
