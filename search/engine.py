"""One generation of the index, open for searching: a request in, a result out."""

from __future__ import annotations

import hashlib
import json
import threading
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import query
from whoosh.filedb.filestore import FileStorage

from index.decision import Decision, Round, from_data
from index.naming import base_of, names
from index.storage.columns import NO_AMOUNT, Columns, moment
from index.storage.schema import EXACT, ID, RECORD, texts
from index.storage.store import Generation, Store
from index.storage.vocabulary import Vocabulary
from index.swedish import analyze, is_function_word, load_lexicon
from search import facets, related, snippets
from search.expand import Marks, Plan, expand
from search.groups import Group, groups
from search.overview import Overview, overview
from search.postings import IntArray, Postings
from search.request import SearchLimits, SearchRequest
from search.result import Hit, RelatedDecision, SearchResult, Segment, Snippet, WholeSet
from search.scoring import Matches, Scorer
from search.themes import ThemesFile

CACHE_BYTES = 128 * 1024 * 1024
PARTIAL_HITS = 10
RELATED, RELATED_TERMS = 5, 6
MOST_NAMED = 1000
OVERVIEW_GROUPS = 20


class Engine:
    """A generation opened read-only. Safe for threads."""

    def __init__(
        self,
        generation: Generation,
        limits: SearchLimits,
        themes: ThemesFile,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        load_lexicon()  # here, and not within the time of the first search
        self.generation = generation
        self.limits = limits
        self.themes = themes
        self.vocabulary = Vocabulary(generation.vocabulary)
        self._index = FileStorage(str(generation.whoosh), readonly=True).open_index()
        self._reader = self._index.reader()
        for leaf, _ in self._reader.leaf_readers():
            leaf.stored_fields(0)  # opens its file, which a search that is stopped might lose
        self._columns = Columns.open(generation.columns)
        postings = Postings(generation.whoosh, self._reader, self._columns.live)
        self._scorer = Scorer(postings, self._columns, cache_bytes)
        self._records = threading.Lock()
        manifest = json.dumps(generation.manifest, sort_keys=True)
        self._digest = hashlib.sha256(manifest.encode()).hexdigest()[:16]
        files = (postings, self._reader, self._index, self.vocabulary)
        self._close = weakref.finalize(self, _close_all, files)

    @classmethod
    def open(
        cls, path: Path, limits: SearchLimits | None = None, themes: Path | None = None
    ) -> Engine:
        """Opens the current generation of the index at `path`; raises `IndexUnusable`."""
        return cls(Store(path).current(), limits or SearchLimits(), themes_file(themes))

    def close(self) -> None:
        """Closes the files; the engine is of no use afterwards. An engine that nothing refers to
        any longer closes itself."""
        self._close()

    def __len__(self) -> int:
        return self._scorer.live_count

    @property
    def updated(self) -> str:
        """When the index was made; RFC 3339, UTC."""
        created: str = self.generation.manifest["created"]
        return created

    def search(self, request: SearchRequest) -> SearchResult:
        """Carries out one request; raises `RequestError`."""
        plan = self._plan(request)
        matches = self._scorer.matches(plan.tree)
        passed = facets.filters(request, self._columns, matches.docs)
        counted, stats = facets.count(
            request, self._columns, matches.docs, passed, self.limits.facet_values
        )
        found = Matches(matches.docs[passed.all], matches.scores[passed.all])
        ordered = self._ordered(found, request)
        first = (request.page - 1) * request.limit
        self._find_carriers(plan.marks)
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
            suggestion=plan.suggestion,
            partial=self._partial(plan, request, found),
            notes=tuple(notes),
        )

    def get(self, identifier: str) -> Decision | None:
        """The decision with an identifier."""
        for doc in self._scorer.postings.read(ID, identifier).docs:
            return self._decision(int(doc))
        return None

    def named(self, name: str) -> tuple[Decision, ...]:
        """The decisions that a name leads to, at most `MOST_NAMED`: an identifier, one that was
        given before another decision of that title came, or one that was told apart from another
        that is gone; see `index.naming`."""
        base = base_of(name)
        longer, _ = self._scorer.postings.terms(ID, f"{base}--", MOST_NAMED)
        found = (self.get(one) for one in (base, *longer))
        return tuple(one for one in found if one is not None and name in names(one))

    def related(self, identifier: str, limit: int = RELATED) -> tuple[RelatedDecision, ...] | None:
        """Other decisions on the same things, best first; None where there is no such decision."""
        docs = self._scorer.postings.read(ID, identifier).docs
        if not len(docs):
            return None
        doc = int(docs[0])
        found = related.related(doc, self._decision(doc), self._scorer, self._columns.rounds, limit)
        others = [(one, self._decision(one.doc)) for one in found]
        return tuple(
            RelatedDecision(other, one.score, related.shared_words(other, one.stems, RELATED_TERMS))
            for one, other in others
        )

    def marked(
        self, decision: Decision, request: SearchRequest
    ) -> dict[str, tuple[tuple[Segment, ...], ...]]:
        """The whole text of a decision with what the words of a request match marked: by field,
        for each of its blocks the segments. Title and owner are one block each. Raises
        `RequestError`."""
        plan = self._plan(request)
        self._find_carriers(plan.marks)
        blocks = {
            "title": [decision.title],
            "owner": [decision.owner],
            "description": [block.text for block in decision.description],
            "motivation": [block.text for block in decision.motivation],
        }
        return {
            name: tuple(
                snippets.segments(text, snippets.marked(text, plan.marks[name]), 0, len(text))
                for text in found
            )
            for name, found in blocks.items()
        }

    def overview(self, request: SearchRequest, limit: int = OVERVIEW_GROUPS) -> Overview:
        """The set of a request by owner, round and amount; raises `RequestError`."""
        plan = self._plan(request)
        docs = self._scorer.matches(plan.tree).docs
        passed = facets.filters(request, self._columns, docs)
        most = self.limits.facet_values
        counted, _ = facets.count(request, self._columns, docs, passed, most)
        return overview(self._columns, docs[passed.all], counted.amounts, limit)

    def identifiers(self) -> list[str]:
        """Those of all decisions, in order."""
        return self._scorer.postings.live_terms(ID)

    def whole(self, request: SearchRequest) -> WholeSet:
        """The set of a request, whatever its page; raises `RequestError`."""
        found = self._found(request)
        everything = replace(request, page=1, limit=max(1, len(found.docs)))
        docs = found.docs[self._ordered(found, everything)]
        return self._whole(request, docs)

    def newest(self, request: SearchRequest, limit: int) -> WholeSet:
        """Of the set of a request the `limit` decisions that are newest to the index, newest first;
        ties in index order. Raises `RequestError`."""
        docs = self._found(request).docs
        newest = docs[np.argsort(-self._columns.seen[docs], kind="stable")]
        return self._whole(request, newest[:limit])

    def owners(self) -> tuple[Group, ...]:
        """All owners, in Swedish alphabetical order."""
        columns = self._columns
        return groups(columns.owner_names, columns.owners, columns, self._all())

    def rounds(self) -> tuple[tuple[Group, Round], ...]:
        """All rounds, in Swedish alphabetical order of their short names."""
        columns = self._columns
        found = groups(columns.round_names, columns.rounds, columns, self._all())
        return tuple((one, self._decision(one.example).round) for one in found)

    def state(self) -> str:
        """Differs whenever the same request may get another answer: another generation, or other
        themes."""
        return f"{self._digest}-{self.themes.current().digest}"

    def _plan(self, request: SearchRequest) -> Plan:
        """What the words of a request are taken to mean; raises `RequestError`."""
        return expand(request.q, self, self.themes.current(), self.limits, request.exact)

    def _find_carriers(self, marks: dict[str, Marks]) -> None:
        """Tells which words there may be anything to mark in."""
        stems = {stem for one in marks.values() for stem in one.stems}
        words = frozenset().union(*(self.vocabulary.carriers(stem) for stem in stems))
        for one in marks.values():
            one.carriers = words

    def _found(self, request: SearchRequest) -> Matches:
        """The set of a request, in index order."""
        plan = self._plan(request)
        matches = self._scorer.matches(plan.tree)
        passed = facets.filters(request, self._columns, matches.docs).all
        return Matches(matches.docs[passed], matches.scores[passed])

    def _whole(self, request: SearchRequest, docs: IntArray) -> WholeSet:
        stats = facets.stats(self._columns.amounts[docs])
        decisions = (self._decision(int(doc)) for doc in docs)
        return WholeSet(request, len(docs), stats, decisions)

    def _all(self) -> IntArray:
        return self._scorer.matches(query.Every()).docs

    def matching(self, one: query.Query) -> int:
        """How many decisions a query matches."""
        return len(self._scorer.matches(one).docs)

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
        """Decisions with only some of the words, where the set is smaller than a page, most words
        first: at least half of the words; or a third, if by inverse document frequency these are
        worth half of what all the words that the index has are worth."""
        if len(plan.words) < 2 or len(found.docs) >= request.limit:
            return ()
        words, worth, scores = (np.zeros(self._scorer.size, np.float32) for _ in range(3))
        total = 0.0
        for word in plan.words:
            matches = self._scorer.matches(query.And([word, *_exclusions(plan.tree)]))
            if not len(matches.docs):
                continue
            idf = self._scorer.idf(len(matches.docs))
            total += idf
            words[matches.docs] += 1
            worth[matches.docs] += idf
            scores[matches.docs] += matches.scores
        worth[found.docs] = 0
        wanted = len(plan.words)
        enough = (words * 2 >= wanted) | ((worth >= total / 2) & (words * 3 >= wanted))
        docs = np.flatnonzero(enough & (worth > 0))
        docs = docs[facets.filters(request, self._columns, docs.astype(np.int32)).all]
        order = np.lexsort((-scores[docs], -words[docs]))[:PARTIAL_HITS]
        return tuple(self._hit(int(doc), float(scores[doc]), plan.marks) for doc in docs[order])

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
        seen = moment(int(self._columns.seen[doc]))
        return replace(from_data(json.loads(record)), first_seen=seen)


def themes_file(path: Path | None) -> ThemesFile:
    """A theme file, by default the one that comes with the project."""
    return ThemesFile(path or Path(__file__).parent / "themes.txt", content_stems)


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of a text, function words left out."""
    return tuple(token.stem for token in analyze(text) if not is_function_word(token.surface))


def _close_all(files: Sequence[Any]) -> None:
    for file in files:
        file.close()


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
