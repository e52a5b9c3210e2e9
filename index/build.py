"""Documents -> a generation and a report of what was read and what was not.

Whoosh never changes a written segment, so the next generation starts as hard links to the segments
of the last one: decisions of changed sources are marked as deleted, and what those sources give now
becomes a new segment. If that would leave too many segments, the small ones are merged; if it would
leave too many deleted documents, or an identifier that a full build would not give, everything is
written anew.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.query import Term

from index.decision import Decision
from index.documents.memory import duplicates_in, repeated_in
from index.documents.reading import SourceReading, line_of
from index.documents.report import Report, SourceReport, problems_data, source_data
from index.documents.sources import BY_DEFAULT, Reading, read_all
from index.errors import IndexUnusable, NotWithheld
from index.naming import (
    Naming,
    base_identifier,
    base_of,
    content_digest,
    is_variant,
    name_all,
)
from index.problem import Problem, listed, shown
from index.storage import vocabulary
from index.storage.columns import COLUMNS, Columns, moment
from index.storage.continuity import Past, continued
from index.storage.identity import Census
from index.storage.journal import JOURNAL
from index.storage.schema import ID, analysed_fields, make_schema
from index.storage.segment import records, segments, write_toc
from index.storage.store import Generation, Store
from index.storage.vocabulary import WordCount
from index.storage.writing import SEGMENT, Item, Progress, Written, read_items, write_segments
from index.withheld import Withheld

SAMPLES = Path(__file__).parent / "samples"
"""The decisions that come with the project."""
CHANGES_DAYS = 90
MORE_SEGMENTS = 14
"""How many more segments than a full build there may be, since a word is looked up in each. From
there on, segments of fewer than `_SMALL` decisions are merged."""
_SMALL = SEGMENT // 10
_MOST_CHANGED = 0.3  # share of the decisions; beyond it everything is written anew
_SAMPLE = 20  # decisions read back before an index is published
_SHOWN = 3  # decisions of each source that is read


def build(
    documents: Sequence[Path],
    index: Path,
    progress: Progress | None = None,
    workers: int | None = None,
    reading: Reading = BY_DEFAULT,
    changes_days: int = CHANGES_DAYS,
    withheld: Mapping[str, str] | None = None,
) -> Report:
    """Reads all `documents` (files and folders) and publishes what they hold as the new index.
    What happened to a decision is remembered for `changes_days`.

    Decisions whose identifiers are among those `withheld`, each with the reason, are left out, and
    so are the copies of the files that have them. None: nobody says which.

    `workers` processes write it, by default one per processor. If nothing could be read, or nothing
    has changed, the index stays as it was. Raises `IndexLocked`, `NotWithheld` where something that
    is to be withheld would be shown, and OSError where it cannot be written.
    """
    store = Store(index)
    with _room(), store.building() as folder:
        before = _withheld_before(store, withheld)
        reasons = withheld or {}
        last = _last(store)
        parsed = read_all(documents, folder / "decisions", last, reading)
        reports = tuple(source.report for source in parsed)
        if not any(report.decisions for report in reports):
            there = tuple(report for report in reports if report.state != "gone")
            return Report(there, (), 0, Decimal(0), None, published=False)
        first = _first(source for source in parsed if source.report.state == "read")
        told = duplicates_in(last) if last else ()
        trusted = last if last and store.is_trusted(last) else None
        is_sample = _is_sample(documents, reports, last)
        is_same = trusted and (trusted.is_sample, _reasons(trusted)) == (is_sample, reasons)
        same = trusted if trusted and is_same and _is_the_same(trusted, parsed) else None
        if same and store.is_whole(same):
            number = same.number
            total = same.manifest["decisions"], Decimal(same.manifest["sum"])
            return Report(
                reports, told, *total, number, False, frozenset(told), withheld=len(reasons)
            )
        workers = workers or os.cpu_count() or 1
        span = _span(changes_days)
        past = Past.known(store, trusted)
        builder = _Builder(folder, parsed, past, span, workers, progress, reasons)
        change = _change(trusted, builder) if trusted and not same else None
        duplicates = builder.change(change) if change else builder.write_anew()
        if not reading.accept:
            _check_withheld(before, builder.known)
        total = builder.verify()
        manifest = {
            "created": moment(span[0]),
            "decisions": total[0],
            "sum": str(total[1]),
            "sample": is_sample,
            "withheld": {name: one.data() for name, one in builder.known.items()},
            "sources": builder.facts(),
            **builder.journal,
        }
        for source, closed in zip(builder.sources, builder.closed, strict=True):
            if closed:
                first.pop(source.report.file, None)
        # What is withheld from now on is in no generation that could be gone back to.
        keep = reasons.keys() <= before.keys()
        generation = store.publish(folder, manifest, last if change else None, keep)
        return Report(
            reports,
            duplicates,
            *total,
            generation.number,
            known=frozenset(told),
            first=first,
            withheld=len(reasons),
            shown_again=len(before.keys() - reasons.keys()),
        )


def roll_back(index: Path, changes_days: int = CHANGES_DAYS) -> Generation:
    """Publishes the generation before the current one again, and tells in its journal what that
    takes back. Raises `IndexUnusable`, `IndexLocked`, and OSError where it cannot be written."""
    store, span = Store(index), _span(changes_days)

    def amend(folder: Path, older: Generation) -> dict[str, Any]:
        current = None
        with contextlib.suppress(IndexUnusable):
            current = store.current()
        past = Past.known(store, current)
        columns = Columns.open(older.columns)
        now = Census.of_generation(older, columns)
        for old in (folder / COLUMNS, folder / JOURNAL):
            shutil.rmtree(old)
        told = continued(past, columns, now, *span).write(folder)
        return {"created": moment(span[0]), **told}

    with _room():
        return store.rollback(amend)


def _span(days: int) -> tuple[int, int]:
    """The time now, and that from which on events are remembered, in seconds since 1970."""
    now = int(datetime.now(UTC).timestamp())
    return now, now - days * 86_400


def try_out(documents: Sequence[Path], index: Path, reading: Reading = BY_DEFAULT) -> Report:
    """Reads all `documents` and says what they hold, compared with the index, where there is one.
    Nothing of that is touched."""
    reading = replace(reading, originals=False, trial=True)
    with _room(), tempfile.TemporaryDirectory() as folder:
        parsed = read_all(documents, Path(folder, "decisions"), _last(Store(index)), reading)
        sources = [source for source in parsed if source.lines is not None]
        naming = name_all(decision for source in sources for decision in source.decisions())
        first = _first(sources)
    return Report(
        tuple(source.report for source in parsed),
        tuple(duplicate.problem for duplicate in naming.duplicates),
        sum(source.report.decisions for source in sources) - len(naming.duplicates),
        sum((source.report.sum for source in sources), Decimal(0)),
        None,
        published=False,
        first=first,
    )


def _first(sources: Iterable[SourceReading]) -> dict[str, tuple[Decision, ...]]:
    """The first decisions of each source, to be looked at before they are trusted."""
    return {one.report.file: tuple(islice(one.decisions(), _SHOWN)) for one in sources}


@contextlib.contextmanager
def _room() -> Iterator[None]:
    """Makes one kind of error of what SQLite and NumPy say where the disk is full."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error


def _reasons(generation: Generation) -> dict[str, str]:
    return {name: one.reason for name, one in generation.withheld.items()}


def _check_withheld(before: Mapping[str, Withheld], now: Mapping[str, Withheld]) -> None:
    """Raises `NotWithheld` where an identifier is no longer that of the decision that was withheld:
    it may have been put right and be called something else now."""
    both = before.keys() & now.keys()
    others = [name for name in both if not before[name].is_still(now[name])]
    if others:
        raise NotWithheld(
            f"det som nu har id:t {listed(map(shown, sorted(others)), 3)} säger något annat än det "
            "som undantogs, som kan heta något annat nu",
            "kontrollera, skriv i så fall dess nya id i filen med undantag, och kör en gång med "
            "--accept; indexet är orört",
        )


def _withheld_before(store: Store, withheld: Mapping[str, str] | None) -> Mapping[str, Withheld]:
    """What the last generation withholds, whatever program wrote it; raises `NotWithheld` where it
    does and nobody says whether to go on."""
    last = next(store.history(), None)
    before = last.withheld if last else {}
    if before and withheld is None:
        raise NotWithheld(
            f"det förra indexet undantar {len(before)} beslut, men ingen fil säger längre vilka",
            "ange den i BESLUT_WITHHELD, en tom om inget ska vara undantaget; indexet är orört",
        )
    return before


def _is_sample(
    documents: Sequence[Path], reports: Sequence[SourceReport], last: Generation | None
) -> bool:
    """Whether nothing but the samples is there: now, or last time if that could not be read now."""
    if last and any(report.state == "kept" for report in reports):
        return last.is_sample
    places = [path for one in documents for path in (one.resolve(), one.resolve().parent)]
    # Of a clone's own, too, where the program is installed elsewhere.
    found = [path for path in places if path.parts[-2:] == SAMPLES.parts[-2:]]
    return len(found) == len(documents)


def _is_the_same(last: Generation, parsed: Sequence[SourceReading]) -> bool:
    """Whether the last generation holds just these sources, in this order, with copies of them
    where those are wanted. One that stands in for a broken one is to be replaced."""
    sources = [source for source in parsed if source.lines is not None]
    before = [source.before for source in sources]
    # Those kept though they are no longer there come last, wherever they were.
    order = [one.before for one in sources if one.before is not None and one.report.state != "kept"]
    facts = last.manifest["sources"]
    return (
        last.warning is None
        and None not in before
        and sorted(number for number in before if number is not None) == [*range(len(facts))]
        and order == sorted(order)
        and all(
            (facts[source.before]["original"] is None) == (source.report.original is None)
            for source in sources
            if source.before is not None and not facts[source.before].get("closed")
        )
    )


def _last(store: Store) -> Generation | None:
    try:
        return store.current()
    except IndexUnusable:
        return store.remembered()


@dataclass(frozen=True, slots=True)
class _Change:
    """How the next generation differs from the last: which decisions stay, and which are new.

    ``keep`` is bool (n,) over the documents of the last one, ``number`` int32 over its sources:
    their numbers now, -1 for those that are gone; ``folded`` bool (n,), see `_folded`.
    """

    last: Generation
    columns: Columns
    keep: npt.NDArray[np.bool_]
    number: npt.NDArray[np.int32]
    folded: npt.NDArray[np.bool_]
    items: list[Item]
    naming: Naming


class _Builder:
    """The writing of one generation into its folder."""

    def __init__(
        self,
        folder: Path,
        parsed: Sequence[SourceReading],
        past: Past,
        span: tuple[int, int],
        workers: int,
        progress: Progress | None,
        withheld: Mapping[str, str],
    ) -> None:
        self.folder = folder
        self.past = past
        self.span = span
        self.journal: dict[str, Any] = {}
        self.whoosh = folder / "whoosh"
        self.whoosh.mkdir()
        self.sources = [source for source in parsed if source.lines is not None]
        self.workers = workers
        self.progress = progress or (lambda done, total: None)
        self.repeated: list[list[Problem]] = [[] for _ in self.sources]
        self.elsewhere: list[list[Problem]] = [[] for _ in self.sources]
        self.withheld = withheld
        self.known: dict[str, Withheld] = {}
        self.left_out: list[list[str]] = [[] for _ in self.sources]
        self.closed = [False for _ in self.sources]

    def facts(self) -> list[dict[str, Any]]:
        """What the manifest says of each source, with those of its decisions that it repeats, those
        that stand elsewhere, and the identifiers of those that are withheld. A source that has one
        of these is ``closed``: there is no copy of it."""
        return [
            self._source_facts(number, source.report) for number, source in enumerate(self.sources)
        ]

    def _source_facts(self, number: int, report: SourceReport) -> dict[str, Any]:
        if self.closed[number] and report.original:
            (self.folder / report.original).unlink()
            report = replace(report, original=None)
        return source_data(report) | {
            "repeated": problems_data(self.repeated[number]),
            "elsewhere": problems_data(self.elsewhere[number]),
            "withheld": self.left_out[number],
            "closed": self.closed[number],
        }

    def note_duplicates(self, naming: Naming) -> None:
        """Notes which decisions a source repeats, and which stand in another before it."""
        number = {source.report.file: at for at, source in enumerate(self.sources)}
        for duplicate in naming.duplicates:
            noted = self.repeated if duplicate.within else self.elsewhere
            noted[number[duplicate.problem.file]].append(duplicate.problem)

    def items(self, numbers: Sequence[int]) -> tuple[list[Item], Naming]:
        """The decisions of some of the sources, named, without duplicates and what is withheld."""
        chosen = [self.sources[number] for number in numbers]
        naming = name_all(decision for source in chosen for decision in source.decisions())
        places = (
            (number, source.lines, offset)
            for number, source in zip(numbers, chosen, strict=True)
            for offset in _line_offsets(source)
        )
        names = zip(naming.identifiers, naming.digests, strict=True)
        withheld = {digest for identifier, digest in names if identifier in self.withheld}
        named = zip(places, naming.identifiers, naming.digests, strict=True)
        items: list[Item] = []
        left_out: list[Item] = []
        for (number, lines, offset), identifier, digest in named:
            if digest in withheld:
                self.closed[number] = True
            if identifier is None or lines is None:
                continue
            item = Item(lines, offset, number, identifier, digest)
            (left_out if digest in withheld else items).append(item)
        for item, decision in zip(left_out, read_items(left_out), strict=True):
            self.left_out[item.source].append(decision.id)
            self.known[decision.id] = Withheld.of(decision, self.withheld[decision.id])
        return items, naming

    def write_anew(self) -> tuple[Problem, ...]:
        """Writes everything; returns the duplicates. Raises `NotWithheld` if a decision that is to
        be withheld is not there, since it may be there under another identifier."""
        self.left_out = [[] for _ in self.sources]
        self.closed = [False for _ in self.sources]
        self.known = {}
        items, naming = self.items(range(len(self.sources)))
        if missing := sorted(self.withheld.keys() - set(chain(*self.left_out))):
            raise NotWithheld(
                f"inget beslut har id:t {listed(map(shown, missing), 3)}, som ska vara undantaget: "
                "det kan ha rättats och heta något annat nu, eller vara borta",
                "skriv det nya id:t i filen med undantag, eller ta bort raden; indexet är orört",
            )
        if not items:
            raise NotWithheld(
                "alla beslut ska vara undantagna, och ett index utan beslut går inte att göra",
                "stäng av tjänsten, eller lägg till en lista; indexet är orört",
            )
        written = write_segments(self.whoosh, items, self.workers, self.progress)
        self._finish([new.segment for new in written], [new.columns for new in written])
        vocabulary.write(self.folder / "vocabulary", _words(written))
        self.note_duplicates(naming)
        return tuple(duplicate.problem for duplicate in naming.duplicates)

    def change(self, change: _Change) -> tuple[Problem, ...]:
        """Writes what is new beside what stays; gives the duplicates, each of which stands twice in
        one source (see `_change`)."""
        kept = []
        for segment, docs in segments(change.last.whoosh):
            if not change.folded[docs].any():
                segment._deleted = set(np.flatnonzero(~change.keep[docs]).tolist())
                kept.append(segment)
        _link(change.last, kept, self.whoosh)
        again = self.folder / "again.jsonl"
        items = [*_items_again(change, again), *change.items]
        written = write_segments(self.whoosh, items, self.workers, self.progress)
        again.unlink()
        old = replace(
            change.columns,
            live=change.keep,
            sources=change.number[change.columns.sources].astype(np.int32),
        ).only(~change.folded)
        self._finish(
            [*kept, *(new.segment for new in written)],
            [old, *(new.columns for new in written)],
        )
        words = _words(written)
        left = change.columns.live & (~change.keep | change.folded)
        for decision in _records(change.last, np.flatnonzero(left)):
            words.add(analysed_fields(decision).words, times=-1)
        vocabulary.write_changed(self.folder / "vocabulary", change.last.vocabulary, words)
        for number, source in enumerate(self.sources):
            if source.before is not None:
                self.repeated[number] = [*repeated_in(change.last, source.before)]
        self.note_duplicates(change.naming)
        return tuple(problem for repeated in self.repeated for problem in repeated)

    def _finish(self, some: Sequence[W3Segment], columns: Sequence[Columns]) -> None:
        write_toc(FileStorage(str(self.whoosh)), make_schema(), some)
        joined = Columns.joined(columns)
        now = Census.of(joined, [source.report.file for source in self.sources], self.whoosh)
        self.journal = continued(self.past, joined, now, *self.span).write(self.folder)

    def verify(self) -> tuple[int, Decimal]:
        """Reads the written index back: counts the decisions, and checks that a sample can be found
        and says what was read. Returns the number of decisions and their sum in SEK."""
        columns = Columns.open(self.folder / "columns")
        live = np.flatnonzero(columns.live)
        index = FileStorage(str(self.whoosh), readonly=True).open_index()
        written = records(self.whoosh)
        with index.searcher() as searcher:
            whole = searcher.doc_count() == len(live)
            for doc in live[:: max(1, len(live) // _SAMPLE)].tolist():
                decision = written.read(doc)
                whole = whole and content_digest(decision) == columns.digests[doc]
                hits = list(searcher.docs_for_query(Term(ID, decision.id)))
                whole = whole and hits == [doc]
        index.close()
        if not whole:
            raise IndexUnusable("det byggda indexet kunde inte läsas tillbaka", "kör om kommandot")
        return len(live), columns.sum()


def _change(last: Generation, builder: _Builder) -> _Change | None:
    """What to change in the last generation; None if everything must be written anew."""
    if not _is_whole(last):
        return None
    columns = Columns.open(last.columns)
    before = {source.before: number for number, source in enumerate(builder.sources)}
    number = np.array([before.get(at, -1) for at in range(len(last.manifest["sources"]))], np.int32)
    keep = columns.live & (number[columns.sources] >= 0)
    kept, live = int(keep.sum()), int(columns.live.sum())
    new = [at for at, source in enumerate(builder.sources) if source.before is None]
    coming = sum(builder.sources[at].report.decisions for at in new)
    deleted = len(keep) - kept
    folded = _folded(last, max(builder.workers, len(keep) // SEGMENT) + MORE_SEGMENTS)
    if deleted + coming > _MOST_CHANGED * len(keep) or folded is None:
        return None
    if last.withheld.keys() != builder.withheld.keys():
        return None
    for at, source in enumerate(builder.sources):
        if source.before is not None:
            facts = last.manifest["sources"][source.before]
            builder.left_out[at] = facts.get("withheld", [])
            builder.closed[at] = facts.get("closed", False)
    stays = {*chain(*builder.left_out)}
    builder.known = {
        name: replace(one, reason=builder.withheld[name])
        for name, one in last.withheld.items()
        if name in stays
    }
    expected = sum(
        source.report.decisions - len(repeated_in(last, source.before)) - len(left_out)
        for source, left_out in zip(builder.sources, builder.left_out, strict=True)
        if source.before is not None
    )
    if kept != expected:  # some were left out as duplicates of ones that may now be gone
        return None
    items, naming = builder.items(new)
    # What has the name of one that is withheld may be it once more, or change its name.
    bases = {base_of(name) for name in stays}
    if bases and any(base_identifier(decision) in bases for decision in read_items(items)):
        return None
    if stays.intersection(chain(*(builder.left_out[at] for at in new))):
        return None
    if {*chain(*builder.left_out)} != builder.withheld.keys():
        return None
    gone = _records(last, np.flatnonzero(columns.live & ~keep)) if live > kept else []
    if not all(duplicate.within for duplicate in naming.duplicates) or _is_entangled(
        last, columns, keep, items, gone
    ):
        return None
    return _Change(last, columns, keep, number, folded, items, naming)


def _folded(last: Generation, most: int) -> npt.NDArray[np.bool_] | None:
    """The documents, bool (n,), of small segments to be merged because there are `most` segments;
    None if that still leaves too many."""
    found = segments(last.whoosh)
    folded = np.zeros(sum(segment.doc_count_all() for segment, _ in found), np.bool_)
    if len(found) < most:
        return folded
    small = [docs for segment, docs in found if segment.doc_count_all() < _SMALL]
    for docs in small:
        folded[docs] = True
    return folded if len(found) - len(small) + 1 < most else None


def _items_again(change: _Change, lines: Path) -> list[Item]:
    """What stays of the merged segments, as items; writes their `lines`."""
    docs = np.flatnonzero(change.keep & change.folded)
    sources = change.number[change.columns.sources[docs]].tolist()
    items: list[Item] = []
    with lines.open("wb") as file:
        decisions = _records(change.last, docs)
        digests = change.columns.digests[docs].tolist()
        for decision, source, digest in zip(decisions, sources, digests, strict=True):
            items.append(Item(lines, file.tell(), source, decision.id, digest))
            file.write(line_of(decision).encode())
    return items


def _is_whole(last: Generation) -> bool:
    """Whether the files to be copied from the last generation are intact. Segments are linked, not
    copied: their manifest entries are passed on for `check` to verify."""
    copied = [*last.columns.iterdir(), *last.vocabulary.iterdir()]
    return all(last.is_unchanged(path) for path in copied)


def _is_entangled(
    last: Generation,
    columns: Columns,
    keep: npt.NDArray[np.bool_],
    items: Sequence[Item],
    gone: Sequence[Decision],
) -> bool:
    """Whether what comes or goes affects what stays: the same decision, or one with an identifier
    that depends on others that come or go."""
    if np.isin([item.digest for item in items], columns.digests[keep]).any():
        return True
    if any(decision.id != base_identifier(decision) for decision in gone):
        return True
    leaving = {decision.id for decision in gone}
    index = FileStorage(str(last.whoosh), readonly=True).open_index()
    try:
        with index.reader() as reader:
            bases = {base_identifier(decision) for decision in read_items(items)}
            return any(_has_variant(reader, base, leaving) for base in bases)
    finally:
        index.close()


def _has_variant(reader: Any, base: str, leaving: set[str]) -> bool:
    wanted = base.encode()
    # Terms come in byte order, so the variants of a base follow it directly.
    for field, term in reader.terms_from(ID, wanted):
        if field != ID or not term.startswith(wanted):
            return False
        if is_variant(term.decode(), base) and term.decode() not in leaving:
            return True
    return False


def _records(last: Generation, docs: npt.NDArray[np.intp]) -> list[Decision]:
    return [*map(records(last.whoosh).read, docs.tolist())]


def _link(last: Generation, some: Sequence[W3Segment], whoosh: Path) -> None:
    """Links the files of some segments of the last generation into `whoosh`."""
    names = tuple(f"{segment.segment_id()}" for segment in some)
    for path in last.whoosh.iterdir():
        if names and path.name.startswith(names):
            os.link(path, whoosh / path.name)


def _words(written: Sequence[Written]) -> WordCount:
    words = WordCount()
    for segment in written:
        words.merge(segment.words)
    return words


def _line_offsets(source: SourceReading) -> list[int]:
    """Where each line of a source's decisions begins."""
    offsets, at = [], 0
    if source.lines is not None:
        with source.lines.open("rb") as lines:
            for line in lines:
                offsets.append(at)
                at += len(line)
    return offsets
