"""A request in, a result out: plans the query, asks the engine, cuts the snippets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from whoosh import query

from index.decision import Decision
from index.naming import base_of, names
from index.storage.schema import texts
from index.swedish import (
    FUNCTION_WORDS,
    find_words,
    is_function_word,
    stem_beginning,
    stem_initial,
    stem_of,
    surface_of,
    words_at,
)
from search import snippets, wording
from search.array_engine import ArrayEngine
from search.changes import Cursor, History
from search.copies import Project, is_copy, project
from search.deadline import NEVER, Deadline
from search.dimensions import MISSING
from search.directory import CountedTheme, Directory, ThemeCounts, remembered
from search.engine import Engine, KeptSet, Related, Scan, Scored
from search.expand import Plan, expand
from search.marks import Marks, Place
from search.owners import OwnersFile, Party
from search.related import FIELDS, shared_words
from search.request import Message, SearchLimits, SearchRequest, pages
from search.result import (
    Group,
    Hit,
    Overview,
    Profile,
    RelatedDecision,
    RoundParts,
    SearchResult,
    Segment,
    Snippet,
    Standing,
    WholeSet,
    Wording,
)
from search.suggestions import Suggester, Suggestion
from search.themes import Analysis, Theme, Themes, ThemesFile

PARTIAL_HITS = 10
RELATED, RELATED_TERMS, RELATED_READ = 5, 6, 50
"""Related decisions, and the words told of each; candidates read, as some take no place."""
LEAST_TERMS = 2
"""Words that two decisions must share: one word may mean different things."""
MOST_NAMED = 1000
OVERVIEW_GROUPS = 20
SUGGESTIONS = 8
PROFILE_GROUPS, PROFILE_SHOWN = 10, 5
"""Of a profile: groups of each dimension; decisions of each list."""
MARKED = ("title", "owner", "description", "motivation")
"""The fields in which what the query matches is marked: two names, and two texts."""


class Searcher:
    """Searches in one generation of the index. Safe for threads. What takes a deadline raises
    `SearchTimeout` when it has passed."""

    def __init__(self, engine: Engine, limits: SearchLimits, themes: ThemesFile) -> None:
        self.engine = engine
        self.limits = limits
        self.themes = themes
        self.generation = engine.generation
        manifest = json.dumps(self.generation.manifest, sort_keys=True)
        self._counts: ThemeCounts | None = None
        self._suggester: Suggester | None = None
        # Two engines may round alike scores otherwise, and each keeps sets in its own way.
        state = f"{type(engine).__name__} {manifest}"
        self._digest = hashlib.sha256(state.encode()).hexdigest()[:16]

    @classmethod
    def open(
        cls,
        path: Path,
        limits: SearchLimits | None = None,
        themes: Path | None = None,
        owners: Path | None = None,
    ) -> Searcher:
        """Opens the current generation of the index at `path`; raises `IndexUnusable`."""
        engine = ArrayEngine.open(path, owners_file(owners).current())
        return cls(engine, limits or SearchLimits(), themes_file(themes))

    def close(self) -> None:
        """Closes the engine; the searcher is of no use afterwards."""
        self.engine.close()

    def __len__(self) -> int:
        return len(self.engine)

    @property
    def updated(self) -> str:
        """When the index was made; RFC 3339, UTC."""
        created: str = self.generation.manifest["created"]
        return created

    def search(
        self,
        request: SearchRequest,
        deadline: Deadline = NEVER,
        after: int | None = None,
        has_facets: bool = True,
    ) -> SearchResult:
        """Carries out one request; raises `RequestError`. That of the result has owners and funders
        by the names they are shown by. `after` a number of `number`: instead of the page, the next
        decisions in the order in which they came."""
        request = self.engine.canonical(request)
        plan = self._plan(request, deadline)
        is_deep = after is None and not self.limits.reaches(request)
        shown = replace(request, limit=0) if is_deep else request
        most = self.limits.facet_values if has_facets else None
        page = self.engine.page(plan.tree, shown, most, deadline, after)
        partial: Sequence[Scored] = ()
        if plan.words and page.total < shown.limit and after is None:
            partial = self.engine.partial(plan.words, plan.tree, request, PARTIAL_HITS, deadline)
        return SearchResult(
            request=request,
            total=page.total,
            hits=self._hits(page.hits, plan.marks, deadline),
            facets=page.facets,
            stats=page.stats,
            interpretation=tuple(plan.interpretation),
            suggestion=plan.suggestion,
            partial=self._hits(partial, plan.marks, deadline),
            notes=tuple(
                self._notes(
                    request,
                    plan,
                    is_deep and request.page <= pages(page.total, request.limit),
                    after is not None,
                )
            ),
            now=self.history.now,
            next=None if after is None else self._next(page.hits, request.limit),
        )

    def _notes(
        self, request: SearchRequest, plan: Plan, is_deep: bool = False, is_walk: bool = False
    ) -> Iterator[Message]:
        """What a visitor is to be told of the set of a request."""
        yield from plan.notes
        if request.q.strip() and not plan.interpretation:
            yield Message.of("no-words")
        if is_deep:
            yield Message.of("deep-page", limit=self.limits.page_depth)
        if is_walk and (request.sort or request.page > 1):
            yield Message.of("own-order")
        for name, value in self.engine.absent(request):
            code = "none-missing" if value.casefold() == MISSING else "unknown-value"
            yield Message.of(code, dimension=name, wanted=value)

    def _next(self, found: Sequence[Scored], limit: int) -> Cursor | None:
        """Where to go on after some decisions in the order in which they came; None at the end."""
        if not found or len(found) < limit:
            return None
        return replace(self.history.now, number=self.engine.came(found[-1].key))

    @property
    def history(self) -> History:
        """What has happened to the decisions."""
        return self.engine.history

    def get(self, identifier: str) -> Decision | None:
        """The decision with an identifier."""
        key = self.engine.key(identifier)
        return None if key is None else next(self.engine.decisions([key]))

    def named(self, name: str) -> tuple[Decision, ...]:
        """The decisions that a name leads to, at most `MOST_NAMED`: an identifier, one that was
        given before another decision of that title came, or one that was told apart from another
        that is gone; see `index.naming`."""
        base = base_of(name)
        longer = self.engine.beginning_with(f"{base}--", MOST_NAMED)
        found = (self.get(one) for one in (base, *longer))
        return tuple(one for one in found if one is not None and name in names(one))

    def related(
        self, identifier: str, limit: int = RELATED, deadline: Deadline = NEVER
    ) -> tuple[RelatedDecision, ...] | None:
        """Other decisions on the same things, best first; None where there is no such decision."""
        key = self.engine.key(identifier)
        if key is None:
            return None
        found = self.engine.related(key, RELATED_READ, deadline)
        return tuple(islice(self._distinct(found, deadline), limit))

    def wording(self, identifier: str, deadline: Deadline = NEVER) -> Wording | None:
        """The passages of a decision that stand in others, too; None where there is no such
        decision."""
        key = self.engine.key(identifier)
        if key is None:
            return None
        shared = self.engine.wording(key, deadline)
        (decision,) = self.engine.decisions([key])
        return wording.told(decision, shared, self.engine.decisions, deadline)

    def marked(
        self, decision: Decision, request: SearchRequest, deadline: Deadline = NEVER
    ) -> dict[str, tuple[tuple[Segment, ...], ...]]:
        """The whole text of a decision with what the words of a request match marked: by field,
        for each of its blocks the segments. Title and owner are one block each. Raises
        `RequestError`."""
        marks = self._plan(request, deadline).marks
        key = self.engine.key(decision.id)
        places = {} if key is None else self.engine.places([key], marks, deadline)[0]
        blocks = {
            "title": [decision.title],
            "owner": [decision.owner],
            "description": [block.text for block in decision.description],
            "motivation": [block.text for block in decision.motivation],
        }
        return {name: snippets.blocks(some, places.get(name, ())) for name, some in blocks.items()}

    def standing(
        self, identifier: str, request: SearchRequest, deadline: Deadline = NEVER
    ) -> Standing | None:
        """Where a decision stands on the page that a request is for; None if it is not there.
        Raises `RequestError`."""
        tree = self._plan(request, deadline).tree
        here = self.engine.page(tree, request, 0, deadline)
        keys = [hit.key for hit in here.hits]
        key = self.engine.key(identifier)
        if key not in keys:
            return None
        at = keys.index(key)

        def beside(step: int) -> tuple[Decision, int] | None:
            if 0 <= at + step < len(keys):
                return next(self.engine.decisions([keys[at + step]])), request.page
            page = request.page + step
            if page < 1 or (page - 1) * request.limit >= here.total:
                return None
            hits = self.engine.page(tree, replace(request, page=page), 0, deadline).hits
            return next(self.engine.decisions([hits[min(step, 0)].key])), page

        number = (request.page - 1) * request.limit + at + 1
        return Standing(number, here.total, beside(-1), beside(1))

    def overview(
        self, request: SearchRequest, limit: int = OVERVIEW_GROUPS, deadline: Deadline = NEVER
    ) -> Overview:
        """The set of a request taken apart by each dimension; raises `RequestError`."""
        tree = self._plan(request, deadline).tree
        return self.engine.overview(tree, request, limit, deadline)

    def profile(self, request: SearchRequest, deadline: Deadline = NEVER) -> Profile:
        """The set of a request as a whole, whatever its page and order; raises `RequestError`."""
        plan = self._plan(request, deadline)
        overview = self.engine.overview(plan.tree, request, PROFILE_GROUPS, deadline)
        largest, latest = (
            self.engine.page(
                plan.tree, replace(request, sort=sort, page=1, limit=PROFILE_SHOWN), 0, deadline
            )
            for sort in ("-amount", "-date")
        )
        keys = [hit.key for hit in latest.hits]
        if not any(one.decision_date for one in self.engine.decisions(keys[:1])):
            keys = [*self.engine.newest(plan.tree, request, PROFILE_SHOWN, deadline).keys]
        return Profile(
            stats=largest.stats,
            overview=overview,
            interpretation=tuple(plan.interpretation),
            suggestion=plan.suggestion,
            largest=tuple(self.engine.decisions(hit.key for hit in largest.hits)),
            latest=tuple(self.engine.decisions(keys)),
        )

    def identifiers(self) -> list[str]:
        """Those of all decisions, in order."""
        return self.engine.identifiers()

    def dated(self) -> Iterator[tuple[str, str]]:
        """Those of all decisions in order, each with when it came or last changed; RFC 3339."""
        return self.engine.dated()

    def whole(self, request: SearchRequest, deadline: Deadline = NEVER) -> WholeSet:
        """The set of a request, whatever its page; raises `RequestError`."""
        plan = self._plan(request, deadline)
        return self._whole(request, plan, self.engine.scan(plan.tree, request, deadline))

    def newest(
        self,
        request: SearchRequest,
        limit: int,
        deadline: Deadline = NEVER,
        before: int | None = None,
    ) -> WholeSet:
        """Of the set of a request the `limit` decisions that came last, the last first; `before`:
        of those that came before that event. Raises `RequestError`."""
        plan = self._plan(request, deadline)
        scan = self.engine.newest(plan.tree, request, limit, deadline, before)
        keys = [*scan.keys]
        further = self._next([Scored(key, 0) for key in keys], limit)
        return replace(self._whole(request, plan, replace(scan, keys=keys)), next=further)

    def directory(self, deadline: Deadline = NEVER) -> Directory:
        """The themes that find something, by area. Counted once for a `state`; raises
        `StillCounting`, and goes on from there when it is asked again."""
        return self.theme_counts().directory(deadline)

    def theme(self, slug: str) -> Theme | None:
        """The theme of the file with a slug, whether or not it finds anything."""
        return self.themes.current().by_slug.get(slug)

    def themes_of(self, identifier: str, deadline: Deadline = NEVER) -> tuple[CountedTheme, ...]:
        """The themes whose searches find a decision, in the order of the file; none where there is
        no such decision. Raises `StillCounting`, as `directory`."""
        key = self.engine.key(identifier)
        if key is None:
            return ()
        sets = self.theme_counts().sets(deadline)
        having = self.engine.having([kept for _, kept in sets], key, deadline)
        return tuple(theme for (theme, _), has in zip(sets, having, strict=True) if has)

    def theme_counts(self) -> ThemeCounts:
        """What is known of the themes of the file as it is now."""
        themes = self.themes.current()
        if self._counts is None or self._counts.themes.digest != themes.digest:
            found = remembered(f"{self._digest}-{themes.digest}")
            self._counts = ThemeCounts(themes, partial(self._kept, themes), found)
        return self._counts

    def suggestions(
        self, text: str, limit: int = SUGGESTIONS, deadline: Deadline = NEVER
    ) -> tuple[Suggestion, ...]:
        """What a visitor who has typed a text may be about to type, best first."""
        return self.suggester().suggestions(text, limit, deadline)

    def suggester(self) -> Suggester:
        """What suggests from the themes of the file as it is now."""
        counts = self.theme_counts()
        if self._suggester is None or self._suggester.themes is not counts:
            self._suggester = Suggester(self.engine, counts, partial(self._tree_of, counts.themes))
        return self._suggester

    def groups(self, dimension: str, deadline: Deadline = NEVER) -> tuple[Group, ...]:
        """All decisions by a dimension of values, in Swedish alphabetical order."""
        return self.engine.groups(dimension, deadline)

    def rounds(self) -> Mapping[str, RoundParts]:
        """What there is in each round, by its name."""
        titles, funders = (self.engine.crossed("round", by) for by in ("round_title", "funder"))
        return {
            name: RoundParts(tuple(one.name for one in titles[name]), tuple(some))
            for name, some in funders.items()
        }

    def parties(self, dimension: str, slug: str) -> tuple[Party, ...]:
        """The owners or funders (`dimension`) that a slug leads to: the one whose own it is, else
        those that it may mean, as what a link once led to is now several."""
        return self.engine.parties(dimension, slug)

    def all_parties(self, dimension: str) -> list[Party]:
        """All owners or funders, in Swedish alphabetical order."""
        return self.engine.all_parties(dimension)

    def party(self, dimension: str, slug: str) -> Party | None:
        """The only owner or funder that a slug leads to, None where there is none or several."""
        found = self.parties(dimension, slug)
        return found[0] if len(found) == 1 else None

    def party_of(self, decision: Decision, dimension: str) -> Party | None:
        """The owner or funder of a decision of this index, None where it names none."""
        key = self.engine.key(decision.id)
        return None if key is None else self.engine.party_of(key, dimension)

    def parties_named(self, dimension: str, name: str) -> tuple[Party, ...]:
        """The owners or funders that a name or a number may mean, as a filter takes it."""
        return self.engine.parties_named(dimension, name)

    def state(self) -> str:
        """Differs whenever the same request may get another answer: another generation, or other
        themes or owners."""
        return f"{self._digest}-{self.themes.current().digest}-{self.engine.owners.digest}"

    def _plan(self, request: SearchRequest, deadline: Deadline = NEVER) -> Plan:
        """What the words of a request are taken to mean; raises `RequestError`."""
        themes = self.themes.current()
        return expand(request.q, self.engine, themes, self.limits, request.exact, deadline)

    def _tree_of(self, themes: Themes, words: str, deadline: Deadline) -> query.Query:
        """What the search for some words matches."""
        return expand(words, self.engine, themes, self.limits, False, deadline).tree

    def _kept(self, themes: Themes, name: str, deadline: Deadline) -> KeptSet | None:
        """The set of the search for a theme, None if it is empty or that of a word put right, which
        would be about something else."""
        plan = expand(name, self.engine, themes, self.limits, exact=False, deadline=deadline)
        found = self.engine.kept(plan.tree, deadline)
        return None if plan.suggestion or not found.total else found

    def _distinct(
        self, candidates: Iterable[Related], deadline: Deadline
    ) -> Iterator[RelatedDecision]:
        """The candidates that share several words, each project once: by the best of its
        decisions."""
        projects: list[Project] = []
        for one in candidates:
            (other,) = self.engine.decisions([one.key])
            marks = dict.fromkeys(FIELDS, Marks(stems={*one.stems}))
            (places,) = self.engine.places([one.key], marks, deadline)
            terms = shared_words(_words(other, places), one.stems)
            this = project(other)
            if len(terms) >= LEAST_TERMS and not any(is_copy(this, placed) for placed in projects):
                projects.append(this)
                yield RelatedDecision(other, one.score, terms[:RELATED_TERMS])

    def _whole(self, request: SearchRequest, plan: Plan, scan: Scan) -> WholeSet:
        decisions = self.engine.decisions(scan.keys)
        return WholeSet(
            request, scan.total, scan.stats, decisions, tuple(self._notes(request, plan))
        )

    def _hits(
        self, found: Sequence[Scored], marks: dict[str, Marks], deadline: Deadline
    ) -> tuple[Hit, ...]:
        keys = [one.key for one in found]
        places = self.engine.places(keys, {name: marks[name] for name in MARKED}, deadline)
        hits = []
        for one, decision, some in zip(found, self.engine.decisions(keys), places, strict=True):
            deadline.check()
            hits.append(Hit(decision, round(one.score, 4), _snippets(decision, some)))
        return tuple(hits)


@lru_cache(maxsize=8)
def themes_file(path: Path | None) -> ThemesFile:
    """A theme file, by default the one that comes with the project; the same for all searchers, and
    for processes that are forked."""
    return ThemesFile(path or Path(__file__).parent / "themes.txt", THEME_ANALYSIS)


@lru_cache(maxsize=8)
def owners_file(path: Path | None) -> OwnersFile:
    """An owners file, as `themes_file`."""
    return OwnersFile(path or Path(__file__).parent / "owners.txt")


def _content_stems(text: str) -> tuple[str, ...]:
    return tuple(map(stem_of, _content_words(text)))


@lru_cache(maxsize=32_768)
def _content_beginning(text: str) -> str:
    return next(map(stem_beginning, _content_words(text)), "")


def _content_words(text: str) -> Iterator[str]:
    return (word for word in find_words(text) if not is_function_word(surface_of(word)))


@lru_cache(maxsize=32_768)
def _content_initial(text: str) -> str:
    for word in text.lower().split():
        if word not in FUNCTION_WORDS:
            return stem_initial(word)
    return ""


THEME_ANALYSIS = Analysis(_content_stems, _content_beginning, _content_initial)


def _words(decision: Decision, places: dict[str, list[Place]]) -> Iterator[str]:
    """The words at some places of a decision, as written."""
    text = texts(decision)
    for name, some in places.items():
        yield from words_at(text[name], (place.first for place in some))


def _snippets(decision: Decision, places: dict[str, list[Place]]) -> tuple[Snippet, ...]:
    """Title and owner whole where they are marked; the best of description and motivation."""
    text = texts(decision)
    names, bodies = MARKED[:2], MARKED[2:]
    found = [snippets.whole(name, text[name], places[name]) for name in names if name in places]
    best = [snippets.best(name, text[name], places[name]) for name in bodies if name in places]
    if not best and text["description"]:
        best = [snippets.opening("description", text["description"])]
    return (*found, *best)
