"""Documents -> a generation and a report of what was read and what was not."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.query import Term

from index import readers
from index.columns import Columns
from index.decision import Decision, from_data, to_data
from index.errors import BeslutError, IndexUnusable, ReadError
from index.extract import Declared, Problem, extract
from index.schema import ID, RECORD, analysed_fields, make_schema
from index.slug import slug
from index.store import Generation, Store

State = Literal["read", "unchanged", "kept", "failed"]
Progress = Callable[[int, int], None]
"""Called with the number of decisions done and the number in all."""

MAX_SOURCE_BYTES = 20 * 1024 * 1024
_POSTING_BLOCK = 4096  # postings a block: large blocks are read faster, and nothing skips within


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one file gave. ``sum`` is in SEK over its decisions with an amount.

    ``kept``: it could not be read now, and its decisions of last time stay.
    """

    file: str
    sha256: str
    state: State
    rows: int
    decisions: int
    sum: Decimal
    declared: Declared | None
    problems: tuple[Problem, ...]

    @property
    def tallies(self) -> bool | None:
        """Whether the declared count and sum are what was read; None where nothing is declared."""
        if self.declared is None:
            return None
        return self.declared.count in (None, self.decisions) and self.declared.sum in (
            None,
            self.sum,
        )


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


@dataclass(frozen=True, slots=True)
class _Parsed:
    report: SourceReport
    decisions: tuple[Decision, ...]


def build(sources: Sequence[Path], index: Path, progress: Progress | None = None) -> Report:
    """Reads all `sources` (files and folders) and publishes what they hold as the new index.

    When nothing at all could be read, the index stays as it was. Raises `IndexLocked`.
    """
    store = Store(index)
    with store.building() as folder:
        last = _last(store)
        parsed = [_parse(path, name, last) for path, name in _files(sources)]
        decisions, duplicates = _unique(decision for one in parsed for decision in one.decisions)
        reports = tuple(one.report for one in parsed)
        total = sum((decision.amount or Decimal(0) for decision in decisions), Decimal(0))
        if not decisions:
            return Report(reports, duplicates, 0, total, None)
        _write(folder, parsed, decisions, progress or (lambda done, of: None))
        generation = store.publish(folder, _manifest(parsed, decisions))
        return Report(reports, duplicates, len(decisions), total, generation.number)


def _last(store: Store) -> Generation | None:
    try:
        return store.current()
    except IndexUnusable:
        return None


def _files(sources: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file with the name it goes by: relative to the folder that was given, or its own."""
    found: dict[Path, str] = {}
    for source in sources:
        if source.is_dir():
            root = source.resolve()
            for path in sorted(source.rglob("*")):
                hidden = any(part.startswith(".") for part in path.relative_to(source).parts)
                inside = path.resolve().is_relative_to(root)
                if path.is_file() and inside and not hidden:
                    found.setdefault(path.resolve(), path.relative_to(source).as_posix())
        else:
            found.setdefault(source.resolve(), source.name)
    return list(found.items())


def _parse(path: Path, name: str, last: Generation | None) -> _Parsed:
    """The decisions of one file: parsed, taken over unchanged, or kept from last time."""
    try:
        content = _bytes(path)
        sha256 = hashlib.sha256(content).hexdigest()
        before = _source_of_last(last, "sha256", sha256)
        if before is not None:
            return _take_over(last, before, name, "unchanged", ())
        read = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        result = extract(readers.read(content), name, sha256, read)
    except BeslutError as error:
        problem = Problem(name, None, error.what, error.mend)
        before = _source_of_last(last, "file", name)
        if before is not None:
            kept = replace(problem, mend=problem.mend + "; beslut från förra läsningen är kvar")
            return _take_over(last, before, name, "kept", (kept,))
        report = SourceReport(name, "", "failed", 0, 0, Decimal(0), None, (problem,))
        return _Parsed(report, ())
    report = SourceReport(
        file=name,
        sha256=sha256,
        state="read",
        rows=result.rows,
        decisions=len(result.decisions),
        sum=sum((d.amount or Decimal(0) for d in result.decisions), Decimal(0)),
        declared=result.declared,
        problems=result.problems,
    )
    return _Parsed(report, result.decisions)


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ReadError("filen finns inte", "kontrollera sökvägen")
        if path.stat().st_size > MAX_SOURCE_BYTES:
            limit = MAX_SOURCE_BYTES // 1024 // 1024
            raise ReadError(f"filen är större än {limit} MB", "dela upp den")
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"filen kan inte läsas ({error.strerror})", "kontrollera den") from error


def _source_of_last(last: Generation | None, key: str, value: str) -> dict[str, Any] | None:
    sources = last.manifest["sources"] if last else []
    return next((source for source in sources if source[key] == value), None)


def _take_over(
    last: Generation | None,
    before: dict[str, Any],
    name: str,
    state: State,
    problems: tuple[Problem, ...],
) -> _Parsed:
    """What `before` gave last time, under the name that the file has now."""
    assert last is not None
    lines = last.decisions(before["sha256"]).read_text("utf-8").splitlines()
    decisions = tuple(from_data(json.loads(line)) for line in lines)
    decisions = tuple(replace(d, source=replace(d.source, file=name)) for d in decisions)
    declared = before["declared"]
    report = SourceReport(
        file=name,
        sha256=before["sha256"],
        state=state,
        rows=before["rows"],
        decisions=len(decisions),
        sum=sum((d.amount or Decimal(0) for d in decisions), Decimal(0)),
        declared=declared
        and Declared(declared[0], declared[1], declared[2] and Decimal(declared[2])),
        problems=problems + tuple(Problem(name, *rest) for _, *rest in before["problems"]),
    )
    return _Parsed(report, decisions)


def _unique(
    decisions: Iterable[Decision],
) -> tuple[list[Decision], tuple[Problem, ...]]:
    """The same decision once, under an identifier of its own; the rest is reported.

    Decisions that share round and title are told apart by their owner, and then by a digest of what
    they say, so that an identifier does not depend on the order in which files are read.
    """
    seen: dict[str, Decision] = {}
    duplicates = []
    for decision in decisions:
        first = seen.setdefault(_content_digest(decision), decision)
        if first is not decision:
            what = f"samma beslut finns redan i {first.source.file}, rad {first.source.row}"
            source = decision.source
            duplicates.append(Problem(source.file, source.row, what, "det räknas en gång"))
    named = _told_apart(list(seen.items()), lambda digest, d: f"{d.id}--{slug(d.owner)}")
    named = _told_apart(named, lambda digest, d: f"{d.id}-{digest[:8]}")
    return [decision for _, decision in named], tuple(duplicates)


def _told_apart(
    decisions: list[tuple[str, Decision]], rename: Callable[[str, Decision], str]
) -> list[tuple[str, Decision]]:
    count = Counter(decision.id for _, decision in decisions)
    return [
        (digest, replace(d, id=rename(digest, d)) if count[d.id] > 1 else d)
        for digest, d in decisions
    ]


def _content_digest(decision: Decision) -> str:
    data = to_data(decision)
    del data["source"]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _write(
    folder: Path, parsed: Sequence[_Parsed], decisions: Sequence[Decision], progress: Progress
) -> None:
    whoosh = folder / "whoosh"
    whoosh.mkdir()
    codec = W3Codec(blocklimit=_POSTING_BLOCK)
    index = FileStorage(str(whoosh)).create_index(make_schema())
    writer = index.writer(codec=codec, compound=False)
    lengths = []
    for done, decision in enumerate(decisions):
        progress(done, len(decisions))
        analysed = analysed_fields(decision)
        writer.add_document(**analysed.fields)
        lengths.append(analysed.lengths)
    writer.commit(merge=False)
    index.close()
    progress(len(decisions), len(decisions))
    Columns.of(decisions, lengths).write(folder / "columns")
    _write_decisions(folder / "decisions", parsed)
    _verify(whoosh, decisions)


def _write_decisions(folder: Path, parsed: Sequence[_Parsed]) -> None:
    """What each source gave, duplicates and all, so that it need not be parsed again."""
    folder.mkdir()
    by_source: dict[str, tuple[Decision, ...]] = defaultdict(tuple)
    for one in parsed:
        if one.report.sha256:
            by_source[one.report.sha256] = one.decisions
    for sha256, decisions in by_source.items():
        lines = (json.dumps(to_data(decision), ensure_ascii=False) for decision in decisions)
        (folder / f"{sha256}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


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


def _manifest(parsed: Sequence[_Parsed], decisions: Sequence[Decision]) -> dict[str, Any]:
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "decisions": len(decisions),
        "sources": [_source_facts(one.report) for one in parsed if one.report.sha256],
    }


def _source_facts(report: SourceReport) -> dict[str, Any]:
    declared = report.declared
    return {
        "file": report.file,
        "sha256": report.sha256,
        "rows": report.rows,
        "decisions": report.decisions,
        "declared": declared
        and [declared.row, declared.count, None if declared.sum is None else str(declared.sum)],
        "problems": [
            [problem.file, problem.row, problem.what, problem.mend] for problem in report.problems
        ],
    }
