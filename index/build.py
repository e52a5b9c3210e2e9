"""Documents -> a generation and a report of what was read and what was not."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from whoosh.filedb.filestore import FileStorage
from whoosh.query import Term

from index import readers
from index.columns import Columns
from index.decision import Decision, from_data, granted, to_data
from index.errors import BeslutError, IndexUnusable, ReadError
from index.extract import Declared, Problem, extract
from index.schema import ID, RECORD, analysed_fields, make_schema
from index.segment import SegmentWriter, write_toc
from index.slug import slug
from index.store import Generation, Store
from index.vocabulary import WordCount

State = Literal["read", "unchanged", "kept", "failed"]
Progress = Callable[[int, int], None]
"""Called with the number of decisions done and the number in all."""

RULES = ("amount", "decision", "extract", "html", "slug")
"""The modules, beside the readers, that decide what a document gives; see `_rules`."""
MAX_SOURCE_BYTES = 20 * 1024 * 1024


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
    """``problems``: those of the document itself, to be told again as long as it is not changed."""

    report: SourceReport
    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...]


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
        total = granted(decisions)
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
    """Each file once with the name it goes by: as `_found` gives it, and with folders in front
    where that would not tell two files apart."""
    found: dict[Path, str] = {}
    for source in sources:
        for path, name in _found(source):
            found.setdefault(path, name)
    by_name = defaultdict(list)
    for path, name in found.items():
        by_name[name].append(path)
    for paths in by_name.values():
        if len(paths) > 1:
            above = os.path.commonpath(paths)
            found.update((path, path.relative_to(above).as_posix()) for path in paths)
    return list(found.items())


def _found(source: Path) -> Iterator[tuple[Path, str]]:
    """The file `source` and its name, or the files in it and their names relative to it.

    Hidden files are left out. A link that leads out of its folder stays a link, to be refused.
    """
    real = Path(os.path.realpath(source))
    if not source.is_dir():
        yield real, source.name
        return
    for path in sorted(source.absolute().rglob("*")):
        name = path.relative_to(source.absolute())
        if not path.is_dir() and not any(part.startswith(".") for part in name.parts):
            target = Path(os.path.realpath(path))
            yield target if target.is_relative_to(real) else path, name.as_posix()


def _parse(path: Path, name: str, last: Generation | None) -> _Parsed:
    """The decisions of one file: parsed, taken over unchanged, or kept from last time."""
    try:
        content = _bytes(path)
        sha256 = hashlib.sha256(content).hexdigest()
        unchanged = _take_over(last, name, sha256)
        if unchanged is not None:
            return unchanged
        read = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        result = extract(readers.read(content), name, sha256, read)
    except BeslutError as error:
        problem = Problem(name, None, error.what, error.mend)
        kept = _take_over(last, name, None)
        if kept is None:
            report = SourceReport(name, "", "failed", 0, 0, Decimal(0), None, (problem,))
            return _Parsed(report, (), ())
        problem = replace(problem, mend=problem.mend + "; beslut från förra läsningen är kvar")
        problems = (problem, *kept.problems)
        return replace(kept, report=replace(kept.report, state="kept", problems=problems))
    report = SourceReport(
        file=name,
        sha256=sha256,
        state="read",
        rows=result.rows,
        decisions=len(result.decisions),
        sum=granted(result.decisions),
        declared=result.declared,
        problems=result.problems,
    )
    return _Parsed(report, result.decisions, result.problems)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_symlink():
            raise ReadError("länken leder ut ur mappen", "lägg själva filen i mappen")
        if not path.exists():
            raise ReadError("filen finns inte", "kontrollera sökvägen")
        if not path.is_file():
            raise ReadError("det är ingen vanlig fil", "ta bort den ur mappen")
        if path.stat().st_size > MAX_SOURCE_BYTES:
            limit = MAX_SOURCE_BYTES // 1024 // 1024
            raise ReadError(f"filen är större än {limit} MB", "dela upp den")
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"filen kan inte läsas ({error.strerror})", "kontrollera den") from error


def _take_over(last: Generation | None, name: str, sha256: str | None) -> _Parsed | None:
    """What a file gave last time, under the name that it has now: the file with the same bytes, or,
    without `sha256`, with the same name. None where that is not to be had.

    With the same bytes it must also be called the same, since the name may stand in for the round,
    and must have been read by the same rules.
    """
    if last is None or (sha256 and last.manifest.get("rules") != _rules()):
        return None
    for number, facts in enumerate(last.manifest["sources"]):
        same_bytes = sha256 == facts["sha256"] and Path(facts["file"]).name == Path(name).name
        same = same_bytes if sha256 else name == facts["file"]
        if same and last.is_unchanged(last.decisions(number)):
            return _remembered(facts, last.decisions(number).read_text("utf-8"), name)
    return None


def _remembered(facts: dict[str, Any], text: str, name: str) -> _Parsed:
    decisions = [from_data(json.loads(line)) for line in text.split("\n") if line]
    decisions = [replace(d, source=replace(d.source, file=name)) for d in decisions]
    declared = facts["declared"]
    problems = tuple(Problem(name, *rest) for rest in facts["problems"])
    report = SourceReport(
        file=name,
        sha256=facts["sha256"],
        state="unchanged",
        rows=facts["rows"],
        decisions=len(decisions),
        sum=granted(decisions),
        declared=declared
        and Declared(declared[0], declared[1], declared[2] and Decimal(declared[2])),
        problems=problems,
    )
    return _Parsed(report, tuple(decisions), problems)


@cache
def _rules() -> str:
    """SHA-256 (hex) over the code that makes decisions of documents: when it changes, a document is
    read again even if it has not changed itself."""
    here = Path(__file__).parent
    files = [here / f"{name}.py" for name in RULES]
    files += sorted((here / "readers").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


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
    _write_decisions(folder / "decisions", parsed)
    _verify(whoosh, decisions)


def _write_decisions(folder: Path, parsed: Sequence[_Parsed]) -> None:
    """What each source gave, duplicates and all, so that it need not be parsed again."""
    folder.mkdir()
    for number, one in enumerate(_with_content(parsed)):
        lines = (json.dumps(to_data(decision), ensure_ascii=False) for decision in one.decisions)
        (folder / f"{number}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _with_content(parsed: Sequence[_Parsed]) -> list[_Parsed]:
    """The sources of the manifest, in its order: all but those that never gave anything."""
    return [one for one in parsed if one.report.sha256]


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
        "rules": _rules(),
        "sources": [_source_facts(one) for one in _with_content(parsed)],
    }


def _source_facts(one: _Parsed) -> dict[str, Any]:
    report, declared = one.report, one.report.declared
    return {
        "file": report.file,
        "sha256": report.sha256,
        "rows": report.rows,
        "decisions": report.decisions,
        "declared": declared
        and [declared.row, declared.count, None if declared.sum is None else str(declared.sum)],
        "problems": [[problem.row, problem.what, problem.mend] for problem in one.problems],
    }
