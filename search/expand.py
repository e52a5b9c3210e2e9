"""What each word of the query is taken to mean: the tree -> a Whoosh query, expanded.

A word is its stem; or, at lower weight, the parts of a compound (all of them), what it is derived
from or negates. Never the parts one by one: that floods. Whatever was added is said in the
`Interpretation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from whoosh import query

from index.schema import AMOUNT, TEXT_FIELDS
from index.swedish import Token, is_function_word
from search import syntax
from search.nodes import Term, Word, exact_term, phrase_term, stem_term
from search.request import Limits
from search.result import Expansion, ExpansionKind, Interpretation

PARTS_BOOST = 0.35
KIN_BOOST = 0.3  # derivation and negation


class Vocabulary(Protocol):
    """What expansion must know of the index."""

    def count(self, term: Term) -> int:
        """How many decisions a term is in."""

    def matching(self, one: query.Query) -> int:
        """How many decisions a query matches."""

    def completions(self, field: str, prefix: str, limit: int) -> tuple[list[str], bool]:
        """Words as written that begin with `prefix` in a field; and whether there are more."""


@dataclass(slots=True)
class Marks:
    """What to mark in one field: stems, stems of parts, words as written, and phrases of those."""

    stems: set[str] = field(default_factory=set)
    surfaces: set[str] = field(default_factory=set)
    phrases: set[tuple[str, ...]] = field(default_factory=set)


@dataclass(slots=True)
class Plan:
    """A query ready to run. ``words`` are its positive parts one by one, for partial matches."""

    tree: query.Query
    words: list[query.Query]
    interpretation: list[Interpretation]
    marks: dict[str, Marks]
    notes: list[str]


def expand(tree: syntax.All, vocabulary: Vocabulary, limits: Limits, exact: bool) -> Plan:
    """The plan for a syntax tree; with `exact` every word means itself as written."""
    return _Expander(vocabulary, limits, exact, tree).plan()


class _Expander:
    def __init__(
        self, vocabulary: Vocabulary, limits: Limits, exact: bool, tree: syntax.All
    ) -> None:
        self.vocabulary = vocabulary
        self.limits = limits
        self.exact = exact
        self.tree = tree
        self.interpretation: list[Interpretation] = []
        self.marks = {name: Marks() for name in TEXT_FIELDS}
        self.notes: list[str] = []
        self.only_function_words = not any(True for _ in _content(tree))

    def plan(self) -> Plan:
        """Expands the whole tree."""
        children = [child for child in self.tree.children if self._counts(child)]
        queries = [self._node(child, excluded=False) for child in children]
        positive = [one for one in queries if not isinstance(one, query.Not)]
        if not queries:
            whole: query.Query = query.Every()
        elif not positive:
            whole = query.And([query.Every(), *queries])
        else:
            whole = query.And(queries)
        return Plan(whole, positive, self.interpretation, self.marks, self.notes)

    def _counts(self, node: syntax.Node) -> bool:
        """Function words count in quotes only, unless there is nothing else."""
        if isinstance(node, syntax.Word) and not self.only_function_words:
            return not is_function_word(node.token.surface)
        return True

    def _node(self, node: syntax.Node, excluded: bool) -> query.Query:
        if isinstance(node, syntax.Not):
            return query.Not(self._node(node.child, excluded=not excluded))
        if isinstance(node, syntax.All):
            children = [child for child in node.children if self._counts(child)]
            if not children:
                return query.Every()
            queries = [self._node(child, excluded) for child in children]
            if all(isinstance(one, query.Not) for one in queries):
                queries.insert(0, query.Every())
            return query.And(queries)
        if isinstance(node, syntax.Any):
            return query.Or([self._positive(child, excluded) for child in node.children])
        return self._leaf(node, excluded)

    def _positive(self, node: syntax.Node, excluded: bool) -> query.Query:
        """An alternative: *inte x* alone is everything without x."""
        one = self._node(node, excluded)
        return query.And([query.Every(), one]) if isinstance(one, query.Not) else one

    def _leaf(
        self, node: syntax.Word | syntax.Phrase | syntax.Prefix, excluded: bool
    ) -> query.Query:
        fields = TEXT_FIELDS if node.field is None else (node.field,)
        if isinstance(node, syntax.Phrase):
            return self._phrase(node, fields, excluded)
        if isinstance(node, syntax.Prefix):
            return self._prefix(node, fields, excluded)
        return self._word(node, fields, excluded)

    def _phrase(self, node: syntax.Phrase, fields: Sequence[str], excluded: bool) -> query.Query:
        surfaces = [token.surface for token in node.tokens]
        if len(surfaces) == 1:
            term = exact_term(surfaces[0], fields)
        else:
            term = phrase_term(surfaces, fields)
        if not excluded:
            for name in fields:
                self.marks[name].phrases.add(tuple(surfaces))
        self._say(node.text, "phrase", node.field, excluded, Word([term]), ())
        return Word([term])

    def _prefix(self, node: syntax.Prefix, fields: Sequence[str], excluded: bool) -> query.Query:
        limit = self.limits.prefix_expansions
        words: set[str] = set()
        cut = False
        for name in fields:
            found, more = self.vocabulary.completions(name, node.text, limit)
            words.update(found)
            cut = cut or more
        kept = sorted(words)[:limit]
        if cut or len(words) > limit:
            self.notes.append(
                f"{node.text}* börjar fler än {limit} ord på; de första {limit} söktes"
            )
        if not excluded:
            for name in fields:
                self.marks[name].surfaces.update(kept)
        children = [child for word in kept for child in exact_term(word, fields).subqueries]
        one = Word([Term(children)])
        self._say(node.text + "*", "prefix", node.field, excluded, one, ())
        return one

    def _word(self, node: syntax.Word, fields: Sequence[str], excluded: bool) -> query.Query:
        token = node.token
        if self.exact or is_function_word(token.surface):
            readings: list[query.Query] = [exact_term(token.surface, fields)]
            expansions: list[Expansion] = []
            if not excluded:
                for name in fields:
                    self.marks[name].surfaces.add(token.surface)
        else:
            readings, expansions = self._readings(token, fields, excluded)
        if token.surface[:1].isdigit() and node.field is None:
            readings[0] = Term([*readings[0].subqueries, query.Term(AMOUNT, token.surface)])
        one = Word(readings)
        self._say(token.text, "word", node.field, excluded, one, tuple(expansions))
        return one

    def _readings(
        self, token: Token, fields: Sequence[str], excluded: bool
    ) -> tuple[list[query.Query], list[Expansion]]:
        readings: list[query.Query] = [stem_term(token.stem, fields, token.surface)]
        expansions: list[Expansion] = []
        stems = [token.stem]
        parts = [part for part in token.parts if part.kind == "part"]
        terms = [stem_term(part.stem, fields) for part in parts]
        if len(parts) > 1 and all(self.vocabulary.count(term) for term in terms):
            readings.append(_boosted(query.And(terms), PARTS_BOOST))
            expansions.append(Expansion("compound", tuple(part.word for part in parts)))
            stems += [part.stem for part in parts]
        for part in token.parts:
            kin: dict[str, ExpansionKind] = {"derivation": "derivation", "negation": "negation"}
            if part.kind in kin:
                term = stem_term(part.stem, fields)
                if self.vocabulary.count(term):
                    readings.append(_boosted(term, KIN_BOOST))
                    expansions.append(Expansion(kin[part.kind], (part.word,)))
                    stems.append(part.stem)
        if not excluded:
            for name in fields:
                self.marks[name].stems.update(stems)
        return readings, expansions

    def _say(
        self,
        text: str,
        kind: Literal["word", "phrase", "prefix"],
        field_: str | None,
        excluded: bool,
        one: Word,
        expansions: tuple[Expansion, ...],
    ) -> None:
        documents = self.vocabulary.matching(one)
        self.interpretation.append(
            Interpretation(text, kind, field_, excluded, documents, expansions)
        )


def _boosted(one: query.Query, boost: float) -> query.Query:
    one.boost = boost
    return one


def _content(node: syntax.Node) -> Iterable[syntax.Node]:
    """The leaves of a tree that are more than a function word."""
    if isinstance(node, syntax.All | syntax.Any):
        for child in node.children:
            yield from _content(child)
    elif isinstance(node, syntax.Not):
        yield from _content(node.child)
    elif not (isinstance(node, syntax.Word) and is_function_word(node.token.surface)):
        yield node
