"""One generation of the index, open for searching: a request in, a result out."""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import query
from whoosh.filedb.filestore import FileStorage

from index.columns import NO_AMOUNT, Columns
from index.decision import Decision, from_data
from index.schema import EXACT, ID, RECORD, texts
from index.store import Generation, Store
from search import facets, snippets, syntax
from search.expand import Marks, Plan, expand
from search.nodes import Term
from search.postings import IntArray, Postings
from search.request import Limits, SearchRequest
from search.result import Hit, SearchResult, Snippet
from search.scoring import Matches, Scorer

CACHE_BYTES = 128 * 1024 * 1024
PARTIAL_HITS = 10


class Engine:
    """A generation opened read-only. Safe for threads."""

    def __init__(self, generation: Generation, limits: Limits, cache_bytes: int) -> None:
        self.generation = generation
        self.limits = limits
        self._index = FileStorage(str(generation.whoosh), readonly=True).open_index()
        self._reader = self._index.reader()
        self._columns = Columns.open(generation.columns)
        self._scorer = Scorer(Postings(self._reader), self._columns, cache_bytes)
        self._records = threading.Lock()

    @classmethod
    def open(
        cls, path: Path, limits: Limits | None = None, cache_bytes: int = CACHE_BYTES
    ) -> Engine:
        """Opens the current generation of the index at `path`; raises `IndexUnusable`."""
        return cls(Store(path).current(), limits or Limits(), cache_bytes)

    def close(self) -> None:
        """Closes the files; the engine is of no use afterwards."""
        self._reader.close()
        self._index.close()

    def __len__(self) -> int:
        return len(self._columns.amounts)

    def search(self, request: SearchRequest) -> SearchResult:
        """Carries out one request; raises `RequestError`."""
        plan = expand(syntax.parse(request.q, self.limits), self, self.limits, request.exact)
        matches = self._scorer.matches(plan.tree)
        passed = facets.filters(request, self._columns, matches.docs)
        counted, stats = facets.count(request, self._columns, matches.docs, passed)
        found = Matches(matches.docs[passed.all], matches.scores[passed.all])
        ordered = self._ordered(found, request)
        first = (request.page - 1) * request.limit
        notes = list(plan.notes)
        if request.q.strip() and not plan.interpretation:
            notes.append("Sökningen innehåller inga ord; alla beslut visas.")
        return SearchResult(
            request=request,
            total=len(found.docs),
            hits=self._hits(found, ordered[first : first + request.limit], plan.marks),
            facets=counted,
            stats=stats,
            interpretation=tuple(plan.interpretation),
            suggestion=None,
            partial=self._partial(plan, request, found),
            notes=tuple(notes),
        )

    def get(self, identifier: str) -> Decision | None:
        """The decision with an identifier."""
        for doc in self._scorer.postings.read(ID, identifier).docs:
            return self._decision(int(doc))
        return None

    def matching(self, one: query.Query) -> int:
        """How many decisions a query matches."""
        return len(self._scorer.matches(one).docs)

    def count(self, term: Term) -> int:
        """How many decisions a term is in."""
        return self._scorer.count(term)

    def completions(self, field: str, prefix: str, limit: int) -> tuple[list[str], bool]:
        """Words as written that begin with `prefix` in a field; and whether there are more."""
        return self._scorer.postings.terms(field + EXACT, prefix, limit)

    def _ordered(self, found: Matches, request: SearchRequest) -> IntArray:
        """Places in `found`, best first, as far as the page reaches; ties in index order."""
        wanted = min(request.page * request.limit, len(found.docs))
        keys = self._sort_keys(found, request)
        if keys.dtype.kind == "S" or wanted == len(keys):
            return np.argsort(keys, kind="stable")[:wanted].astype(np.int32)
        if wanted == 0:
            return np.empty(0, np.int32)
        bound = np.partition(keys, wanted - 1)[wanted - 1]
        near = np.flatnonzero(keys <= bound)
        return near[np.argsort(keys[near], kind="stable")][:wanted].astype(np.int32)

    def _sort_keys(self, found: Matches, request: SearchRequest) -> Any:
        """One key a decision, lowest first."""
        columns, docs = self._columns, found.docs
        amounts = columns.amounts[docs]
        missing = amounts == NO_AMOUNT
        match request.order:
            case "relevance":
                return -found.scores
            case "amount":
                return np.where(missing, np.iinfo(np.int64).max, amounts)
            case "-amount":
                return np.where(missing, np.iinfo(np.int64).max, -amounts)
            case "owner":
                return columns.owners[docs]
            case "title":
                return columns.title_keys[docs]

    def _partial(self, plan: Plan, request: SearchRequest, found: Matches) -> tuple[Hit, ...]:
        """Decisions with at least half of the words, most words first, where the set is small."""
        if len(plan.words) < 2 or len(found.docs) >= request.limit:
            return ()
        words: Counter[int] = Counter()
        scores: Counter[int] = Counter()
        for word in plan.words:
            matches = self._scorer.matches(query.And([word, *_exclusions(plan.tree)]))
            keep = facets.filters(request, self._columns, matches.docs).all
            for doc, score in zip(matches.docs[keep], matches.scores[keep], strict=True):
                words[int(doc)] += 1
                scores[int(doc)] += float(score)  # type: ignore[assignment]
        whole = set(found.docs.tolist())
        enough = math.ceil(len(plan.words) / 2)
        docs = [doc for doc in words if words[doc] >= enough and doc not in whole]
        docs.sort(key=lambda doc: (-words[doc], -scores[doc], doc))
        return tuple(self._hit(doc, float(scores[doc]), plan.marks) for doc in docs[:PARTIAL_HITS])

    def _hits(self, found: Matches, places: IntArray, marks: dict[str, Marks]) -> tuple[Hit, ...]:
        return tuple(
            self._hit(int(found.docs[at]), float(found.scores[at]), marks) for at in places
        )

    def _hit(self, doc: int, score: float, marks: dict[str, Marks]) -> Hit:
        decision = self._decision(doc)
        return Hit(decision, round(score, 4), _snippets(decision, marks))

    def _decision(self, doc: int) -> Decision:
        with self._records:  # Whoosh reads all stored fields through one file position
            record = self._reader.stored_fields(doc)[RECORD]
        return from_data(json.loads(record))


def _exclusions(tree: query.Query) -> Sequence[query.Query]:
    return [child for child in tree if isinstance(child, query.Not)]


def _snippets(decision: Decision, marks: dict[str, Marks]) -> tuple[Snippet, ...]:
    """Title and owner whole where they are marked; the best of description and motivation."""
    text = texts(decision)
    found = [snippets.whole(name, text[name], marks[name]) for name in ("title", "owner")]
    bodies = [
        snippets.best(name, text[name], marks[name]) for name in ("description", "motivation")
    ]
    if not any(bodies):
        bodies = [snippets.opening("description", text["description"])]
    return tuple(snippet for snippet in [*found, *bodies] if snippet is not None)
