"""How is a query tree asked of the cluster? As what matches, and as what it scores too.

The formula is that of `search.scoring`. Frequencies by length are in the index; what remains is to
add the streams of a term, to saturate, and to take the best or the weakest, which OpenSearch does
with small scripts:

    a term       f * tf / (k1 + tf), of the sum of its streams
    the best     dis_max
    the weakest  f * (1 - dis_max(1 - ...)), as only the best can be had

`f` has the boost of a reading and the inverse document frequency of its word, for which the number
of decisions that match the word must be known (`WordQuery.documents`). Whether words stand near
each other is told by intervals, and phrases are Lucene's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from whoosh import query

from index.storage.schema import AMOUNT, EXACT, TEXT_FIELDS
from index.storage.schema import NEAR as STRETCH
from search.nodes import NearQuery, TermQuery, WordQuery, base_field, exact_term, stem_term
from search.opensearch.documents import term
from search.opensearch.mapping import ALL, ALL_WRITTEN, NEAR, NORM, PLACE, STEMS, WORDS, Json
from search.scoring import K1, inverse_document_frequency

EVERYTHING: Json = {"match_all": {}}
_MOST_CLAUSES = 900
"""Of a query with scores; OpenSearch takes 1,024, and what is asked beside it has some."""


def worded(tree: query.Query) -> query.Query:
    """A tree with what scores like a word, and is none, as one."""
    if isinstance(tree, TermQuery | NearQuery):
        return WordQuery([tree])
    if isinstance(tree, query.CompoundQuery) and not isinstance(tree, WordQuery):
        return type(tree)([*map(worded, tree.subqueries)], boost=tree.boost)
    return tree


def words_of(tree: query.Query) -> Iterator[WordQuery]:
    """The words of a tree whose scores count."""
    if isinstance(tree, WordQuery):
        yield tree
    elif isinstance(tree, query.CompoundQuery) and not isinstance(tree, TermQuery):
        for child in tree.subqueries:
            yield from words_of(child)


def matched(tree: query.Query) -> Json:
    """What a tree matches, without scores."""
    if isinstance(tree, TermQuery):
        return _any_of(_there(one) for one in _streams(tree))
    if isinstance(tree, NearQuery):
        return _near(tree)
    if isinstance(tree, query.And):
        return _all([*map(matched, _positive(tree))], [matched(one.query) for one in _nots(tree)])
    if isinstance(tree, query.Or | query.DisjunctionMax):
        return _any_of(map(matched, tree.subqueries))
    if isinstance(tree, query.Not):
        return _all([], [matched(tree.query)])
    if isinstance(tree, query.Every):
        return EVERYTHING
    raise TypeError(f"no translation for {type(tree).__name__}")


def scored(tree: query.Query, decisions: int) -> Json:
    """The same with scores, among so many decisions. Every word of it has its ``documents``. Of a
    tree with more clauses than the cluster takes, as of many prefixes, each word counts as much as
    it is rare, however often it occurs."""
    found = _scored(tree, decisions, 1.0)
    return found if _clauses(found) <= _MOST_CLAUSES else _scored(tree, decisions, 1.0, True)


def _scored(tree: query.Query, decisions: int, boost: float, by_rarity: bool = False) -> Json:
    boost *= float(getattr(tree, "boost", 1.0))
    if isinstance(tree, WordQuery):
        assert tree.documents is not None
        factor = boost * inverse_document_frequency(tree.documents, decisions)
        if by_rarity:
            return {"constant_score": {"filter": matched(tree), "boost": factor}}
        return _best([_reading(one, factor) for one in tree.subqueries])
    if isinstance(tree, query.And):
        must = [_scored(one, decisions, boost, by_rarity) for one in _positive(tree)]
        excluded = [matched(one.query) for one in _nots(tree)]
        return {"bool": {"must": must or [_unscored(EVERYTHING)], "must_not": excluded}}
    if isinstance(tree, query.DisjunctionMax):
        return _best([_scored(one, decisions, boost, by_rarity) for one in tree.subqueries])
    if isinstance(tree, query.Or):
        return _any([_scored(one, decisions, boost, by_rarity) for one in tree.subqueries])
    return _unscored(matched(tree))


def saturated(one: TermQuery, factor: float) -> Json:
    """What a term scores, times a factor."""
    return _scripted(
        _any([_stream(each) for each in _streams(one)]),
        f"params.f * _score / ({K1} + _score)",
        factor,
    )


def _reading(one: query.Query, factor: float) -> Json:
    factor *= float(one.boost)
    if isinstance(one, TermQuery):
        return saturated(one, factor)
    if isinstance(one, NearQuery):
        lacking = [
            _scripted(_reading(each, 1.0), "Math.max(0, params.f - _score)", 1.0)
            for each in one.subqueries
        ]
        weakest = _scripted(_best(lacking), "params.f * Math.max(0, 1 - _score)", factor)
        return {"bool": {"must": [weakest], "filter": [_near(one)]}}
    return _best([_reading(each, factor) for each in one.subqueries])


def _streams(one: TermQuery) -> list[query.Query]:
    """Those of a term; all of them together are one in the index, where they are of all fields."""
    streams = [*one.subqueries]
    boosts = {each.fieldname: each.boost for each in streams}
    texts = {each.fieldname: each.text for each in streams if isinstance(each, query.Term)}
    stem, surface = texts.get(_FIRST), texts.get(_FIRST + EXACT)
    if stem is not None and streams == [*stem_term(stem, TEXT_FIELDS, surface).subqueries]:
        whole = [query.Term(ALL, stem)]
        if surface is not None:
            share = boosts[_FIRST + EXACT] / boosts[_FIRST]
            whole.append(query.Term(ALL_WRITTEN, surface, boost=share))
        return whole
    if surface is not None and streams == [*exact_term(surface, TEXT_FIELDS).subqueries]:
        return [query.Term(ALL_WRITTEN, surface)]
    return streams


_FIRST = TEXT_FIELDS[0]


def _stream(one: query.Query) -> Json:
    """The frequency of a stream, weighed."""
    if one.fieldname == AMOUNT:
        return {"constant_score": {"filter": _there(one), "boost": one.boost}}
    if isinstance(one, query.Phrase) or one.fieldname.endswith(EXACT):
        norm = base_field(one.fieldname) + NORM
        # Lucene adds up what a similarity says of each word of a phrase.
        words = len(one.words) if isinstance(one, query.Phrase) else 1
        source = f"params.f * _score / doc['{norm}'].value"
        return _scripted(_there(one), source, one.boost / words)
    return {"term": {_field(one): {"value": term(one.text), "boost": one.boost}}}


def _there(one: query.Query) -> Json:
    """Where a stream is at all; a phrase and a word as written with how often."""
    if isinstance(one, query.Phrase):
        return {"match_phrase": {_field(one): PLACE.join(map(term, one.words))}}
    return {"term": {_field(one): {"value": term(one.text)}}}


def _field(one: query.Query) -> str:
    """What the index calls the stream of a term."""
    name: str = one.fieldname
    if name in TEXT_FIELDS:
        return name + STEMS
    return base_field(name) + WORDS if name.endswith(EXACT) else name


def _near(one: NearQuery) -> Json:
    """A word of each of its groups in a stretch of one of its fields."""
    groups = [[_word(stem) for stem in sorted(stems)] for stems in one.stems]
    together = {"ordered": False, "intervals": [_either(group) for group in groups]}
    gaps = STRETCH - len(groups)
    if gaps >= 0:  # below, it would mean that there is no limit
        together["max_gaps"] = gaps
    else:
        source = f"interval.end - interval.start < {STRETCH}"
        together["filter"] = {"script": {"source": source}}
    return _any([{"intervals": {name + NEAR: {"all_of": together}}} for name in sorted(one.fields)])


def _word(stem: str) -> Json:
    return {"match": {"query": term(stem)}}


def _either(words: Sequence[Json]) -> Json:
    return words[0] if len(words) == 1 else {"any_of": {"intervals": [*words]}}


def _positive(tree: query.And) -> Iterable[query.Query]:
    return [one for one in tree if not isinstance(one, query.Not)]


def _nots(tree: query.And) -> Iterable[query.Not]:
    return [one for one in tree if isinstance(one, query.Not)]


def _any(some: list[Json]) -> Json:
    """What matches any, with the sum of what those that match score."""
    if not some:
        return {"match_none": {}}
    return some[0] if len(some) == 1 else {"bool": {"should": some, "minimum_should_match": 1}}


def _any_of(some: Iterable[Json]) -> Json:
    """What matches any, without scores: terms of one field as one clause, of which there may only
    be so many."""
    terms: dict[str, list[str]] = {}
    others = []
    for one in some:
        if "term" in one:
            ((field, told),) = one["term"].items()
            terms.setdefault(field, []).append(told["value"])
        elif "terms" in one:
            ((field, values),) = one["terms"].items()
            terms.setdefault(field, []).extend(values)
        else:
            others.append(one)
    return _any([*({"terms": {field: values}} for field, values in terms.items()), *others])


def _all(filters: list[Json], excluded: list[Json]) -> Json:
    return {"bool": {"filter": filters or [EVERYTHING], "must_not": excluded}}


def _best(some: list[Json]) -> Json:
    if not some:
        return {"match_none": {}}
    return some[0] if len(some) == 1 else {"dis_max": {"queries": some}}


def _clauses(one: Any) -> int:
    """How many there are in a query."""
    if isinstance(one, dict):
        own = sum(name in one for name in ("term", "terms", "match_phrase", "match"))
        return own + sum(map(_clauses, one.values()))
    return sum(map(_clauses, one)) if isinstance(one, list) else 0


def _unscored(one: Json) -> Json:
    return {"constant_score": {"filter": one, "boost": 0}}


def _scripted(inner: Json, source: str, factor: float) -> Json:
    script = {"source": source, "params": {"f": factor}}
    return {"script_score": {"query": inner, "script": script}}
