"""The query as typed -> a Whoosh query of words with all their readings, and how to explain it.

`readings` proposes what a single word may mean. This module adds runs of words: those in the theme
file (*artificiell intelligens*), and those that may be one word (*gymnasie skolan*).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Literal

from whoosh import query

from index.storage.schema import AMOUNT, TEXT_FIELDS
from index.swedish import Token, analyze, is_function_word
from search import readings, syntax
from search.engine import Engine
from search.nodes import TermQuery, WordQuery, exact_term, phrase_term
from search.readings import WordReading
from search.request import SearchLimits
from search.result import Expansion, Interpretation
from search.themes import ThemeExpansion, Themes


@dataclass(slots=True)
class Marks:
    """What to mark in one field: stems, words as written, and phrases of words as written.

    ``carriers`` are all words of the index that have one of the stems, or have it as a part, if
    known: no others need to be analysed.
    """

    stems: set[str] = dataclass_field(default_factory=set)
    surfaces: set[str] = dataclass_field(default_factory=set)
    phrases: set[tuple[str, ...]] = dataclass_field(default_factory=set)
    carriers: frozenset[str] | None = None
    known: dict[str, tuple[tuple[int, int, str], ...]] = dataclass_field(default_factory=dict)
    """Cache for `snippets`: what to mark in each word. The other fields must not change by then."""


@dataclass(slots=True)
class Plan:
    """A query ready to run.

    ``words`` are its positive parts one by one, for partial matches; ``suggestion`` is the query
    with its misspelled words corrected.
    """

    tree: query.Query
    words: list[query.Query]
    interpretation: list[Interpretation]
    marks: dict[str, Marks]
    notes: list[str]
    suggestion: str | None


def expand(text: str, engine: Engine, themes: Themes, limits: SearchLimits, exact: bool) -> Plan:
    """The plan for a query; with `exact` every word means itself as written.

    Raises `RequestError` where the text is over one of the limits.
    """
    return _Planner(text, engine, themes, limits, exact).plan()


@dataclass(slots=True)
class _Leaf:
    """A word, phrase or prefix of the query, or a run of words that mean something together, with
    all its readings; ``tree`` holds those that match anything, once the engine has been asked."""

    text: str
    kind: Literal["word", "phrase", "prefix"]
    field: str | None
    readings: list[WordReading]
    token: Token | None = None  # of a word whose inflections, compounds and slips count
    marks: Marks = dataclass_field(default_factory=Marks)
    tree: WordQuery = dataclass_field(default_factory=lambda: WordQuery([]))
    documents: int = 0
    expansions: list[Expansion] = dataclass_field(default_factory=list)
    corrected: str | None = None

    @property
    def fields(self) -> Sequence[str]:
        """The fields that are searched."""
        return TEXT_FIELDS if self.field is None else (self.field,)


class _Planner:
    """Reads the text, proposes what each part may mean, asks the engine once about all proposals
    and once more about guesses for words without matches, and builds the tree of what is left."""

    def __init__(
        self, text: str, engine: Engine, themes: Themes, limits: SearchLimits, exact: bool
    ) -> None:
        self.text = text
        self.engine = engine
        self.themes = themes
        self.limits = limits
        self.exact = exact
        self.tree = syntax.parse(text, limits)
        self.leaves: dict[int, _Leaf] = {}  # by id: equal nodes may stand twice
        self.runs: dict[int, list[tuple[int, _Leaf]]] = {}  # by id of its first node: length, run
        self.interpretation: list[Interpretation] = []
        self.marks = {name: Marks() for name in TEXT_FIELDS}
        self.notes: list[str] = []
        self.corrections: list[tuple[str, str]] = []
        self.only_function_words = not any(True for _ in _content(self.tree))

    def plan(self) -> Plan:
        """Plans the whole tree."""
        self._propose(self.tree, excluded=False)
        self._ask()
        children = self._children(self.tree.children, excluded=False)
        words = [child for child in children if not isinstance(child, query.Not)]
        tree = self._joined(self.tree.children, children, excluded=False)
        return Plan(tree, words, self.interpretation, self.marks, self.notes, self._suggestion())

    def _propose(self, node: syntax.Node, excluded: bool) -> None:
        """Makes the leaves of a tree, in reading order."""
        if isinstance(node, syntax.Not):
            self._propose(node.child, not excluded)
        elif isinstance(node, syntax.All | syntax.Any):
            counted = [child for child in node.children if self._counts(child)]
            for child in node.children if isinstance(node, syntax.Any) else counted:
                self._propose(child, excluded)
            if isinstance(node, syntax.All) and not self.exact and not excluded:
                self._propose_runs(counted)
        elif isinstance(node, syntax.Phrase):
            self.leaves[id(node)] = self._phrase(node)
        elif isinstance(node, syntax.Prefix):
            self.leaves[id(node)] = self._prefix(node)
        else:
            self.leaves[id(node)] = self._word(node)

    def _ask(self) -> None:
        """Asks the engine what matches, twice at most."""
        runs = [leaf for some in self.runs.values() for _, leaf in some]
        self._match([*self.leaves.values(), *runs])
        lost = []
        for leaf in self.leaves.values():
            if leaf.token is None:
                continue
            if leaf.documents:
                if self._has_own(leaf):
                    leaf.expansions[:0] = readings.forms(leaf.token, self.engine.vocabulary)
                continue
            guesses, leaf.corrected = readings.guessed(
                leaf.token, leaf.fields, self.engine.vocabulary
            )
            leaf.readings += guesses
            lost += [leaf] if guesses else []
        if lost:
            self._match(lost)

    def _has_own(self, leaf: _Leaf) -> bool:
        # `_match` keeps the order, so the word itself matched if it still comes first.
        return leaf.tree.subqueries[0] is leaf.readings[0].tree

    def _match(self, leaves: Sequence[_Leaf]) -> None:
        """Keeps the readings that match anything, in one question to the engine."""
        trees: list[query.Query] = []
        for leaf in leaves:
            leaf.tree = WordQuery([reading.tree for reading in leaf.readings])
            trees += [*leaf.tree.subqueries, leaf.tree]
        counts = iter(self.engine.matching(trees))
        for leaf in leaves:
            kept = [reading for reading in leaf.readings if next(counts)]
            leaf.documents = next(counts)
            leaf.tree = WordQuery([reading.tree for reading in kept or leaf.readings[:1]])
            leaf.expansions = [reading.expansion for reading in kept if reading.expansion]
            if not leaf.marks.surfaces and not leaf.marks.phrases:
                stems = {stem for reading in kept for stem in reading.stems}
                leaf.marks = Marks(stems=stems | set(leaf.readings[0].stems if leaf.token else ()))

    def _children(self, nodes: Sequence[syntax.Node], excluded: bool) -> list[query.Query]:
        return [self._node(node, excluded) for node in nodes if self._counts(node)]

    def _joined(
        self, nodes: Sequence[syntax.Node], children: list[query.Query], excluded: bool
    ) -> query.Query:
        """All of the children, with runs of words also as what they mean together."""
        counted = [node for node in nodes if self._counts(node)]
        if not self.exact and not excluded:
            children = self._with_runs(counted, children)
        if not children:
            return query.Every()
        if all(isinstance(child, query.Not) for child in children):
            children = [query.Every(), *children]
        return children[0] if len(children) == 1 else query.And(children)

    def _counts(self, node: syntax.Node) -> bool:
        """Function words count only in quotes, unless there is nothing else."""
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
        leaf = self.leaves[id(node)]
        if leaf.corrected and not excluded:
            self.corrections.append((leaf.text, leaf.corrected))
        return self._said(leaf, excluded)

    def _positive(self, node: syntax.Node, excluded: bool) -> query.Query:
        """An alternative: *inte x* alone is everything without x."""
        child = self._node(node, excluded)
        return query.And([query.Every(), child]) if isinstance(child, query.Not) else child

    def _phrase(self, node: syntax.Phrase) -> _Leaf:
        surfaces = [token.surface for token in node.tokens]
        leaf = _Leaf(node.text, "phrase", node.field, [])
        single = exact_term(surfaces[0], leaf.fields) if len(surfaces) == 1 else None
        leaf.readings = [WordReading(single or phrase_term(surfaces, leaf.fields), None, ())]
        leaf.marks.phrases.add(tuple(surfaces))
        return leaf

    def _prefix(self, node: syntax.Prefix) -> _Leaf:
        leaf = _Leaf(f"{node.text}*", "prefix", node.field, [])
        limit = self.limits.prefix_expansions
        completions = [self.engine.completions(name, node.text, limit) for name in leaf.fields]
        words = sorted({word for some, _ in completions for word in some})
        if any(more for _, more in completions) or len(words) > limit:
            self.notes.append(
                f"Fler än {limit} ord börjar på {node.text}; de första {limit} söktes."
            )
        leaf.marks.surfaces.update(words[:limit])
        terms = [exact_term(word, leaf.fields) for word in words[:limit]]
        leaf.readings = [WordReading(query.DisjunctionMax(terms), None, ())]
        return leaf

    def _word(self, node: syntax.Word) -> _Leaf:
        token = node.token
        leaf = _Leaf(token.text, "word", node.field, [])
        if self.exact or is_function_word(token.surface):
            leaf.readings = [WordReading(exact_term(token.surface, leaf.fields), None, ())]
            leaf.marks.surfaces.add(token.surface)
        else:
            leaf.token = token
            leaf.readings = readings.certain(token, leaf.fields, self._themes_of)
        if token.surface[:1].isdigit() and node.field is None:
            amount = TermQuery([query.Term(AMOUNT, token.surface)])
            leaf.readings.append(WordReading(amount, None, ()))
        return leaf

    def _themes_of(self, stem: str) -> Sequence[ThemeExpansion]:
        matches = self.themes.find((stem,))
        return [expansion for match in matches for expansion in match.expansions]

    def _propose_runs(self, nodes: Sequence[syntax.Node]) -> None:
        """What the words from each position may mean together, best first."""
        for at, node in enumerate(nodes):
            run = _run(nodes, at)
            if len(run) < 2:
                continue
            proposed = []
            for match in self.themes.find([word.token.stem for word in run]):
                if match.start == 0 and match.end > 1:
                    text = " ".join(word.token.text for word in run[: match.end])
                    leaf = _Leaf(text, "word", run[0].field, [])
                    leaf.readings = readings.of_themes(match.expansions, leaf.fields)
                    proposed.append((match.end, leaf))
            first, second = run[0].token, run[1].token
            tokens = analyze(first.surface + second.surface)  # *gymnasie skolan*
            if len(tokens) == 1 and len(first.surface) >= 3:
                leaf = _Leaf(f"{first.text} {second.text}", "word", run[0].field, [])
                leaf.readings = [readings.joined(tokens[0].surface, tokens[0].stem, leaf.fields)]
                proposed.append((2, leaf))
            self.runs[id(node)] = proposed

    def _with_runs(
        self, nodes: Sequence[syntax.Node], children: list[query.Query]
    ) -> list[query.Query]:
        """The children, with each run of words that means something together replaced by either."""
        result: list[query.Query] = []
        at = 0
        while at < len(nodes):
            proposed = self.runs.get(id(nodes[at]), [])
            length, leaf = next(((n, leaf) for n, leaf in proposed if leaf.documents), (1, None))
            if leaf is None:
                result.append(children[at])
            else:
                each = query.And(children[at : at + length])
                result.append(query.DisjunctionMax([each, self._said(leaf, excluded=False)]))
            at += length
        return result

    def _said(self, leaf: _Leaf, excluded: bool) -> WordQuery:
        """Records what a part of the query was taken to mean, and what to mark for it."""
        if not excluded:
            for name in leaf.fields:
                self.marks[name].stems |= leaf.marks.stems
                self.marks[name].surfaces |= leaf.marks.surfaces
                self.marks[name].phrases |= leaf.marks.phrases
        self.interpretation.append(
            Interpretation(
                leaf.text, leaf.kind, leaf.field, excluded, leaf.documents, tuple(leaf.expansions)
            )
        )
        return leaf.tree

    def _suggestion(self) -> str | None:
        text = self.text
        for wrong, right in self.corrections:
            text = text.replace(wrong, right)
        return text if self.corrections else None


def _run(nodes: Sequence[syntax.Node], at: int) -> list[syntax.Word]:
    """The words in a row from `at`, all in the same field."""
    run: list[syntax.Word] = []
    for node in nodes[at:]:
        if not isinstance(node, syntax.Word) or (run and node.field != run[0].field):
            break
        run.append(node)
    return run


def _content(node: syntax.Node) -> Iterable[syntax.Node]:
    """The leaves of a tree that are not function words."""
    if isinstance(node, syntax.All | syntax.Any):
        for child in node.children:
            yield from _content(child)
    elif isinstance(node, syntax.Not):
        yield from _content(node.child)
    elif not (isinstance(node, syntax.Word) and is_function_word(node.token.surface)):
        yield node
