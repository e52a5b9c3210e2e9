"""How is a set counted in the cluster? What is asked, as aggregations, and what the answers mean.

Counts are by term, and turned into what `search.facets` takes: of each name of a dimension how many
decisions have it. An owner may have several terms, one for each way that it is written. Every term
is asked for, so that the counts are exact from any number of shards; so are sums, which are added
as floats of 53 bits, as long as all amounts together are below 2**53 öre: see `publishing`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from index.errors import ClusterUnavailable
from index.party_name import normal_name
from index.storage.columns import Keyword, kronor
from search.dimensions import BY_NAME, SPANS, VALUES, Dimension, Span
from search.facets import BAND_EDGES, Aggregated, as_stored, midway, ordinals
from search.opensearch.cluster import Cluster
from search.opensearch.documents import case
from search.opensearch.mapping import PAIR, Json
from search.opensearch.trees import EVERYTHING
from search.owners import Owners
from search.parties import NamedRow, of_rows
from search.request import SearchRequest
from search.result import Stats
from search.several import place_column

MOST_TERMS = 60_000
"""Of all columns together; OpenSearch answers with 65,535 buckets at most."""

MOST_SORTED = 100_000
"""Amounts that are sorted for their median where they are counted; of more it is looked for, which
takes three more requests."""

_MEDIAN = {
    "scripted_metric": {
        "init_script": "state.known = new ArrayList()",
        "map_script": "if (doc['ore'].size() != 0) state.known.add(doc['ore'].value)",
        "combine_script": "return state.known",
        "reduce_script": (
            "List all = new ArrayList(); for (some in states) all.addAll(some);"
            " all.sort(Comparator.naturalOrder()); int n = all.size();"
            " return n == 0 ? [] : [all[(n - 1) / 2], all[n / 2]]"
        ),
    }
}
SUM_OF_EACH: Json = {"sum": {"sum": {"field": "ore"}}, "missing": {"missing": {"field": "ore"}}}
"""What adds up each part of a set."""


@dataclass(frozen=True)
class Values:
    """A column of values: the ``keyword`` with its names, the ``ordinals`` that say which of them
    each of its terms is, and ``counts``, how many of all decisions have each name."""

    field: str
    keyword: Keyword
    ordinals: Mapping[str, int]
    counts: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls, field: str, keyword: Keyword, terms: Mapping[str, int], places: Sequence[int]
    ) -> Values:
        """`terms` with how many decisions have each, and the place of the name of each."""
        counts = np.bincount(places, [*terms.values()], len(keyword.names)).astype(np.intp)
        return cls(field, keyword, dict(zip(terms, places, strict=True)), counts)

    def having(self, chosen: Sequence[int]) -> Json:
        """The decisions that have any of some names."""
        some = {*chosen}
        terms = [one for one, at in self.ordinals.items() if at in some]
        return {"terms": {self.field: terms}} if terms else {"match_none": {}}

    def asked(self, parts: Json | None = None) -> Json:
        """What counts a set by the names, and adds up the ``parts`` of each."""
        size = max(1, len(self.ordinals))
        of = {"terms": {"field": self.field, "size": size, "shard_size": size}}
        return of | ({"aggs": parts} if parts else {})

    def told(self, answer: Json) -> Aggregated:
        """How many have each name; and their sums, and how many have no amount, if asked."""
        found = np.zeros((3, len(self.keyword.names)), np.int64)
        for bucket in answer["buckets"]:
            found[:, self.ordinals[bucket["key"]]] += numbers(bucket)
        return found[0], found[1], found[2]


def columns(cluster: Cluster, index: str, owners: Owners) -> dict[str, Values]:
    """The columns of values of an index; raises `ClusterUnavailable`."""
    found = {}
    for name in ("owner", "funder", "round", "round_title", "year", "place"):
        buckets = composite(cluster, index, [name])
        terms = {bucket["key"][name]: bucket["doc_count"] for bucket in buckets}
        keyword, places = _named(name, terms, owners)
        found[name] = Values.of(name, keyword, terms, places)
    count = sum(len(one.ordinals) for one in found.values())
    if count > MOST_TERMS:
        what = (
            f"klustrets index har {count} olika ägare, finansiärer och annat, fler än {MOST_TERMS}"
        )
        raise ClusterUnavailable(what, "använd det lokala indexet i stället för klustret")
    return found


def composite(
    cluster: Cluster, index: str, fields: Sequence[str], parts: Json | None = None
) -> Iterator[Json]:
    """A bucket for each combination of terms of some fields, with the ``parts`` of each."""
    sources = [{name: {"terms": {"field": name}}} for name in fields]
    after: Json = {}
    while True:
        asked: Json = {"composite": {"size": 10_000, "sources": sources, **after}}
        asked |= {"aggs": parts} if parts else {}
        found = cluster.search(index, {"size": 0, "aggs": {"of": asked}})["aggregations"]["of"]
        yield from found["buckets"]
        if "after_key" not in found:
            return
        after = {"after": found["after_key"]}


def _named(name: str, terms: Mapping[str, int], owners: Owners) -> tuple[Keyword, Sequence[int]]:
    """The names that terms stand for, and the place of that of each."""
    if name == "place":
        keyword: Keyword = place_column(Keyword.of([]))
        return keyword, [keyword.find(one)[0] for one in terms]
    if name not in BY_NAME or not BY_NAME[name].party:
        keyword = Keyword.of([*terms])
        return keyword, keyword.ordinals.tolist()
    pairs = [one.split(PAIR) for one in terms]
    written = Keyword.of([one for one, _ in pairs])
    counted = zip(pairs, written.ordinals.tolist(), terms.values(), strict=True)
    rows = [
        NamedRow(one, at, normal_name(one), number, decisions)
        for (one, number), at, decisions in counted
    ]
    parties = of_rows(rows, written.names, owners)
    return parties, parties.ordinals.tolist()


def filters(request: SearchRequest, values: Mapping[str, Values]) -> dict[str, Json]:
    """What passes each filter of a request, by name; a value that no decision has matches
    nothing."""
    passing: dict[str, Json] = {}
    for one in VALUES:
        if chosen := request.values(one.name):
            column = values[one.name]
            passing[one.name] = column.having(ordinals(column.keyword, chosen))
    for one in SPANS:
        if (span := request.span(one.name)) != Span():
            passing[one.name] = _within(one, span)
    if request.ids:
        passing["id"] = {"terms": {"id": [*request.ids]}}
    if request.case_numbers:
        wanted = [case(number) or "" for number in request.case_numbers]
        passing["caseNumber"] = {"terms": {"case": wanted}}
    return passing


def passing_all(some: Mapping[str, Json], but: str | None = None) -> Json:
    """What passes all filters but one."""
    others = [one for name, one in some.items() if name != but]
    return {"bool": {"filter": others}} if others else EVERYTHING


def bands(parts: Json | None = None) -> Json:
    """What counts a set by bands of amounts, and adds up the ``parts`` of each."""
    edges = [edge * 100 for edge in BAND_EDGES]
    ends = zip([None, *edges], [*edges, None], strict=True)
    spans = [
        {name: end for name, end in (("from", low), ("to", high)) if end is not None}
        for low, high in ends
    ]
    of: Json = {"range": {"field": "ore", "ranges": spans}}
    return of | ({"aggs": parts} if parts else {})


def banded(answer: Json, missing: int) -> Aggregated:
    """How many are in each band, and after the last without an amount; and their sums, if asked."""
    found = [numbers(bucket) for bucket in answer["buckets"]]
    counts, sums, _ = np.array([*found, (missing, 0, missing)], np.int64).T
    return counts, sums, np.array([0] * len(found) + [missing], np.int64)


def counted(one: Dimension, values: Mapping[str, Values], parts: Json | None = None) -> Json:
    """What counts a set by a dimension."""
    if one.kind == "amounts":
        return {"of": bands(parts), "without": {"missing": {"field": "ore"}}}
    return {"of": values[one.name].asked(parts)}


def told(one: Dimension, values: Mapping[str, Values], answer: Json) -> Aggregated:
    """What `counted` was answered with."""
    if one.kind == "amounts":
        return banded(answer["of"], answer["without"]["doc_count"])
    return values[one.name].told(answer["of"])


MIDDLE: Json = {"middle": {"percentiles": {"field": "ore", "percents": [50]}}}
"""What tells about where the median is."""


def summed(most: int) -> Json:
    """What tells the sums of a set of at most so many decisions."""
    median = {"median": _MEDIAN} if most <= MOST_SORTED else {}
    return {"stats": {"stats": {"field": "ore"}}, "without": {"missing": {"field": "ore"}}} | median


def middle(answer: Json) -> Sequence[int] | None:
    """The two amounts in the middle, of what `summed` was answered with; none where there are no
    amounts, None where they are to be looked for."""
    if not answer["stats"]["count"]:
        return ()
    return answer["median"]["value"] if "median" in answer else None


def stats(answer: Json, middle: Sequence[int]) -> Stats:
    """What `summed` was answered with; the amounts in the ``middle`` are known."""
    found, missing = answer["stats"], int(answer["without"]["doc_count"])
    if not found["count"]:
        return Stats(Decimal(0), None, None, None, missing)
    lower, upper = middle
    return Stats(
        sum=kronor(int(found["sum"])),
        min=kronor(int(found["min"])),
        max=kronor(int(found["max"])),
        median=midway(lower, upper),
        missing=missing,
    )


def _within(one: Dimension, span: Span) -> Json:
    field = "date" if one.kind == "dates" else "ore"
    missing = {"bool": {"must_not": [{"exists": {"field": field}}]}}
    if span.is_open:
        return missing
    ends = {}
    if span.low is not None:
        ends["gte"] = as_stored(span.low, math.ceil)
    if span.high is not None:
        ends["lte"] = as_stored(span.high, math.floor)
    inside: Json = {"range": {field: ends}}
    return {"bool": {"should": [inside, missing]}} if span.missing else inside


def numbers(bucket: Json) -> tuple[int, int, int]:
    """How many, their sum in öre, and how many of them have no amount."""
    total = bucket.get("sum", {}).get("value", 0)
    return bucket["doc_count"], int(total), bucket.get("missing", {}).get("doc_count", 0)
