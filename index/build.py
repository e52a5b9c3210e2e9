"""Documents -> a generation and a report of what was read and what was not."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.query import Term

from index import sources
from index.columns import Columns
from index.decision import Decision, from_data, granted
from index.errors import IndexUnusable
from index.extract import Problem
from index.naming import name_all
from index.schema import ID, RECORD, analysed_fields, make_schema
from index.segment import SegmentWriter, write_toc
from index.sources import Parsed, SourceReport, read_all
from index.store import Generation, Store
from index.vocabulary import WordCount

Progress = Callable[[int, int], None]
"""Called with the number of decisions done and the number in all."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did. ``generation`` is None where nothing was published."""

    sources: tuple[SourceReport, ...]
    duplicates: tuple[Problem, ...]
    decisions: int
    sum: Decimal
    generation: int | None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that somebody should look at."""
        return tuple(problem for source in self.sources for problem in source.problems)


def build(documents: Sequence[Path], index: Path, progress: Progress | None = None) -> Report:
    """Reads all `documents` (files and folders) and publishes what they hold as the new index.

    When nothing at all could be read, the index stays as it was. Raises `IndexLocked`.
    """
    store = Store(index)
    with store.building() as folder:
        last = _last(store)
        parsed = read_all(documents, folder / "decisions", last)
        everything = [decision for one in parsed for decision in one.decisions()]
        naming = name_all(everything)
        decisions = [
            replace(decision, id=identifier)
            for decision, identifier in zip(everything, naming.identifiers, strict=True)
            if identifier is not None
        ]
        reports = tuple(one.report for one in parsed)
        total = granted(decisions)
        if not decisions:
            return Report(reports, naming.duplicates, 0, total, None)
        _write(folder, decisions, progress or (lambda done, of: None))
        generation = store.publish(folder, _manifest(parsed, decisions))
        return Report(reports, naming.duplicates, len(decisions), total, generation.number)


def _last(store: Store) -> Generation | None:
    try:
        return store.current()
    except IndexUnusable:
        return None


def _write(folder: Path, decisions: Sequence[Decision], progress: Progress) -> None:
    whoosh = folder / "whoosh"
    whoosh.mkdir()
    storage, schema = FileStorage(str(whoosh)), make_schema()
    writer = SegmentWriter(storage, schema)
    lengths, words = [], WordCount()
    for done, decision in enumerate(decisions):
        progress(done, len(decisions))
        analysed = analysed_fields(decision)
        writer.add(analysed.fields)
        lengths.append(analysed.lengths)
        words.add(analysed.words)
    write_toc(storage, schema, [writer.finish()])
    progress(len(decisions), len(decisions))
    Columns.of(decisions, lengths).write(folder / "columns")
    words.write(folder / "vocabulary")
    _verify(whoosh, decisions)


def _verify(whoosh: Path, decisions: Sequence[Decision]) -> None:
    """Reads the written index back: all are there, and a sample is found and equal."""
    index = FileStorage(str(whoosh), readonly=True).open_index()
    step = max(1, len(decisions) // 20)
    with index.searcher() as searcher:
        whole = searcher.doc_count() == len(decisions)
        for decision in decisions[::step]:
            hits = list(searcher.docs_for_query(Term(ID, decision.id)))
            whole = whole and len(hits) == 1
            whole = whole and (
                from_data(json.loads(searcher.stored_fields(hits[0])[RECORD])) == decision
            )
    index.close()
    if not whole:
        raise IndexUnusable("det byggda indexet kunde inte läsas tillbaka", "kör om kommandot")


def _manifest(parsed: Sequence[Parsed], decisions: Sequence[Decision]) -> dict[str, Any]:
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "decisions": len(decisions),
        "rules": sources.rules(),
        "sources": [one.facts() for one in parsed if one.lines is not None],
    }
