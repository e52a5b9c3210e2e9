"""How well are judged queries answered? ``make relevance``, or

    python -m tests.benchmarks.relevance [QUERIES.json] [SOURCE...]

A query file is a JSON list of ``{"query", "kind", "relevant": {project name: grade 1 or 2}}``. The
answer that is judged is what a person sees: the hits, then the partial matches. Printed by kind and
in all, without and with the theme file, beside plain Snowball stemming with Whoosh's own BM25F over
the same decisions:

    nDCG@5     gain 2^grade - 1, discount log2(rank + 1) (Jarvelin and Kekalainen 2002; Burges 2005)
    recall@5   share of the relevant, of at most five, among the first five
    MRR        1 / rank of the first relevant

A query with nothing relevant counts 1 when nothing is answered and 0 otherwise.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import snowballstemmer
from whoosh import analysis, fields, qparser, scoring
from whoosh.filedb.filestore import RamStorage

from index.build import build
from index.storage.schema import texts
from search.request import SearchRequest
from search.searcher import Searcher

HERE = Path(__file__).parent
QUERIES = HERE.parent / "data" / "relevance.json"
SAMPLE = HERE.parent.parent / "index" / "samples"
DEPTH = 5

Answerer = Callable[[str], list[str]]
"""Query -> project names, best first."""


class Judged(NamedTuple):
    """One judged query; ``relevant`` maps project names to grades."""

    query: str
    kind: str
    relevant: dict[str, int]


@dataclass(frozen=True)
class Scores:
    """Means over some queries."""

    queries: int
    ndcg: float
    recall: float
    mrr: float


def load(path: Path) -> list[Judged]:
    """The queries of a file."""
    return [Judged(**one) for one in json.loads(path.read_text("utf-8"))]


def ndcg(answer: Sequence[str], relevant: dict[str, int]) -> float:
    """nDCG@5 of one answer."""
    if not relevant:
        return float(not answer)
    grades = [relevant.get(name, 0) for name in answer[:DEPTH]]
    return _dcg(grades) / _dcg(sorted(relevant.values(), reverse=True)[:DEPTH])


def recall(answer: Sequence[str], relevant: dict[str, int]) -> float:
    """recall@5 of one answer."""
    if not relevant:
        return float(not answer)
    found = sum(name in relevant for name in answer[:DEPTH])
    return found / min(len(relevant), DEPTH)


def reciprocal_rank(answer: Sequence[str], relevant: dict[str, int]) -> float:
    """1 / rank of the first relevant name, 0 without one."""
    if not relevant:
        return float(not answer)
    ranks = (rank for rank, name in enumerate(answer, start=1) if name in relevant)
    return 1 / next(ranks, math.inf)


def judge(queries: Sequence[Judged], answer: Answerer) -> dict[str, Scores]:
    """Scores by kind, and over all queries under ``all``."""
    rows: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for one in queries:
        found = answer(one.query)
        row = (
            ndcg(found, one.relevant),
            recall(found, one.relevant),
            reciprocal_rank(found, one.relevant),
        )
        rows[one.kind].append(row)
        rows["all"].append(row)
    rows["all"] = rows.pop("all")  # last
    return {
        kind: Scores(len(some), *map(mean, zip(*some, strict=True))) for kind, some in rows.items()
    }


def engine_answerer(engine: Searcher) -> Answerer:
    """Hits, then partial matches, of this engine."""

    def answer(query: str) -> list[str]:
        result = engine.search(SearchRequest(q=query))
        return [hit.decision.title for hit in (*result.hits, *result.partial)]

    return answer


def snowball_answerer(engine: Searcher) -> Answerer:
    """Plain Snowball and Whoosh's BM25F over the decisions of `engine`, any of the words."""
    stem = snowballstemmer.stemmer("swedish").stemWord
    analyzer = analysis.RegexTokenizer() | analysis.LowercaseFilter() | analysis.StemFilter(stem)
    names = ("title", "owner", "description", "motivation")
    schema = fields.Schema(name=fields.STORED, **{n: fields.TEXT(analyzer=analyzer) for n in names})
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for hit in engine.search(SearchRequest(limit=100)).hits:
        text = texts(hit.decision)
        writer.add_document(name=hit.decision.title, **{name: text[name] for name in names})
    writer.commit()
    parser = qparser.MultifieldParser(list(names), schema, group=qparser.OrGroup)

    def answer(query: str) -> list[str]:
        with index.searcher(weighting=scoring.BM25F()) as searcher:
            return [hit["name"] for hit in searcher.search(parser.parse(query), limit=None)]

    return answer


def mean_hits(queries: Sequence[Judged], engine: Searcher) -> float:
    """How many decisions a query finds on average, partial matches left out."""
    return mean(engine.search(SearchRequest(q=one.query)).total for one in queries)


def main(arguments: Sequence[str]) -> None:
    """Prints the table."""
    queries = load(Path(arguments[0]) if arguments else QUERIES)
    sources = [Path(one) for one in arguments[1:]] or [SAMPLE]
    with tempfile.TemporaryDirectory() as folder:
        build(sources, Path(folder) / "index")
        (Path(folder) / "none.txt").write_text("# no themes\n", "utf-8")
        plain = Searcher.open(Path(folder) / "index", themes=Path(folder) / "none.txt")
        themed = Searcher.open(Path(folder) / "index")
        columns = {
            "Snowball": judge(queries, snowball_answerer(plain)),
            "without themes": judge(queries, engine_answerer(plain)),
            "with themes": judge(queries, engine_answerer(themed)),
        }
        print(f"{'nDCG@5  recall@5  MRR':>44} " + "".join(f"{name:>24}" for name in columns))
        for kind, scores in columns["Snowball"].items():
            cells = "".join(
                f"{one.ndcg:>10.3f}{one.recall:>7.3f}{one.mrr:>7.3f}"
                for one in (column[kind] for column in columns.values())
            )
            print(f"{kind:<34}{scores.queries:>10} {cells}")
        print(
            f"mean hits a query: {mean_hits(queries, plain):.2f} without themes, "
            f"{mean_hits(queries, themed):.2f} with, of {len(plain)} decisions"
        )


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


if __name__ == "__main__":
    main(sys.argv[1:])
