"""How fast is it beside others? ``make bench``, or

    python -m tests.benchmarks.speed [--size 100000] [--corpus FILE.jsonl[.gz]] [--rounds 5]

One process, the engines in turn, the same decisions, the same analysed terms (stems, and the stems
of parts of compounds), and the same work: all terms must match, the 20 best by BM25, how many of
each owner, round and amount band, and the sum of the amounts. Whoosh searches this project's own
index with its own searcher, of a hundred thousand decisions at most. It is checked that all find
the same set before anything is timed.

This engine is measured twice: *warm*, as a server is once its words have been searched for, and
*cold*, each query with an empty cache of postings. The others keep whatever caches they have.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tantivy
from whoosh import query, scoring
from whoosh.searching import Searcher

from index.build import build
from index.storage.columns import NO_AMOUNT, Columns
from index.storage.schema import EXACT, PARTS, TEXT_FIELDS
from index.storage.store import Store
from search.facets import BAND_EDGES
from search.nodes import WordQuery, stem_term
from search.request import SearchRequest
from search.scoring import Scorer
from search.searcher import Searcher as SearchService
from tests.benchmarks import corpus

TOP = 20
BANDS = BAND_EDGES
QUERIES = 40  # of each kind
WHOOSH_MOST = 100_000  # decisions; with more its own searcher takes seconds for each query

Terms = tuple[str, ...]


class Found(NamedTuple):
    """The work that is timed: the size of the set, its best, its counts and its sum."""

    total: int
    best: list[int]
    owners: int
    rounds: int
    bands: int
    sum: int


@dataclass(frozen=True)
class Rival:
    """One engine under test. ``search`` does the whole work; ``matches`` gives the set."""

    name: str
    search: Callable[[Terms], Found]
    matches: Callable[[Terms], set[int]]
    seconds: float  # to index
    megabytes: float  # on disk


def main(arguments: Sequence[str] | None = None) -> None:
    """Builds, checks, measures and prints."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "corpus.jsonl"
        records = (
            corpus.from_json_lines(options.corpus, options.size)
            if options.corpus
            else corpus.synthetic(options.size)
        )
        size = corpus.write(records, source)
        print(
            f"{size:,} decisions, {options.corpus or f'synthetic, seed {corpus.SEED}'}; "
            f"{os.cpu_count()} processors"
        )
        index = options.keep or folder / "index"
        started = time.perf_counter()
        report = build([source], index)
        seconds = time.perf_counter() - started
        print(
            f"indexed in {seconds:.0f} s, {report.decisions / seconds:.0f} decisions a second "
            f"(reading, analysis, writing, fsync); {report.decisions:,} in the index"
        )
        writer = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        reader = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"peak memory: {reader} MB, and {writer} MB in the largest of the other processes")
        ours = Ours(index)
        rivals = [
            Rival("this engine, warm", ours.search, ours.matches, seconds, ours.megabytes),
            Rival("this engine, cold", ours.search_cold, ours.matches, seconds, ours.megabytes),
            *others(ours, folder),
        ]
        queries = choose_queries(ours)
        check_same(rivals, queries)
        measure(rivals, queries, options.rounds)
        measure_answers(ours.searcher, queries)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"peak memory of this process with all engines open: {peak} MB")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="where to leave the index; by default nowhere")
    return parser.parse_args(arguments)


class Ours:
    """This engine: scoring, facets and sorting on arrays, without snippets."""

    def __init__(self, path: Path) -> None:
        generation = Store(path).current()
        self.megabytes = _megabytes(generation.path)
        self.searcher = SearchService.open(path)
        self.engine: Any = self.searcher.engine
        self.columns = Columns.open(generation.columns)
        assert (self.columns.amounts != NO_AMOUNT).all(), (
            "the corpus gives every decision an amount"
        )
        self.scorer: Scorer = self.engine._scorer
        self.reader = self.engine._reader

    def tree(self, terms: Terms) -> query.Query:
        """All of the terms, each in any field or as a part."""
        words = [WordQuery([stem_term(term, TEXT_FIELDS)]) for term in terms]
        return words[0] if len(words) == 1 else query.And(words)

    def search(self, terms: Terms) -> Found:
        """The whole work, as `Searcher.search` does it."""
        page = self.engine.page(self.tree(terms), SearchRequest("x"), 100)
        best = [hit.key for hit in page.hits]
        facets = [page.facets[name].values for name in ("owner", "round", "amount")]
        counts = [sum(value.count for value in values) for values in facets]
        return Found(page.total, best, *counts, int(page.stats.sum))

    def search_cold(self, terms: Terms) -> Found:
        """The same with no posting in memory."""
        self.scorer.cache.clear()
        return self.search(terms)

    def matches(self, terms: Terms) -> set[int]:
        """The set."""
        return set(self.scorer.matches(self.tree(terms)).docs.tolist())

    def terms_of_documents(self) -> Iterator[list[str]]:
        """Each decision's terms (stems and parts, as often as they stand there): what the others
        are given to index."""
        documents: list[list[str]] = [[] for _ in range(self.scorer.size)]
        for field, term in self.reader.all_terms():
            if field.removesuffix(PARTS) in TEXT_FIELDS and not field.endswith(EXACT):
                text = term.decode()
                posting = self.scorer.postings.read(field, text)
                for doc, weight in zip(
                    posting.docs.tolist(), posting.weights.tolist(), strict=True
                ):
                    documents[doc] += [text] * max(1, round(weight))
        yield from documents


def others(ours: Ours, folder: Path) -> list[Rival]:
    """SQLite's FTS5, Tantivy and, of few decisions, Whoosh over the same terms."""
    numbers: dict[str, str] = {}  # a term as a word of letters and digits, for any tokenizer
    documents = [
        " ".join(numbers.setdefault(term, f"t{len(numbers)}") for term in terms)
        for terms in ours.terms_of_documents()
    ]
    rivals = [
        _sqlite(ours.columns, documents, numbers, folder),
        _tantivy(ours.columns, documents, numbers, folder),
    ]
    return [*rivals, _whoosh(ours)] if len(documents) <= WHOOSH_MOST else rivals


def _band(amount: int) -> int:
    return int(np.searchsorted(np.array(BANDS) * 100, amount, side="right"))


def _sqlite(
    columns: Columns, documents: Sequence[str], numbers: dict[str, str], folder: Path
) -> Rival:
    path = folder / "fts5.sqlite"
    started = time.perf_counter()
    base = sqlite3.connect(path)
    base.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA mmap_size = 4000000000;"
        "CREATE VIRTUAL TABLE texts USING fts5(text, content='', tokenize='ascii');"
        "CREATE TABLE facts (id INTEGER PRIMARY KEY, owner INTEGER, round INTEGER, band INTEGER,"
        " amount INTEGER);"
    )
    rows = ((at, text) for at, text in enumerate(documents))
    base.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", rows)
    facts = zip(*map(np.ndarray.tolist, _facts(columns)), strict=True)
    base.executemany(
        "INSERT INTO facts VALUES (?, ?, ?, ?, ?)",
        ((at, o, r, _band(a), a) for at, (o, r, a) in enumerate(facts)),
    )
    base.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    base.commit()
    seconds = time.perf_counter() - started

    def match(terms: Terms) -> str:
        return " AND ".join(numbers.get(term, "none") for term in terms)

    def search(terms: Terms) -> Found:
        wanted = (match(terms),)
        best = base.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 20", wanted
        ).fetchall()
        base.execute(
            "CREATE TEMP TABLE hits AS SELECT owner, round, band, amount FROM facts"
            " WHERE id IN (SELECT rowid FROM texts WHERE texts MATCH ?)",
            wanted,
        )
        counts = [
            base.execute(f"SELECT {name}, count(*) FROM hits GROUP BY {name}").fetchall()
            for name in ("owner", "round", "band")
        ]
        total, amount = base.execute("SELECT count(*), sum(amount) FROM hits").fetchone()
        base.execute("DROP TABLE hits")
        owners, rounds, bands = (sum(n for _, n in some) for some in counts)
        return Found(total, [row[0] for row in best], owners, rounds, bands, (amount or 0) // 100)

    def matches(terms: Terms) -> set[int]:
        rows = base.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (match(terms),))
        return {row for (row,) in rows}

    return Rival("SQLite FTS5", search, matches, seconds, path.stat().st_size / 1e6)


def _tantivy(
    columns: Columns, documents: Sequence[str], numbers: dict[str, str], folder: Path
) -> Rival:
    path = folder / "tantivy"
    path.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="whitespace", index_option="freq")
    for name in ("id", "owner", "round", "band", "amount"):
        builder.add_integer_field(name, fast=True, indexed=False, stored=name == "id")
    schema = builder.build()
    index = tantivy.Index(schema, path=str(path))
    started = time.perf_counter()
    writer = index.writer(heap_size=200_000_000, num_threads=2)
    facts = zip(*map(np.ndarray.tolist, _facts(columns)), strict=True)
    for at, (text, (o, r, a)) in enumerate(zip(documents, facts, strict=True)):
        writer.add_document(
            tantivy.Document(text=text, id=at, owner=o, round=r, band=_band(a), amount=a)
        )
    writer.commit()
    writer.wait_merging_threads()
    seconds = time.perf_counter() - started
    index.reload()
    searcher = index.searcher()
    aggregation = {
        name: {"terms": {"field": name, "size": 100_000}} for name in ("owner", "round", "band")
    } | {"sum": {"sum": {"field": "amount"}}}

    def parsed(terms: Terms) -> tantivy.Query:
        clauses = [
            (
                tantivy.Occur.Must,
                tantivy.Query.term_query(schema, "text", numbers.get(term, "none"), "freq"),
            )
            for term in terms
        ]
        return tantivy.Query.boolean_query(clauses)

    def search(terms: Terms) -> Found:
        one = parsed(terms)
        hits = searcher.search(one, TOP, count=True)
        best = [searcher.doc(address)["id"][0] for _, address in hits.hits]
        counted = searcher.aggregate(one, aggregation)
        owners, rounds, bands = (
            sum(bucket["doc_count"] for bucket in counted[name]["buckets"])
            for name in ("owner", "round", "band")
        )
        return Found(
            hits.count or 0, best, owners, rounds, bands, int(counted["sum"]["value"]) // 100
        )

    def matches(terms: Terms) -> set[int]:
        hits = searcher.search(parsed(terms), len(documents), count=False).hits
        return {searcher.doc(address)["id"][0] for _, address in hits}

    return Rival("Tantivy", search, matches, seconds, _megabytes(path))


def _facts(columns: Columns) -> tuple[Any, ...]:
    """Owner and round of each document as numbers, and its amount in öre."""
    keywords = columns.keywords
    return keywords["owner"].ordinals, keywords["round"].ordinals, columns.amounts


def _whoosh(ours: Ours) -> Rival:
    searcher = Searcher(ours.reader, weighting=scoring.BM25F())
    owners, rounds, amounts = (column.tolist() for column in _facts(ours.columns))

    def search(terms: Terms) -> Found:
        tree = ours.tree(terms)
        best = [hit.docnum for hit in searcher.search(tree, limit=TOP)]
        docs = list(searcher.docs_for_query(tree))
        counts = [
            Counter(owners[doc] for doc in docs),
            Counter(rounds[doc] for doc in docs),
            Counter(_band(amounts[doc]) for doc in docs),
        ]
        total = sum(amounts[doc] for doc in docs)
        return Found(len(docs), best, *(sum(c.values()) for c in counts), total // 100)

    def matches(terms: Terms) -> set[int]:
        return set(searcher.docs_for_query(ours.tree(terms)))

    return Rival("Whoosh's own searcher", search, matches, 0.0, 0.0)


def choose_queries(ours: Ours) -> dict[str, list[Terms]]:
    """Queries by kind, the same for the same corpus: single words by how many decisions they are
    in, and pairs of words that occur together."""
    rng = np.random.default_rng(corpus.SEED)
    terms: list[tuple[int, str]] = []
    for name, term in ours.reader.all_terms():
        if name == "description" and term.decode().isalpha() and len(term) > 3:
            terms.append((ours.reader.doc_frequency(name, term), term.decode()))
    terms.sort(reverse=True)
    words = [term for _, term in terms]
    n = ours.scorer.live_count
    common = [term for df, term in terms if df > n * 0.02][:200] or words[:20]
    middle = [term for df, term in terms if n * 0.001 < df <= n * 0.02] or words[:20]

    def pick(some: Sequence[str]) -> list[str]:
        return [some[at] for at in rng.integers(0, len(some), QUERIES)]

    pairs = list(zip(pick(common), pick(middle), strict=True))
    return {
        "the commonest word": [(words[0],)] * 5,
        "a common word": [(word,) for word in pick(common)],
        "a middling word": [(word,) for word in pick(middle)],
        "two words": [pair for pair in pairs if pair[0] != pair[1]],
    }


def check_same(rivals: Sequence[Rival], queries: dict[str, list[Terms]]) -> None:
    """Raises AssertionError where two engines find different sets, counts or sums."""
    for terms in {terms for some in queries.values() for terms in some[:10]}:
        first = rivals[0].matches(terms)
        answer = rivals[0].search(terms)
        for rival in rivals[1:]:
            assert rival.matches(terms) == first, f"{rival.name} finds another set for {terms}"
            other = rival.search(terms)
            same = (other.total, other.rounds, other.bands, other.sum)
            assert same == (answer.total, answer.rounds, answer.bands, answer.sum), rival.name
    print("all engines find the same sets, counts and sums")


def measure(rivals: Sequence[Rival], queries: dict[str, list[Terms]], rounds: int) -> None:
    """Prints medians and 95th percentiles in milliseconds, and the ratios of the medians."""
    print(f"\n{'ms: median (p95)':<24}" + "".join(f"{kind:>24}" for kind in queries))
    medians: dict[str, list[float]] = {}
    for rival in rivals:
        cells, medians[rival.name] = [], []
        for some in queries.values():
            times = _times(rival.search, some, 1 if "Whoosh" in rival.name else rounds)
            medians[rival.name].append(statistics.median(times))
            high = statistics.quantiles(times, n=20)[-1]
            cells.append(f"{statistics.median(times):>14.2f} ({high:>7.2f})")
        print(f"{rival.name:<24}" + "".join(cells))
    ours = medians[rivals[0].name]
    print(f"\n{'times as long as warm':<24}")
    for name, theirs in list(medians.items())[1:]:
        ratios = (one / other for one, other in zip(theirs, ours, strict=True))
        print(f"{name:<24}" + "".join(f"{ratio:>24.1f}" for ratio in ratios))
    print(f"\n{'':<24}{'index, s':>12}{'MB':>10}")
    for rival in rivals:
        if rival.seconds:
            print(f"{rival.name:<24}{rival.seconds:>12.0f}{rival.megabytes:>10.0f}")


def measure_answers(engine: SearchService, queries: dict[str, list[Terms]]) -> None:
    """Prints what a whole answer takes, with readings, snippets of 20 decisions and suggestions."""
    words = [(" ".join(terms),) for some in queries.values() for terms in some]
    engine.themes.current().look_up_all()  # as a server does before it answers
    print()
    for when in ("for the first time", "again"):
        times = _times(lambda terms: engine.search(SearchRequest(q=terms[0])), words, 1)
        print(
            f"whole answers with snippets, asked {when}: median "
            f"{statistics.median(times):.1f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.1f} ms"
        )


def _times(search: Callable[[Terms], Any], queries: Sequence[Terms], rounds: int) -> list[float]:
    """Milliseconds of each call, after one that is not counted."""
    search(queries[0])
    gc.collect()
    times = []
    for _ in range(rounds):
        for terms in queries:
            started = time.perf_counter()
            search(terms)
            times.append((time.perf_counter() - started) * 1000)
    return times


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main()
