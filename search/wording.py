"""Where else do these words stand?

Runs of `PASSAGE` words and more of a decision's description and motivation that stand in other
decisions, too, found by the fingerprints that `index.storage.passages` keeps of every text. Those
of two texts that are as many words apart in one as in the other belong to one run, for they
overlap; at its ends it is followed word by word. So nothing is read of a decision that is not
shown.

What stands in more than a tenth of a round is how that round is written: a standard phrase. It is
told, but relates no decisions. What is left of a run beside it does, if that is long enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.decision import Decision
from index.storage.columns import NO_DATE
from index.storage.passages import (
    FIELDS,
    GRAM,
    PASSAGE,
    WINDOW,
    Passages,
    Words,
    fingerprints,
    numbers,
    short,
)
from index.storage.schema import texts
from index.storage.terms import encoded
from index.swedish import find_tokens, find_words, surface_of
from search.deadline import Deadline
from search.engine import Key, Repeat, Run, SharedWording, SharedWords
from search.result import Elsewhere, SharedPassage, Wording

SHOWN, MOST_PASSAGES = 10, 50
"""Decisions told of each passage, the oldest; and passages told, the longest."""
_STANDARD = 10
"""A standard phrase is in more than one in so many decisions of a round,"""
_STANDARD_LEAST = 3
"""and in at least so many."""
_AT_ONCE = 250_000  # places of fingerprints that are looked at together: about 50 MB
_DAY = 86_400  # seconds

Ints = npt.NDArray[np.int64]


class _Text(NamedTuple):
    """16 bits of each of the words of some texts in a row; where each text begins, and the last
    ends."""

    words: npt.NDArray[np.uint16]
    bounds: Ints


class _Runs(NamedTuple):
    """Runs of equal words, parallel arrays: from word ``begin`` to before ``end`` here, and from
    word ``at`` in document ``doc``. The words of a document are counted as those of `Run`."""

    doc: Ints
    begin: Ints
    end: Ints
    at: Ints

    def only(self, chosen: Any) -> _Runs:
        """Some of them, in the order they are chosen in."""
        return _Runs(*(array[chosen] for array in self))


class Wordings:
    """The wording of all decisions of one open index. Safe for threads."""

    def __init__(
        self,
        segments: Sequence[tuple[Passages, int]],
        live: npt.NDArray[np.bool_],
        rounds: npt.NDArray[np.int32],
        since: npt.NDArray[np.int64],
    ) -> None:
        """`segments` come with their first documents. Of each document (n,): whether it is live, a
        number for its round, and since when it is there, which tells the oldest."""
        self._segments = segments
        self._live = live
        self._rounds = rounds
        self._since = since

    def of(
        self, doc: int, decision: Decision, deadline: Deadline, round_size: int | None = None
    ) -> SharedWording:
        """The passages of a document that others have. `round_size`: decisions in its round, where
        some that share nothing with it are not among the documents."""
        words, border = numbered(decision)
        runs = _joined([*self._found(words, border, deadline)])
        runs = runs.only((runs.doc != doc) & self._live[runs.doc])
        in_round = self._live & (self._rounds == self._rounds[doc])
        size = round_size or int(np.count_nonzero(in_round))
        having = 1 + _coverage(runs.only(in_round[runs.doc]), len(words))
        standard = [*_standard(having, size, border)]
        groups = _grouped(_between(runs, standard, len(words)))
        spans: list[tuple[int, int, _Runs | None]] = [(*stretch, None) for stretch in standard]
        spans += [(int(some.begin[0]), int(some.end.max()), some) for some in groups]
        longest = sorted(spans, key=lambda span: span[0] - span[1])[:MOST_PASSAGES]
        passages = []
        for begin, end, some in sorted(longest, key=lambda span: span[0]):
            deadline.check()
            passages.append(
                SharedWords(begin, end, int(having[begin:end].min()), size)
                if some is None
                else self._shared(begin, end, some)
            )
        return SharedWording(tuple(passages), len(spans) - len(passages))

    def _found(self, words: Words, border: int, deadline: Deadline) -> Iterator[_Runs]:
        """The runs in which the words, of two texts with a border between, stand in any document,
        and in parts what is long."""
        here = _Text(short(words), np.array([0, border, len(words)]))
        places, wanted = fingerprints(words, here.bounds[1:])
        order = np.argsort(wanted, kind="stable")
        places, wanted = places[order], wanted[order]
        for passages, first in self._segments:
            deadline.check()
            low, high = passages.spans(wanted)
            some = np.flatnonzero(high > low)
            some = some[np.argsort(places[some])]
            at, low, high = places[some], low[some], high[some]
            for part in _parts(high - low):
                deadline.check()
                q = np.repeat(at[part], (high - low)[part])
                p = passages.places(_ranges(low[part], high[part]))
                there = _Text(passages.words, passages.bounds.astype(np.int64))
                runs = _followed(q, p, here, there)
                yield runs._replace(doc=runs.doc + first)

    def _shared(self, begin: int, end: int, runs: _Runs) -> SharedWords:
        """The passage that some runs make, with the oldest of their decisions."""
        docs = np.unique(runs.doc)
        others = []
        for doc in docs[np.argsort(self._since[docs], kind="stable")[:SHOWN]].tolist():
            _, *some = runs.only(runs.doc == doc)
            others.append(Repeat(doc, tuple(map(Run, *(array.tolist() for array in some)))))
        return SharedWords(begin, end, len(docs), 0, tuple(others))


def numbered(decision: Decision) -> tuple[Words, int]:
    """The words of a decision that are compared, and how many of them are in the first field."""
    text = texts(decision)
    first, second = ([*map(_term, find_words(text[name]))] for name in FIELDS)
    return numbers(first + second), len(first)


def since(dates: npt.NDArray[np.int32], seen: npt.NDArray[np.int64]) -> Ints:
    """Since when decisions are there, in days since 1970: by their dates, or else when each was
    first seen, in seconds."""
    return np.where(dates == NO_DATE, seen // _DAY, dates)


def told(
    decision: Decision,
    shared: SharedWording,
    read: Callable[[Iterable[Key]], Iterator[Decision]],
    deadline: Deadline,
) -> Wording:
    """What is told of the passages of a decision. The words of every other decision that is shown
    are compared with it."""
    if not shared.passages:
        return Wording((), shared.more)
    text = texts(decision)
    first, second = ([*find_tokens(text[name])] for name in FIELDS)
    tokens, border = first + second, len(first)
    words = [_term(token[0]) for token in tokens]
    shown = dict.fromkeys(repeat.key for one in shared.passages for repeat in one.others)
    others: dict[Key, tuple[Decision, list[str]]] = {}
    for key, other in zip(shown, read(shown), strict=True):
        deadline.check()
        text = texts(other)
        others[key] = other, [word for name in FIELDS for word in find_words(text[name])]
    passages = []
    for one in shared.passages:
        elsewhere, runs = [], []
        for repeat in one.others:
            deadline.check()
            other, written = others[repeat.key]
            same = [run for some in repeat.runs if (run := _same(words, written, some))]
            if same:
                elsewhere.append(Elsewhere(other, _length(same)))
                runs += same
        decisions = one.decisions - len(one.others) + len(elsewhere)
        begin, end = one.begin, one.end
        if not one.of and not elsewhere:
            continue
        if decisions == len(elsewhere):
            begin, end = min(run.begin for run in runs), max(run.end for run in runs)
        passages.append(
            SharedPassage(
                field=FIELDS[begin >= border],
                start=tokens[begin].start(),
                end=tokens[end - 1].end(),
                words=end - begin,
                kind="standard" if one.of else "shared",
                decisions=decisions,
                of=one.of,
                others=tuple(elsewhere),
            )
        )
    return Wording(tuple(passages), shared.more)


@lru_cache(maxsize=32_768)
def _term(word: str) -> bytes:
    """A word as it is compared."""
    return encoded(surface_of(word))


def _same(words: Sequence[bytes], written: Sequence[str], run: Run) -> Run | None:
    """The longest part of a run in which the words here are those written there, unless it is too
    short. It is all of it, but for the rare word at an end that only has the same 16 bits."""
    begin, end, at = run
    there = [*map(_term, written[at : at + end - begin])]
    if there == words[begin:end]:
        return run
    is_same = [one == other for one, other in zip(words[begin:end], there, strict=True)]
    borders = [-1, *(number for number, same in enumerate(is_same) if not same), len(is_same)]
    first, last = max(pairwise(borders), key=lambda pair: pair[1] - pair[0])
    part = Run(begin + first + 1, begin + last, at + first + 1)
    return part if part.end - part.begin >= PASSAGE else None


def _length(runs: Iterable[Run]) -> int:
    """How many words some runs, which may overlap, have in all."""
    length = reach = 0
    for begin, end, _ in sorted(runs):
        length += max(end - max(begin, reach), 0)
        reach = max(reach, end)
    return length


def _followed(q: Ints, p: Ints, here: _Text, there: _Text) -> _Runs:
    """The runs of `PASSAGE` words or more with equal fingerprints at `q` here and `p` there."""
    size = len(here.words)
    # As one number, by which those of a diagonal come together, in the order of their words.
    diagonal, q = np.divmod(np.sort((p - q + size) * size + q), size)
    is_first = np.ones(len(q), np.bool_)
    is_first[1:] = (np.diff(diagonal) != 0) | (np.diff(q) > WINDOW)
    begin, end = q[is_first], q[np.roll(is_first, -1)] + GRAM
    shift = diagonal[is_first] - size
    before, after = _room(here, begin, end)
    before_there, after_there = _room(there, begin + shift, end + shift)
    # A run that went on for a window would have another fingerprint there.
    steps = np.arange(WINDOW - 1)
    longer = _equal(here, there, begin - 1, shift, -steps)
    longer &= steps < np.minimum(before, before_there)[:, None]
    begin = begin - np.logical_and.accumulate(longer, 1).sum(1)
    longer = _equal(here, there, end, shift, steps)
    longer &= steps < np.minimum(after, after_there)[:, None]
    end = end + np.logical_and.accumulate(longer, 1).sum(1)
    number = (np.searchsorted(there.bounds, begin + shift, "right") - 1) // len(FIELDS)
    at = begin + shift - there.bounds[len(FIELDS) * number]
    return _Runs(number, begin, end, at).only(end - begin >= PASSAGE)


def _equal(
    here: _Text, there: _Text, at: Ints, shift: Ints, offsets: Ints
) -> npt.NDArray[np.bool_]:
    """Whether words are the same here and there: those at each of the offsets from `at` (n,), of
    which the places there are `shift` further on; bool (n, offsets)."""
    some = at[:, None] + offsets
    other = some + shift[:, None]
    equal: npt.NDArray[np.bool_] = here.words.take(some, mode="clip") == there.words.take(
        other, mode="clip"
    )
    return equal


def _room(text: _Text, begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """How many words of their own text are before and after some runs."""
    number = np.searchsorted(text.bounds, begin, "right") - 1
    return begin - text.bounds[number], text.bounds[number + 1] - end


def _joined(parts: Sequence[_Runs]) -> _Runs:
    """All of the runs, each in one part."""
    runs = _Runs(*(np.concatenate(arrays) for arrays in zip(_NONE, *parts, strict=True)))
    runs = runs.only(np.lexsort((runs.begin, runs.at - runs.begin, runs.doc)))
    is_first = np.ones(len(runs.doc), np.bool_)
    is_first[1:] = (np.diff(runs.doc) != 0) | (np.diff(runs.at - runs.begin) != 0)
    is_first[1:] |= runs.begin[1:] >= runs.end[:-1]
    return runs.only(is_first)._replace(end=runs.end[np.roll(is_first, -1)])


def _coverage(runs: _Runs, words: int) -> Ints:
    """In how many different documents each of the words stands."""
    runs = runs.only(np.lexsort((runs.begin, runs.doc)))
    row = runs.doc * (words + 1)
    reach = np.maximum.accumulate(row + runs.end)
    before = np.concatenate((row[:1], reach[:-1]))
    begin = np.minimum(np.maximum(row + runs.begin, before) - row, runs.end)
    changes = np.bincount(begin, minlength=words + 1) - np.bincount(runs.end, minlength=words + 1)
    having: Ints = np.cumsum(changes)[:words]
    return having


def _standard(having: Ints, size: int, border: int) -> Iterator[tuple[int, int]]:
    """The standard phrases of a round: words each of which stands in so many that they are."""
    is_standard = (having * _STANDARD > size) & (having >= _STANDARD_LEAST)
    for first, some in ((0, is_standard[:border]), (border, is_standard[border:])):
        edges = np.flatnonzero(np.diff(some, prepend=False, append=False)) + first
        for begin, end in edges.reshape(-1, 2).tolist():
            if end - begin >= PASSAGE:
                yield begin, end


def _between(runs: _Runs, stretches: Sequence[tuple[int, int]], words: int) -> _Runs:
    """What is left of the runs outside some stretches, in order, where it is long enough."""
    begins = np.array([0, *(end for _, end in stretches)])
    ends = np.array([*(begin for begin, _ in stretches), words])
    low = np.searchsorted(ends, runs.begin, "right")
    high = np.searchsorted(begins, runs.end)
    runs, between = runs.only(np.repeat(np.arange(len(low)), high - low)), _ranges(low, high)
    begin, end = np.maximum(runs.begin, begins[between]), np.minimum(runs.end, ends[between])
    left = _Runs(runs.doc, begin, end, runs.at + begin - runs.begin)
    return left.only(end - begin >= PASSAGE)


def _grouped(runs: _Runs) -> Iterator[_Runs]:
    """The runs of each passage: where one ends that no other goes on after, so does the passage."""
    runs = runs.only(np.argsort(runs.begin, kind="stable"))
    reach = np.maximum.accumulate(runs.end)
    firsts = np.flatnonzero(runs.begin >= np.concatenate((runs.begin[:1], reach[:-1])))
    for begin, end in pairwise([*firsts.tolist(), len(runs.begin)]):
        yield runs.only(slice(begin, end))


def _parts(counts: Ints) -> Iterator[slice]:
    """Slices of what has such counts, with about `_AT_ONCE` in each."""
    ends = np.flatnonzero(np.diff(np.cumsum(counts) // _AT_ONCE)) + 1
    bounds = [0, *ends.tolist(), len(counts)]
    return (slice(begin, end) for begin, end in pairwise(bounds) if begin < end)


def _ranges(low: Ints, high: Ints) -> Ints:
    """From each of `low` to before each of `high`, one after the other."""
    counts = high - low
    begins = np.cumsum(counts) - counts
    ranges: Ints = np.arange(counts.sum()) + np.repeat(low - begins, counts)
    return ranges


_NONE = _Runs(*np.empty((4, 0), np.int64))
