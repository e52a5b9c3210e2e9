"""The query as typed -> a Whoosh query of words with all their readings, and what to say of it.

What a single word means is decided in `readings`; here runs of words are seen together: those that
the theme file knows (*artificiell intelligens*), those that may be one word (*gymnasie skolan*).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from whoosh import query

from index.storage.schema import AMOUNT, TEXT_FIELDS
from index.swedish import Token, analyze, is_function_word
from search import readings, syntax
from search.nodes import TermQuery, WordQuery, exact_term, phrase_term, stem_term
from search.request import SearchLimits
from search.result import Expansion, Interpretation
from search.themes import Match, Themes


class PlanningIndex(readings.Index, Protocol):
    """What expansion must know of the index."""

    def completions(self, field: str, prefix: str, limit: int) -> tuple[list[str], bool]:
        """Words as written that begin with `prefix` in a field; and whether there are more."""


@dataclass(slots=True)
class Marks:
    """What to mark in one field: stems, words as written, and phrases of words as written.

    ``carriers`` are all words of the index that have one of the stems, or have it as a part, where
    that is known: no other need be looked into.
    """

    stems: set[str] = field(default_factory=set)
    surfaces: set[str] = field(default_factory=set)
    phrases: set[tuple[str, ...]] = field(default_factory=set)
    carriers: frozenset[str] | None = None
    known: dict[str, tuple[tuple[int, int, str], ...]] = field(default_factory=dict)
    """What `snippets` has found to mark in each word as written: the marks do not change then."""


@dataclass(slots=True)
class Plan:
    """A query ready to run.

    ``words`` are its positive parts one by one, for partial matches; ``suggestion`` is the query
    with its misspelled words put right.
    """

    tree: query.Query
    words: list[query.Query]
    interpretation: list[Interpretation]
    marks: dict[str, Marks]
    notes: list[str]
    suggestion: str | None


def expand(
    text: str, index: PlanningIndex, themes: Themes, limits: SearchLimits, exact: bool
) -> Plan:
    """The plan for a query; with `exact` every word means itself as written.

    Raises `RequestError` where the text is over one of the limits.
    """
    return _Expander(text, index, themes, limits, exact).plan()


class _Expander:
    def __init__(
        self, text: str, index: PlanningIndex, themes: Themes, limits: SearchLimits, exact: bool
    ) -> None:
        self.text = text
        self.index = index
        self.themes = themes
        self.limits = limits
        self.exact = exact
        self.tree = syntax.parse(text, limits)
        self.words: list[query.Query] = []
        self.interpretation: list[Interpretation] = []
        self.marks = {name: Marks() for name in TEXT_FIELDS}
        self.notes: list[str] = []
        self.corrections: list[tuple[str, str]] = []
        self.only_function_words = not any(True for _ in _content(self.tree))

    def plan(self) -> Plan:
        """Expands the whole tree."""
        children = self._children(self.tree.children, excluded=False)
        self.words = [one for one in children if not isinstance(one, query.Not)]
        tree = self._joined(self.tree.children, children, excluded=False)
        return Plan(
            tree, self.words, self.interpretation, self.marks, self.notes, self._suggestion()
        )

    def _children(self, nodes: Sequence[syntax.Node], excluded: bool) -> list[query.Query]:
        return [self._node(node, excluded) for node in nodes if self._counts(node)]

    def _joined(
        self, nodes: Sequence[syntax.Node], children: list[query.Query], excluded: bool
    ) -> query.Query:
        """All of the children; runs of words among them also as what they mean together."""
        counted = [node for node in nodes if self._counts(node)]
        if not self.exact and not excluded:
            children = self._runs(counted, children)
        if not children:
            return query.Every()
        if all(isinstance(one, query.Not) for one in children):
            children = [query.Every(), *children]
        return children[0] if len(children) == 1 else query.And(children)

    def _counts(self, node: syntax.Node) -> bool:
        """Function words count in quotes only, unless there is nothing else."""
        if isinstance(node, syntax.Word) and not self.only_function_words:
            return not is_function_word(node.token.surface)
        return True

    def _node(self, node: syntax.Node, excluded: bool) -> query.Query:
        if isinstance(node, syntax.Not):
            return query.Not(self._node(node.child, excluded=not excluded))
        if isinstance(node, syntax.All):
            return self._joined(node.children, self._children(node.children, excluded), excluded)
        if isinstance(node, syntax.Any):
            return query.Or([self._positive(child, excluded) for child in node.children])
        fields = TEXT_FIELDS if node.field is None else (node.field,)
        if isinstance(node, syntax.Phrase):
            return self._phrase(node, fields, excluded)
        if isinstance(node, syntax.Prefix):
            return self._prefix(node, fields, excluded)
        return self._word(node, fields, excluded)

    def _positive(self, node: syntax.Node, excluded: bool) -> query.Query:
        """An alternative: *inte x* alone is everything without x."""
        one = self._node(node, excluded)
        return query.And([query.Every(), one]) if isinstance(one, query.Not) else one

    def _phrase(self, node: syntax.Phrase, fields: Sequence[str], excluded: bool) -> query.Query:
        surfaces = [token.surface for token in node.tokens]
        term = (
            exact_term(surfaces[0], fields) if len(surfaces) == 1 else phrase_term(surfaces, fields)
        )
        if not excluded:
            for name in fields:
                self.marks[name].phrases.add(tuple(surfaces))
        return self._said(node.text, "phrase", node.field, excluded, WordQuery([term]), ())

    def _prefix(self, node: syntax.Prefix, fields: Sequence[str], excluded: bool) -> query.Query:
        limit = self.limits.prefix_expansions
        found = [self.index.completions(name, node.text, limit) for name in fields]
        words = sorted({word for some, _ in found for word in some})
        if any(more for _, more in found) or len(words) > limit:
            self.notes.append(
                f"Fler än {limit} ord börjar på {node.text}; de första {limit} söktes."
            )
        if not excluded:
            for name in fields:
                self.marks[name].surfaces.update(words[:limit])
        readings_ = [exact_term(word, fields) for word in words[:limit]]
        return self._said(node.text + "*", "prefix", node.field, excluded, WordQuery(readings_), ())

    def _word(self, node: syntax.Word, fields: Sequence[str], excluded: bool) -> query.Query:
        token = node.token
        if self.exact or is_function_word(token.surface):
            queries: list[query.Query] = [exact_term(token.surface, fields)]
            expansions: list[Expansion] = []
            marks = Marks(surfaces={token.surface})
        else:
            read = readings.read(token, fields, self._themes_of, self.index)
            queries, expansions = read.queries, read.expansions
            marks = Marks(stems=set(read.stems))
            if read.corrected and not excluded:
                self.corrections.append((token.text, read.corrected))
        if token.surface[:1].isdigit() and node.field is None:
            queries.append(TermQuery([query.Term(AMOUNT, token.surface)]))
        if not excluded:
            self._mark(fields, marks)
        return self._said(
            token.text, "word", node.field, excluded, WordQuery(queries), tuple(expansions)
        )

    def _themes_of(self, stem: str) -> Sequence[readings.ThemeExpansion]:
        matches = self.themes.find((stem,))
        return [one for match in matches for one in match.expansions]

    def _runs(self, nodes: Sequence[syntax.Node], children: list[query.Query]) -> list[query.Query]:
        """The children, with each run of words that means something together replaced by either."""
        result: list[query.Query] = []
        at = 0
        while at < len(nodes):
            end, together = self._together(nodes, at)
            if together is None:
                result.append(children[at])
                at += 1
            else:
                apart = query.And(children[at:end])
                result.append(query.DisjunctionMax([apart, *together]))
                at = end
        return result

    def _together(
        self, nodes: Sequence[syntax.Node], at: int
    ) -> tuple[int, list[query.Query] | None]:
        """What the words from `at` mean together, and where that run ends."""
        run = _run(nodes, at)
        if len(run) < 2:
            return at, None
        fields = TEXT_FIELDS if run[0].field is None else (run[0].field,)
        for match in self.themes.find([word.token.stem for word in run]):
            if match.start == 0 and match.end > 1:
                words = self._theme_run(run[: match.end], match, fields)
                if words:
                    return at + match.end, words
        joined = self._one_word(run[0].token, run[1].token, fields)
        return (at + 2, [joined]) if joined is not None else (at, None)

    def _theme_run(
        self, run: Sequence[syntax.Word], match: Match, fields: Sequence[str]
    ) -> list[query.Query]:
        read = readings.theme_queries(match.expansions, fields, self.index)
        if not read.queries:
            return []
        self._mark(fields, Marks(stems=set(read.stems)))
        one = WordQuery(read.queries)
        text = " ".join(word.token.text for word in run)
        self._said(text, "word", run[0].field, False, one, tuple(read.expansions))
        return [one]

    def _one_word(self, first: Token, second: Token, fields: Sequence[str]) -> query.Query | None:
        """*gymnasie skolan*: two words that are one word of the index."""
        tokens = analyze(first.surface + second.surface)
        if len(tokens) != 1 or len(first.surface) < 3:
            return None
        term = stem_term(tokens[0].stem, fields, tokens[0].surface)
        if not self.index.matching(term):
            return None
        term.boost = readings.JOINED
        one = WordQuery([term])
        self._mark(fields, Marks(stems={tokens[0].stem}))
        expansions = (Expansion("joined", (tokens[0].surface,)),)
        self._said(f"{first.text} {second.text}", "word", None, False, one, expansions)
        return one

    def _mark(self, fields: Sequence[str], marks: Marks) -> None:
        for name in fields:
            self.marks[name].stems |= marks.stems
            self.marks[name].surfaces |= marks.surfaces

    def _said(
        self,
        text: str,
        kind: Literal["word", "phrase", "prefix"],
        field_: str | None,
        excluded: bool,
        one: WordQuery,
        expansions: tuple[Expansion, ...],
    ) -> WordQuery:
        """Notes what a part of the query was taken to mean."""
        documents = self.index.matching(one)
        self.interpretation.append(
            Interpretation(text, kind, field_, excluded, documents, expansions)
        )
        return one

    def _suggestion(self) -> str | None:
        text = self.text
        for wrong, right in self.corrections:
            text = text.replace(wrong, right)
        return text if self.corrections else None


def _run(nodes: Sequence[syntax.Node], at: int) -> list[syntax.Word]:
    """The words that stand together from `at`, in the same field."""
    run: list[syntax.Word] = []
    for node in nodes[at:]:
        if not isinstance(node, syntax.Word) or (run and node.field != run[0].field):
            break
        run.append(node)
    return run


def _content(node: syntax.Node) -> Iterable[syntax.Node]:
    """The leaves of a tree that are more than a function word."""
    if isinstance(node, syntax.All | syntax.Any):
        for child in node.children:
            yield from _content(child)
    elif isinstance(node, syntax.Not):
        yield from _content(node.child)
    elif not (isinstance(node, syntax.Word) and is_function_word(node.token.surface)):
        yield node
