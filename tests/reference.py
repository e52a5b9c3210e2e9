"""What a query matches, worked out the slow way: by analysing every text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from whoosh import query

from index.decision import Decision
from index.storage.schema import ID, NAMES, NEAR, texts
from index.swedish import Token, analyze, is_function_word
from search.nodes import NearQuery, TermQuery, base_field

Words = list[tuple[int, Token]]
"""The words of a text with their positions: a line end counts as one."""


def words(text: str) -> Words:
    found, at = [], 0
    for line in text.split("\n"):
        tokens = analyze(line)
        found += list(enumerate(tokens, start=at))
        at += len(tokens) + 1
    return found


def stems(token: Token, field: str) -> set[str]:
    """What a word of a field is found by."""
    if is_function_word(token.surface):
        return set()
    parts = [p for p in token.parts if field not in NAMES or p.kind in ("joined", "ellipsis")]
    return {token.stem, *(part.stem for part in parts)}


def has_phrase(text: Words, surfaces: Sequence[str]) -> bool:
    """Whether the words stand side by side, as written."""
    at = {position: token.surface for position, token in text}
    return any(all(at.get(p + n) == s for n, s in enumerate(surfaces)) for p in at)


def has_near(text: Words, field: str, groups: Sequence[Iterable[str]]) -> bool:
    """Whether a stretch of `NEAR` words has a stem of every group."""
    return any(
        all(
            any(first <= p < first + NEAR and stems(token, field) & set(group) for p, token in text)
            for group in groups
        )
        for first, _ in text
    )


def without_positions(tree: query.Query, decisions: Sequence[Decision]) -> query.Query:
    """The tree for Whoosh's own searcher, which has no positions: where words must stand together
    it names the decisions in which they do."""

    def named(has: Callable[[Words, str], bool], fields: Iterable[str]) -> query.Query:
        wanted = [
            one.id
            for one in decisions
            if any(has(words(texts(one)[name]), name) for name in fields)
        ]
        return query.Or([query.Term(ID, identifier) for identifier in wanted]) or query.NullQuery

    if isinstance(tree, NearQuery):
        return named(lambda text, field: has_near(text, field, tree.stems), tree.fields)
    if isinstance(tree, query.Phrase):
        surfaces = list(tree.words)
        return named(lambda text, _: has_phrase(text, surfaces), [base_field(tree.fieldname)])
    if isinstance(tree, query.Not):
        return query.Not(without_positions(tree.query, decisions))
    if isinstance(tree, query.And | query.Or | query.DisjunctionMax | TermQuery):
        kind = query.And if isinstance(tree, query.And) else query.Or
        return kind([without_positions(child, decisions) for child in tree.subqueries])
    return tree
