"""The engine in a cluster: one request plans a query, and one answers it.

An engine answers from one index, which is never written to again; the generation that it was made
of tells the rest, and the files of that which are needed here have been fetched (`files`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import query

from index.decision import Decision
from index.errors import ClusterUnavailable
from index.storage.columns import hundredths, identity_text, kronor, moment
from index.storage.passages import fingerprints, packed
from index.storage.store import Generation
from index.storage.vocabulary import Vocabulary
from index.swedish import load_lexicon
from search import facets, related, wording
from search.changes import History
from search.deadline import NEVER, Deadline
from search.dimensions import BY_NAME, COUNTED, Dimension
from search.engine import KeptSet, Key, Page, Related, Scan, Scored, SharedWording
from search.history import Arrival, JournalHistory
from search.marks import Marks, Place
from search.named import NamedValues
from search.nodes import NearQuery, WordQuery, exact_term, stem_term
from search.opensearch import counting
from search.opensearch.cluster import BRIEFLY, Cluster
from search.opensearch.counting import SUM_OF_EACH
from search.opensearch.documents import decision_of, places_of, term
from search.opensearch.files import Files
from search.opensearch.mapping import DEEPEST, SHOWN, SOURCE, Json
from search.opensearch.texts import marked_places, wordings
from search.opensearch.trees import EVERYTHING, matched, saturated, scored, worded, words_of
from search.owners import Owners, Party
from search.request import SearchRequest
from search.result import Facet, FacetValue, Group, Overview, Stats
from search.scoring import K1

_WALK = 1_000  # decisions that are read at once
_LONGEST_ID = 500  # characters; the cluster refuses to look for longer beginnings than 1,000
_TOLD = 40  # stems of which it is asked at once whether they tell


@dataclass(frozen=True, slots=True)
class Found:
    """A decision as the cluster handed it out; the same as any other of its ``id``."""

    id: str
    source: Mapping[str, Any] = field(compare=False, repr=False)


class OpenSearchEngine(NamedValues):
    """`search.engine.Engine`, where the methods are described, over one index of a cluster. A key
    is a `Found`. Safe for threads."""

    def __init__(
        self, cluster: Cluster, index: str, generation: Generation, owners: Owners | None = None
    ) -> None:
        load_lexicon()  # here, and not within the time of the first search
        self.generation = generation
        self.owners = owners or Owners()
        self.index = index
        self._cluster = cluster
        self._files = Files(cluster)
        self._size = int(generation.manifest["decisions"])
        self._values = counting.columns(cluster, index, self.owners)
        self.keywords = {name: one.keyword for name, one in self._values.items()}
        self.history: History = JournalHistory(generation, _ClusterDecisions(cluster, index))
        (found,) = self._totals([EVERYTHING], NEVER)
        if found != self._size:
            what = f"klustrets index {index} har {found} beslut, men ska ha {self._size}"
            raise ClusterUnavailable(what, "kör `beslut index KÄLLA...`, som gör ett nytt")
        self.vocabulary = Vocabulary(generation.vocabulary)

    def close(self) -> None:
        """Closes the files; the cluster stays open for others."""
        self.vocabulary.close()

    def __len__(self) -> int:
        return self._size

    @property
    def cache_bytes(self) -> int:
        return 0

    def whole(self, name: str) -> npt.NDArray[np.intp]:
        return self._values[name].counts

    def matching(self, trees: Sequence[query.Query], deadline: Deadline = NEVER) -> list[int]:
        return self._totals([*map(matched, trees)], deadline)

    def completions(
        self, fields: Sequence[str], prefix: str, limit: int, deadline: Deadline = NEVER
    ) -> tuple[list[str], bool]:
        words: list[str] = []
        after = ""
        while len(words) <= limit:  # the vocabulary does not know of fields, so those are asked
            some = self.vocabulary.beginning_with(prefix, after, limit + 1)
            trees = [exact_term(word, fields) for word in some]
            counts = self.matching(trees, deadline)
            words += [word for word, count in zip(some, counts, strict=True) if count]
            if len(some) <= limit:
                break
            after = some[-1]
        return words[:limit], len(words) > limit

    def page(
        self,
        tree: query.Query,
        request: SearchRequest,
        facet_values: int | None,
        deadline: Deadline = NEVER,
        after: int | None = None,
    ) -> Page:
        passing = counting.filters(request, self._values)
        words = self._scored(tree, deadline)
        summed = counting.summed(self._most(tree))
        asked: Json = {"set": _part(counting.passing_all(passing), summed)}
        for one in COUNTED if facet_values is not None else ():
            others = counting.passing_all(passing, but=one.name)
            asked[one.name] = _part(others, counting.counted(one, self._values))
        first = (request.page - 1) * request.limit
        order: Json = {"from": first, "size": request.limit, "sort": self._order(request)}
        if after is not None:
            order = {"size": request.limit, "sort": [{"number": "asc"}], "search_after": [after]}
        elif first + request.limit > DEEPEST:  # an address may say so, and there is nothing there
            order = {"size": 0}
        answer = self._search(
            {
                "query": words,
                "post_filter": counting.passing_all(passing),
                "track_total_hits": True,
                "track_scores": True,
                "_source": [*SHOWN],
                "aggs": asked,
                **order,
            },
            deadline,
        )
        found = answer["aggregations"]
        counted: dict[str, Facet] = {}
        for one in COUNTED if facet_values is not None else ():
            counts = counting.told(one, self._values, found[one.name])[0]
            counted[one.name] = facets.facet(one, request, self.keywords, counts, facet_values or 0)
        stats = self._stats(found["set"], tree, passing, deadline)
        return Page(answer["hits"]["total"]["value"], _scored_hits(answer), counted, stats)

    def partial(
        self,
        words: Sequence[query.Query],
        tree: query.Query,
        request: SearchRequest,
        limit: int,
        deadline: Deadline = NEVER,
    ) -> tuple[Scored, ...]:
        excluded = [matched(child.query) for child in tree if isinstance(child, query.Not)]
        any_word = {
            "bool": {
                "must": [self._scored(query.Or(words), deadline)],
                "must_not": [matched(tree), *excluded],
                "filter": [*counting.filters(request, self._values).values()],
            }
        }
        body = {"query": any_word, "size": limit, "sort": [*_RELEVANCE], "_source": [*SHOWN]}
        return _scored_hits(self._search(body, deadline))

    def scan(self, tree: query.Query, request: SearchRequest, deadline: Deadline = NEVER) -> Scan:
        passing = counting.filters(request, self._values)
        is_ranked = request.order == "relevance"
        words = self._scored(tree, deadline) if is_ranked else matched(tree)
        both = {"bool": {"must": [words], "filter": [*passing.values()]}}
        asked = _count(both) | {"aggs": counting.summed(self._most(tree))}
        answer = self._search(asked, deadline)
        body = {"query": both, "sort": self._order(request), "_source": [*SOURCE]}
        return Scan(
            answer["hits"]["total"]["value"],
            self._stats(answer["aggregations"], tree, passing, deadline),
            map(_found, self._cluster.walk(self.index, body, _WALK)),
        )

    def kept(self, tree: query.Query, deadline: Deadline = NEVER) -> KeptSet:
        members = matched(tree)
        asked = _count(members) | {"aggs": counting.summed(self._most(tree))}
        answer = self._search(asked, deadline)
        stats = self._stats(answer["aggregations"], tree, {}, deadline)
        return KeptSet(answer["hits"]["total"]["value"], stats, members)

    def having(self, sets: Sequence[KeptSet], key: Key, deadline: Deadline = NEVER) -> list[bool]:
        return [count > 0 for count in self._shares(sets, _is(_key(key).id), deadline)]

    def shares(
        self, sets: Sequence[KeptSet], request: SearchRequest, deadline: Deadline = NEVER
    ) -> list[int]:
        passing = counting.filters(request, self._values)
        return self._shares(sets, counting.passing_all(passing), deadline)

    def leading(self, kept: KeptSet, dimension: str, most: int) -> tuple[FacetValue, ...]:
        one = BY_NAME[dimension]
        asked = _count(_members(kept)) | {"aggs": counting.counted(one, self._values)}
        counts = counting.told(one, self._values, self._search(asked)["aggregations"])[0]
        return facets.facet(one, SearchRequest(), self.keywords, counts, most).values

    def newest(
        self,
        tree: query.Query,
        request: SearchRequest,
        limit: int,
        deadline: Deadline = NEVER,
        before: int | None = None,
    ) -> Scan:
        some = [matched(tree), *counting.filters(request, self._values).values()]
        if before is not None:
            some.append({"range": {"number": {"lt": before}}})
        body = {"query": {"bool": {"filter": some}}, "size": limit, "_source": [*SOURCE]}
        answer = self._search(body | {"sort": [{"number": "desc"}]}, deadline)
        keys = [*map(_found, answer["hits"]["hits"])]
        amounts = np.array([hundredths(one) for one in self.decisions(keys)], np.int64)
        return Scan(len(keys), facets.stats(amounts), keys)

    def came(self, key: Key) -> int:
        return int(_key(key).source["number"])

    def overview(
        self, tree: query.Query, request: SearchRequest, most: int, deadline: Deadline = NEVER
    ) -> Overview:
        some = [matched(tree), *counting.filters(request, self._values).values()]
        everything = {"bool": {"filter": some}}
        asked = {
            one.name: _part(EVERYTHING, counting.counted(one, self._values, SUM_OF_EACH))
            for one in COUNTED
        }
        answer = self._search(_count(everything) | {"aggs": asked | SUM_OF_EACH}, deadline)
        found = answer["aggregations"]
        parts = {}
        for one in COUNTED:
            of_each = counting.told(one, self._values, found[one.name])
            if one.kind == "amounts":
                parts[one.name] = facets.banded(one, request, of_each)
                continue
            groups = facets.named_groups(self.keywords[one.name], of_each, deadline)
            together = partial(self._together, one, everything, deadline)
            parts[one.name] = facets.largest(one, groups, most, together)
        total = answer["hits"]["total"]["value"]
        return Overview(total, kronor(int(found["sum"]["value"])), parts)

    def groups(self, dimension: str, deadline: Deadline = NEVER) -> tuple[Group, ...]:
        column = self._values[dimension]
        asked = _count(EVERYTHING) | {"aggs": {"of": column.asked(SUM_OF_EACH)}}
        found = column.told(self._search(asked, deadline)["aggregations"]["of"])
        return tuple(facets.named_groups(column.keyword, found, deadline))

    def crossed(self, name: str, by: str) -> Mapping[str, Sequence[Group]]:
        rows, column = self._values[name], self._values[by]
        both = [rows.field, column.field]
        found: defaultdict[int, list[Json]] = defaultdict(list)
        for bucket in counting.composite(self._cluster, self.index, both, SUM_OF_EACH):
            found[rows.ordinals[bucket["key"][rows.field]]].append(bucket)
        crossed = {}
        for row in sorted(found):  # one at a time, as all of them would be as many as their product
            here = np.zeros((3, len(column.keyword.names)), np.int64)
            for bucket in found[row]:
                here[:, column.ordinals[bucket["key"][column.field]]] += counting.numbers(bucket)
            groups = facets.named_groups(column.keyword, (here[0], here[1], here[2]))
            crossed[rows.keyword.names[row]] = groups
        return crossed

    def party_of(self, key: Key, dimension: str) -> Party | None:
        written = _key(key).source[dimension]
        return self._parties(dimension).party(self._values[dimension].ordinals[written])

    def key(self, identifier: str) -> Key | None:
        return self._fetched([identifier]).get(identifier)

    def decisions(self, keys: Iterable[Key]) -> Iterator[Decision]:
        return (decision_of(_key(key).source) for key in keys)

    def places(
        self, keys: Sequence[Key], marks: Mapping[str, Marks], deadline: Deadline = NEVER
    ) -> list[dict[str, list[Place]]]:
        lacking = [_key(key).id for key in keys if "places" not in _key(key).source]
        fetched = self._fetched(lacking, deadline) if lacking else {}
        found = []
        for key in keys:
            deadline.check()
            texts = places_of(fetched.get(_key(key).id, _key(key)).source)
            here = {name: marked_places(*texts[name], one) for name, one in marks.items()}
            found.append({name: some for name, some in here.items() if some})
        return found

    def original(self, name: str) -> Path:
        path = self.generation.path / name
        if not path.exists():
            self._files.fetch(self.generation.manifest["files"][name]["sha256"], path)
        return path

    def beginning_with(self, prefix: str, limit: int) -> list[str]:
        if len(prefix) > _LONGEST_ID:
            return []
        ends = {"gte": prefix, "lte": f"{prefix}\U0010ffff"}
        body = {"query": {"range": {"id": ends}}, "size": limit, "sort": ["id"]}
        return [hit["_source"]["id"] for hit in self._looked_up(body | {"_source": ["id"]})]

    def identifiers(self) -> list[str]:
        return [identifier for identifier, _ in self.dated()]

    def dated(self) -> Iterator[tuple[str, str]]:
        told = lru_cache(moment)
        body = {"_source": False, "docvalue_fields": ["id", "modified"], "sort": ["id"]}
        for hit in self._cluster.walk(self.index, body, 10 * _WALK):
            yield hit["fields"]["id"][0], told(hit["fields"]["modified"][0])

    def related(self, key: Key, limit: int, deadline: Deadline = NEVER) -> list[Related]:
        decision = decision_of(_key(key).source)
        telling = [*islice(self._telling(decision, deadline), related.TERMS)]
        if not telling:
            return []
        terms = [saturated(stem_term(stem, related.FIELDS), weight) for stem, weight in telling]
        for (stem, _), one in zip(telling, terms, strict=True):
            one["script_score"]["_name"] = stem
        any_term = {"bool": {"should": terms, "minimum_should_match": 1}}
        body = {"query": any_term, "size": limit + 1, "sort": [*_RELEVANCE], "_source": [*SOURCE]}
        answer = self._cluster.search(self.index, body, deadline, scores_of_names=True)
        itself = body | {"query": {"bool": {"must": [any_term], "filter": [_is(decision.id)]}}}
        (own,) = self._search(itself, deadline)["hits"]["hits"]
        least = max(own["_score"] * related.LEAST_SHARE, 1e-6)
        return [
            related.told(
                _found(hit),
                hit["_score"] / own["_score"],
                ((worth, stem) for stem, worth in hit["matched_queries"].items()),
            )
            for hit in answer["hits"]["hits"]
            if hit["_score"] >= least and hit["_source"]["id"] != decision.id
        ][:limit]

    def wording(self, key: Key, deadline: Deadline = NEVER) -> SharedWording:
        decision = decision_of(_key(key).source)
        words, border = wording.numbered(decision)
        wanted = packed(*fingerprints(words, np.array([border, len(words)])))
        kept = np.unique(wanted >> np.uint64(32)).tolist()
        if not kept:
            return SharedWording((), 0)
        body = {
            "query": {"terms": {"fingerprints": kept}},
            "sort": ["order"],
            "_source": ["id", "seen"],
            "stored_fields": ["passages"],
            "docvalue_fields": ["round", "date"],
        }
        hits = [*self._cluster.walk(self.index, body, _WALK, deadline)]
        (size,) = self._totals([{"term": {"round": term(decision.round.name)}}], deadline)
        ids = dict[Key, str](enumerate(hit["_source"]["id"] for hit in hits))
        here = [*ids.values()].index(decision.id)
        shared = wordings(hits).of(here, decision, deadline, size)
        told = {ids[repeat.key] for one in shared.passages for repeat in one.others}
        keys = self._fetched([*told], deadline) if told else {}
        passages = tuple(
            replace(one, others=tuple(replace(r, key=keys[ids[r.key]]) for r in one.others))
            for one in shared.passages
        )
        return replace(shared, passages=passages)

    def _search(self, body: Json, deadline: Deadline = NEVER) -> Json:
        return self._cluster.search(self.index, body, deadline)

    def _looked_up(self, body: Json, deadline: Deadline = NEVER) -> list[Json]:
        """The hits of a search that takes no time; so a request does not wait long for a node that
        is silent, though it has no deadline."""
        found = self._cluster.search(self.index, body, deadline, seconds=BRIEFLY)
        hits: list[Json] = found["hits"]["hits"]
        return hits

    def _scored(self, tree: query.Query, deadline: Deadline) -> Json:
        """A tree with scores, for which it must be known how many decisions each word matches:
        that of a plan has been asked already."""
        tree = worded(tree)
        lacking = [word for word in words_of(tree) if word.documents is None]
        for word, count in zip(lacking, self.matching(lacking, deadline), strict=True):
            word.documents = count
        return scored(tree, self._size)

    def _most(self, tree: query.Query) -> int:
        """More decisions than so many a tree does not match."""
        if isinstance(tree, WordQuery):
            return self._size if tree.documents is None else tree.documents
        if isinstance(tree, query.And) and not isinstance(tree, NearQuery):
            return min(map(self._most, tree.subqueries), default=self._size)
        return self._size

    def _order(self, request: SearchRequest) -> list[Json]:
        """The sort of a request; ties in the order of the index."""
        match request.order:
            case "relevance":
                return [*_RELEVANCE]
            case "amount" | "-amount" | "date" | "-date" as order:
                values = "ore" if order.endswith("amount") else "date"
                way = "desc" if order[0] == "-" else "asc"
                return [{values: {"order": way, "missing": "_last"}}, *_TIES]
            case "title":
                return [{"title_key": "asc"}, *_TIES]
            case name:
                column = self._values[name]
                script = {
                    "source": f"params.at[doc['{column.field}'].value]",
                    "params": {"at": column.ordinals},
                }
                return [{"_script": {"type": "number", "order": "asc", "script": script}}, *_TIES]

    def _stats(
        self, answer: Json, tree: query.Query, passing: Mapping[str, Json], deadline: Deadline
    ) -> Stats:
        """The sums of what a tree matches and passes the filters, of what `summed` was answered
        with."""
        middle = counting.middle(answer)
        if middle is None:
            within: Json = {"bool": {"filter": [matched(tree), *passing.values()]}}
            middle = self._middle(within, int(answer["stats"]["count"]), deadline)
        return counting.stats(answer, middle)

    def _middle(self, within: Json, count: int, deadline: Deadline) -> list[int]:
        """The two amounts in the middle of so many, found from an estimate of where that is."""
        found = self._search(_count(within) | {"aggs": counting.MIDDLE}, deadline)
        estimate = math.ceil(found["aggregations"]["middle"]["values"]["50.0"])
        lower, upper = ({"range": {"ore": {end: estimate}}} for end in ("lt", "gte"))
        (below,) = self._totals([{"bool": {"filter": [within, lower]}}], deadline)
        bodies = []
        for rank in ((count - 1) // 2, count // 2):
            side, distance, way = (
                (upper, rank - below, "asc") if rank >= below else (lower, below - 1 - rank, "desc")
            )
            body = {"query": {"bool": {"filter": [within, side]}}, "from": distance, "size": 1}
            bodies.append(body | {"sort": [{"ore": way}], "_source": False})
        answers = self._cluster.searches(self.index, bodies, deadline)
        return [answer["hits"]["hits"][0]["sort"][0] for answer in answers]

    def _totals(self, some: Sequence[Json], deadline: Deadline) -> list[int]:
        """How many decisions each of some queries matches."""
        answers = self._cluster.searches(self.index, [*map(_count, some)], deadline)
        return [answer["hits"]["total"]["value"] for answer in answers]

    def _shares(self, sets: Sequence[KeptSet], within: Json, deadline: Deadline) -> list[int]:
        """How many of what a query matches are in each of some sets."""
        if not sets:
            return []
        members = {str(number): _members(one) for number, one in enumerate(sets)}
        asked = _count(within) | {"aggs": {"sets": {"filters": {"filters": members}}}}
        found = self._search(asked, deadline)["aggregations"]["sets"]["buckets"]
        return [found[name]["doc_count"] for name in members]

    def _together(
        self, one: Dimension, everything: Json, deadline: Deadline, rest: Sequence[Group]
    ) -> Group:
        """All that is in any of some groups, once."""
        if not one.several:
            sums = sum((group.sum for group in rest), Decimal(0))
            decisions = sum(group.decisions for group in rest)
            return Group("", decisions, sums, sum(group.missing for group in rest), None)
        column = self._values[one.name]
        some = column.having(facets.names_of(rest, column.keyword))
        both = {"bool": {"filter": [everything, some]}}
        answer = self._search(_count(both) | {"aggs": SUM_OF_EACH}, deadline)
        found = answer["aggregations"]
        total, sums = answer["hits"]["total"]["value"], kronor(int(found["sum"]["value"]))
        return Group("", total, sums, found["missing"]["doc_count"], None)

    def _telling(self, decision: Decision, deadline: Deadline) -> Iterator[tuple[str, float]]:
        """The terms that relate a decision to others, the most telling first, with their weights:
        see `search.related`."""
        here = term(decision.round.name)
        frequency = related.frequencies(decision, deadline)
        counts = self._topics([*frequency], None, deadline)
        (size,) = self._totals([{"term": {"round": here}}], deadline)
        weighed = [
            (tf / (tf + K1) * related.idf(n, self._size), stem, n)
            for (stem, tf), n in zip(frequency.items(), counts, strict=True)
        ]
        order = sorted((one for one in weighed if one[0] > 0), reverse=True)
        for first in range(0, len(order), _TOLD):
            some = order[first : first + _TOLD]
            within = self._topics([stem for _, stem, _ in some], here, deadline)
            for (weight, stem, n), count in zip(some, within, strict=True):
                if related.is_telling(weight, n, count, size):
                    yield stem, weight

    def _topics(self, stems: Sequence[str], in_round: str | None, deadline: Deadline) -> list[int]:
        """In how many decisions, or how many of a round, each of some stems is."""
        rounds = [] if in_round is None else [{"term": {"round": in_round}}]
        return self._totals(
            [{"bool": {"filter": [{"term": {"topics": term(stem)}}, *rounds]}} for stem in stems],
            deadline,
        )

    def _fetched(self, identifiers: Sequence[str], deadline: Deadline = NEVER) -> dict[str, Found]:
        """The decisions with some identifiers, with what is needed to mark their texts."""
        body = {"query": {"terms": {"id": [*identifiers]}}, "size": len(identifiers)}
        hits = self._looked_up(body | {"_source": [*SHOWN]}, deadline)
        return {one.id: one for one in map(_found, hits)}


class _ClusterDecisions:
    """`search.history.Decisions` in an index of a cluster."""

    def __init__(self, cluster: Cluster, index: str) -> None:
        self._cluster = cluster
        self._index = index

    def arrivals(self, number: int, most: int) -> Iterator[Arrival]:
        for source in self._read({"range": {"number": {"gt": number}}}, most):
            identity = int(source["identity"], 16)
            yield Arrival(source["number"], source["id"], identity, source["seen"])

    def called(self, identities: Collection[int]) -> dict[int, str]:
        known = [identity_text(one) for one in identities]
        found = self._read({"terms": {"identity": known}}, len(known))
        return {int(source["identity"], 16): source["id"] for source in found}

    def _read(self, some: Json, most: int) -> list[Json]:
        body = {"query": some, "size": most, "sort": [{"number": "asc"}]}
        fields = {"_source": ["id", "number", "identity", "seen"]}
        hits = self._cluster.search(self._index, body | fields, seconds=BRIEFLY)["hits"]["hits"]
        return [hit["_source"] for hit in hits]


_TIES: tuple[Json, ...] = ({"order": "asc"},)
_RELEVANCE: tuple[Json, ...] = ({"_score": "desc"}, *_TIES)


def _count(some: Json) -> Json:
    """Counts what a query matches."""
    return {"query": {"bool": {"filter": [some]}}, "size": 0, "track_total_hits": True}


def _part(some: Json, asked: Json) -> Json:
    return {"filter": some, "aggs": asked}


def _is(identifier: str) -> Json:
    return {"term": {"id": identifier}}


def _found(hit: Json) -> Found:
    return Found(hit["_source"]["id"], hit["_source"])


def _scored_hits(answer: Json) -> tuple[Scored, ...]:
    return tuple(Scored(_found(hit), float(hit["_score"])) for hit in answer["hits"]["hits"])


def _key(key: Key) -> Found:
    assert isinstance(key, Found)
    return key


def _members(kept: KeptSet) -> Json:
    assert isinstance(kept.members, dict)
    return kept.members
