"""The query as typed -> a Whoosh query of words with all their readings, and how to explain it.

`readings` proposes what a single word may mean. This module adds runs of words: those in the theme
file (*artificiell intelligens*), and those that may be one word (*gymnasie skolan*).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Literal

from whoosh import query

from index.storage.schema import AMOUNT, TEXT_FIELDS
from index.swedish import ASKING, Token, analyze, is_function_word, is_low_content
from search import readings, syntax
from search.deadline import NEVER, Deadline
from search.engine import Engine
from search.marks import Marks
from search.nodes import NearQuery, TermQuery, WordQuery, exact_term, phrase_term
from search.readings import WordReading
from search.request import Message, SearchLimits
from search.result import Expansion, ExpansionKind, Interpretation
from search.themes import ThemeExpansion, Themes


@dataclass(slots=True)
class Plan:
    """A query ready to run.

    ``words`` are its positive parts one by one, guesses included, for partial matches;
    ``suggestion`` is the query with its misspelled words corrected.
    """

    tree: query.Query
    words: list[query.Query]
    interpretation: list[Interpretation]
    marks: dict[str, Marks]
    notes: list[Message]
    suggestion: str | None


def expand(
    text: str,
    engine: Engine,
    themes: Themes,
    limits: SearchLimits,
    exact: bool,
    deadline: Deadline = NEVER,
) -> Plan:
    """The plan for a query; with `exact` every word means itself as written.

    Raises `RequestError` where the text is over one of the limits.
    """
    return _Planner(text, engine, themes, limits, exact, deadline).plan()


@dataclass(slots=True)
class _Leaf:
    """A word, phrase or prefix of the query, or a run of words that mean something together, with
    all its readings. Once the engine has been asked, ``tree`` holds those that match anything, and
    ``guess`` what may be meant if nothing does."""

    text: str
    kind: Literal["word", "phrase", "prefix"]
    field: str | None
    readings: list[WordReading]
    token: Token | None = None  # of a word whose inflections, compounds and slips count
    marks: Marks = dataclass_field(default_factory=Marks)
    tree: WordQuery = dataclass_field(default_factory=lambda: WordQuery([]))
    guess: WordQuery | None = None
    documents: int = 0
    expansions: list[Expansion] = dataclass_field(default_factory=list)
    corrected: str | None = None
    words: int = 1  # of the query

    @property
    def fields(self) -> Sequence[str]:
        """The fields that are searched."""
        return TEXT_FIELDS if self.field is None else (self.field,)


class _Planner:
    """Reads the text, proposes what each part may mean, asks the engine once about all proposals
    and once more about guesses for words without matches, and builds the tree of what is left."""

    def __init__(
        self,
        text: str,
        engine: Engine,
        themes: Themes,
        limits: SearchLimits,
        exact: bool,
        deadline: Deadline,
    ) -> None:
        self.text = text
        self.engine = engine
        self.themes = themes
        self.limits = limits
        self.exact = exact
        self.deadline = deadline
        self.notes: list[Message] = []
        self.tree = self._parsed()
        self.leaves: dict[int, _Leaf] = {}  # by id: equal nodes may stand twice
        self.runs: dict[int, list[_Leaf]] = {}  # by id of its first node
        self.rows: list[list[syntax.Node]] = []  # where there may be runs
        self.interpretation: list[Interpretation] = []
        self.marks = {name: Marks() for name in TEXT_FIELDS}
        self.corrections: list[tuple[str, str]] = []
        self.passed_over = self._without_content()

    def plan(self) -> Plan:
        """Plans the whole tree."""
        self._propose(self.tree, excluded=False)
        self._ask()
        children = self._children(self.tree.children, excluded=False)
        words = self._partial_words(children)
        tree = self._joined(self.tree.children, children, excluded=False)
        return Plan(tree, words, self.interpretation, self.marks, self.notes, self._suggestion())

    def _parsed(self) -> syntax.All:
        """The tree of the text, or of its most telling words if it is too long."""
        longest, most = self.limits.query_characters, self.limits.query_words
        if len(self.text) <= longest:
            tree = syntax.parse(self.text, self.limits)
            if sum(map(_length, _leaves(tree))) <= most:
                return tree
        told = self._most_telling(most)
        words = tuple(token.text for token in told)
        self.notes.append(Message.of("most-telling-words", most=most, longest=longest, words=words))
        return syntax.All(tuple(syntax.Word(token, None) for token in told))

    def _most_telling(self, most: int) -> list[Token]:
        """Of the words of the text those in the fewest decisions, in the order of the text."""
        words = {token.surface: token for token in reversed(analyze(self.text))}
        counts = {}
        for surface in words:
            self.deadline.check()
            if not is_low_content(surface) and (count := self.engine.vocabulary.count(surface)):
                counts[surface] = count
        told = set(sorted(counts, key=lambda surface: counts[surface])[:most])
        return [words[surface] for surface in reversed(words) if surface in told]

    def _without_content(self) -> frozenset[str]:
        """The words that need not match: function words, and in a sentence those that say nothing
        of its topic (*Vilka projekt handlar om psykisk hälsa?*); none if there is nothing else."""
        leaves = [*_leaves(self.tree)]
        plain = [leaf.token.surface for leaf in leaves if isinstance(leaf, syntax.Word)]
        without = frozenset(filter(is_function_word, plain))
        if not self.exact and (self.text.rstrip().endswith("?") or ASKING.intersection(plain)):
            low = frozenset(filter(is_low_content, plain))
            said = [word for word in dict.fromkeys(plain) if word in low - without]
            if said and (len(plain) < len(leaves) or low != frozenset(plain)):
                self.notes.append(Message.of("words-without-content", words=tuple(said)))
                return without | low
        return without if len(plain) < len(leaves) or without != frozenset(plain) else frozenset()

    def _propose(self, node: syntax.Node, excluded: bool) -> None:
        """Makes the leaves of a tree, in reading order."""
        self.deadline.check()
        if isinstance(node, syntax.Not):
            self._propose(node.child, not excluded)
        elif isinstance(node, syntax.All | syntax.Any):
            counted = [child for child in node.children if self._counts(child)]
            for child in node.children if isinstance(node, syntax.Any) else counted:
                self._propose(child, excluded)
            if isinstance(node, syntax.All) and not self.exact and not excluded:
                self.rows.append(counted)
        elif isinstance(node, syntax.Phrase):
            self.leaves[id(node)] = self._phrase(node)
        elif isinstance(node, syntax.Prefix):
            self.leaves[id(node)] = self._prefix(node)
        else:
            self.leaves[id(node)] = self._word(node)

    def _ask(self) -> None:
        """Asks the engine what matches, twice at most."""
        self._match([*self.leaves.values(), *self._new_runs()])
        lost = []
        for leaf in self.leaves.values():
            self.deadline.check()
            if leaf.token and not leaf.documents:
                more = readings.put_right(
                    leaf.token, leaf.fields, self.engine.vocabulary, self._themes_of
                )
                more += readings.head(leaf.token, leaf.fields)
                leaf.readings += more
                lost += [leaf] if more else []
        if lost:
            self._match([*lost, *self._new_runs()])

    def _match(self, leaves: Sequence[_Leaf]) -> None:
        """Keeps the readings that match anything, in one question to the engine."""
        trees: list[query.Query] = []
        for leaf in leaves:
            trees += [reading.tree for reading in leaf.readings]
            trees.append(WordQuery([one.tree for one in leaf.readings if not one.guess]))
        counts = iter(self.engine.matching(trees, self.deadline))
        for leaf in leaves:
            found = [(one, count) for one in leaf.readings if (count := next(counts))]
            matched = [reading for reading, _ in found]
            leaf.documents = next(counts)
            kept = [reading for reading in matched if not reading.guess]
            leaf.tree = WordQuery([reading.tree for reading in kept or leaf.readings[:1]])
            leaf.tree.documents = leaf.documents
            if matched and not kept:
                leaf.guess = WordQuery([matched[0].tree])
                leaf.guess.documents = found[0][1]
            self._say(leaf, kept or matched)

    def _say(self, leaf: _Leaf, matched: Sequence[WordReading]) -> None:
        """Notes what a leaf was taken to mean, what it marks, and which word was meant."""
        said: list[Expansion | None] = []
        for reading in matched:
            self.deadline.check()
            said.append(reading.expansion)
            if leaf.token and (token := _written(reading, leaf)):
                said += readings.forms(token, self.engine.vocabulary)
        leaf.expansions = _merged(said)
        if not leaf.marks.surfaces and not leaf.marks.phrases:
            own = leaf.readings[:1] if leaf.token else []
            leaf.marks = _marks([*own, *matched])
        first = matched[0].expansion if matched else None
        leaf.corrected = first.words[0] if first and first.kind in readings.CORRECTED else None

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
        return not isinstance(node, syntax.Word) or node.token.surface not in self.passed_over

    def _partial_words(self, children: Sequence[query.Query]) -> list[query.Query]:
        """What may match by itself: words with content, guesses included, and runs of words."""
        words = []
        counted = [node for node in self.tree.children if self._counts(node)]
        for node, child in zip(counted, children, strict=True):
            leaf = self.leaves.get(id(node))
            if leaf and leaf.guess:
                words.append(leaf.guess)
            elif not isinstance(child, query.Not) and not _says_nothing(node):
                words.append(child)
            words += [run.tree for run in self.runs.get(id(node), []) if run.documents]
        return words

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
        words, is_cut = self.engine.completions(leaf.fields, node.text, limit, self.deadline)
        if is_cut:
            self.notes.append(Message.of("many-completions", limit=limit, prefix=node.text))
        leaf.marks.surfaces.update(words)
        terms = [exact_term(word, leaf.fields) for word in words]
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
            vocabulary = self.engine.vocabulary
            leaf.readings = [
                *readings.certain(token, leaf.fields, self._themes_of),
                *readings.with_dots(token, leaf.fields, vocabulary, self._themes_of),
            ]
        if token.surface[:1].isdigit() and node.field is None:
            amount = TermQuery([query.Term(AMOUNT, token.surface)])
            leaf.readings.append(WordReading(amount, None, ()))
        return leaf

    def _themes_of(self, stem: str) -> Sequence[ThemeExpansion]:
        matches = self.themes.find((stem,))
        return [expansion for match in matches for expansion in match.expansions]

    def _new_runs(self) -> list[_Leaf]:
        """What the words from each position may mean together, as typed and as put right; only what
        was not proposed before."""
        new = []
        for row in self.rows:
            for at, node in enumerate(row):
                self.deadline.check()
                run = _run(row, at)
                known = self.runs.setdefault(id(node), [])
                for tokens in {tuple(map(self._typed, run)): 0, tuple(map(self._meant, run)): 0}:
                    for leaf in self._meanings(run, tokens):
                        if all(leaf.readings[0].stems != one.readings[0].stems for one in known):
                            known.append(leaf)
                            new.append(leaf)
        return new

    @staticmethod
    def _typed(word: syntax.Word) -> Token:
        return word.token

    def _meant(self, word: syntax.Word) -> Token:
        """The word as it should be written, if it may have been written otherwise."""
        written = (_written(one, self.leaves[id(word)]) for one in self.leaves[id(word)].readings)
        return [word.token, *filter(None, written)][-1]

    def _meanings(self, run: Sequence[syntax.Word], tokens: Sequence[Token]) -> Iterator[_Leaf]:
        """The meanings of a run of words from its first word, best first."""
        if len(run) < 2:
            return
        for match in self.themes.find([token.stem for token in tokens]):
            if match.start == 0 and match.end > 1:
                text = " ".join(word.token.text for word in run[: match.end])
                leaf = _Leaf(text, "word", run[0].field, [], words=match.end)
                leaf.readings = readings.of_themes(match.expansions, leaf.fields)
                yield leaf
        first, second = tokens[:2]
        joined = analyze(first.surface + second.surface)  # *gymnasie skolan*
        if len(joined) == 1 and len(first.surface) >= 3:
            leaf = _Leaf(
                f"{run[0].token.text} {run[1].token.text}", "word", run[0].field, [], words=2
            )
            leaf.readings = [readings.joined(joined[0].surface, joined[0].stem, leaf.fields)]
            yield leaf

    def _with_runs(
        self, nodes: Sequence[syntax.Node], children: list[query.Query]
    ) -> list[query.Query]:
        """The children, with each run of words that means something together replaced by either."""
        result: list[query.Query] = []
        at = 0
        while at < len(nodes):
            leaf = next((leaf for leaf in self.runs.get(id(nodes[at]), []) if leaf.documents), None)
            length = leaf.words if leaf else 1
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
                self.marks[name].add(leaf.marks)
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


def _written(reading: WordReading, leaf: _Leaf) -> Token | None:
    """The word that a reading is, if it is one: the leaf's own, or as it should be written."""
    if reading is leaf.readings[0]:
        return leaf.token
    expansion = reading.expansion
    if expansion and expansion.kind in readings.WRITTEN_OTHERWISE:
        return analyze(expansion.words[0])[0]
    return None


def _marks(matched: Iterable[WordReading]) -> Marks:
    """What readings mark: of what only matches together, what stands together."""
    marks = Marks()
    for reading in matched:
        if isinstance(reading.tree, NearQuery):
            marks.together.add(tuple(map(frozenset, reading.tree.stems)))
        else:
            marks.stems.update(reading.stems)
    return marks


def _merged(said: Iterable[Expansion | None]) -> list[Expansion]:
    """One entry a kind, with the words of all."""
    by_kind: dict[ExpansionKind, Expansion] = {}
    for one in said:
        if one is not None:
            known = by_kind.get(one.kind, Expansion(one.kind, (), 0))
            words = tuple(dict.fromkeys((*known.words, *one.words)))
            by_kind[one.kind] = Expansion(one.kind, words, known.total + one.total)
    return [*by_kind.values()]


def _run(nodes: Sequence[syntax.Node], at: int) -> list[syntax.Word]:
    """The words in a row from `at`, all in the same field."""
    run: list[syntax.Word] = []
    for node in nodes[at:]:
        if not isinstance(node, syntax.Word) or (run and node.field != run[0].field):
            break
        run.append(node)
    return run


def _leaves(node: syntax.Node) -> Iterator[syntax.Word | syntax.Phrase | syntax.Prefix]:
    """The words, phrases and prefixes of a tree."""
    if isinstance(node, syntax.All | syntax.Any):
        for child in node.children:
            yield from _leaves(child)
    elif isinstance(node, syntax.Not):
        yield from _leaves(node.child)
    else:
        yield node


def _length(leaf: syntax.Word | syntax.Phrase | syntax.Prefix) -> int:
    """In words."""
    return len(leaf.tokens) if isinstance(leaf, syntax.Phrase) else 1


def _says_nothing(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Word) and is_low_content(node.token.surface)
