"""The query as typed -> a tree. Any text can be read: a mark that fits nowhere is ignored.

words      all must match
"..."      these words as written, side by side
-x  INTE x without x
x ELLER y  either
( )        grouping
x*         words that begin with x
titel:x    in that field, see `search.fields`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.swedish import Token, analyze
from search.fields import QUERY_NAMES
from search.request import RequestError, SearchLimits


@dataclass(frozen=True, slots=True)
class Word:
    """One word; ``field`` None means any."""

    token: Token
    field: str | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as written, side by side."""

    text: str
    tokens: tuple[Token, ...]
    field: str | None


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word, in lower case."""

    text: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Not:
    """Decisions that do not match `child`."""

    child: Node


@dataclass(frozen=True, slots=True)
class All:
    """All of the children; without children, everything."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the children."""

    children: tuple[Node, ...]


Node = Word | Phrase | Prefix | Not | All | Any


def parse(text: str, limits: SearchLimits) -> All:
    """The tree of a query; its top joins everything that must match.

    Raises `RequestError` where the text is over one of the limits.
    """
    lexemes = list(_lexemes(text))
    parser = _Parser(lexemes, limits, text)
    node = parser.either(depth=0, field=None)
    while parser.at < len(lexemes):  # an unmatched closing parenthesis
        parser.at += 1
        node = _all([node, parser.either(depth=0, field=None)])
    return node if isinstance(node, All) else All((node,))


def is_plain(text: str) -> bool:
    """Whether a text is words alone, without a mark or a word that means something here."""
    return not {*_QUOTES} & {*text} and all(one.kind == "text" for one in _lexemes(text))


Kind = Literal["text", "phrase", "prefix", "field", "not", "or", "open", "close"]


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: Kind
    text: str


_CURRENCY = frozenset({"kr", "kronor", "sek"})
_QUOTES = '"“”„»«'
# A minus negates only right before a word: *riks-förbund* and *studie- och* keep theirs.
_LEXEME = re.compile(
    rf"""
      (?P<phrase>[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}])
    | (?P<open>\()
    | (?P<close>\))
    | (?P<or>(?:ELLER|OR)(?=[\s(]|$))
    | (?P<not>(?:INTE|NOT)(?=[\s(]|$)|(?<![^\s(:])[-\u2212\u2013](?=[^\s\-]))
    | (?P<field>(?i:{"|".join(QUERY_NAMES)}):(?=\S))
    | (?P<text>[^\s(){_QUOTES}]+)
    | (?P<nothing>\s+|[{_QUOTES}])
    """,
    re.VERBOSE,
)


def _lexemes(text: str) -> Iterator[_Lexeme]:
    """The lexemes; runs of plain words stay together, for `2 540 000`, `studie- och yrkesval`."""
    run: list[str] = []
    for match in _LEXEME.finditer(text.replace("\0", " ")):
        kind, piece = match.lastgroup, match[0]
        if kind == "nothing":
            continue
        is_prefix = kind == "text" and piece.endswith("*") and len(piece.rstrip("*")) > 0
        if kind == "text" and not is_prefix:
            run.append(piece)
            continue
        if run:
            yield _Lexeme("text", " ".join(run))
            run = []
        yield _Lexeme("prefix" if is_prefix else kind, piece)  # type: ignore[arg-type]
    if run:
        yield _Lexeme("text", " ".join(run))


class _Parser:
    """Recursive descent over the lexemes; ``at`` is the next one."""

    def __init__(self, lexemes: list[_Lexeme], limits: SearchLimits, text: str) -> None:
        self.lexemes = lexemes
        self.limits = limits
        self.text = text
        self.at = 0

    def either(self, depth: int, field: str | None) -> Node:
        """Alternatives separated by ELLER."""
        if depth > self.limits.nesting:
            raise RequestError(
                "q", self.text, "deep-nesting", number=depth, limit=self.limits.nesting
            )
        choices = [self._every(depth, field)]
        while self._take("or"):
            choices.append(self._every(depth, field))
        choices = [choice for choice in choices if choice != All(())]
        return choices[0] if len(choices) == 1 else Any(tuple(choices)) if choices else All(())

    def _every(self, depth: int, field: str | None) -> Node:
        """Everything up to an ELLER or a closing parenthesis."""
        nodes: list[Node] = []
        while self.at < len(self.lexemes) and self._peek() not in ("or", "close"):
            nodes.append(self._operand(depth, field))
        return _all(nodes)

    def _operand(self, depth: int, field: str | None) -> Node:
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme.kind == "open":
            node = self.either(depth + 1, field)
            self._take("close")
            return node
        if lexeme.kind in ("field", "not"):
            return self._marked(lexeme, depth, field)
        return self._leaf(lexeme, field)

    def _marked(self, lexeme: _Lexeme, depth: int, field: str | None) -> Node:
        """A mark and what it applies to: the next item, and of a run of words only the first."""
        if self.at == len(self.lexemes) or self._peek() in ("or", "close"):
            return All(())
        rest = self.lexemes[self.at]
        if rest.kind == "text" and " " in rest.text:
            first, _, tail = rest.text.partition(" ")
            self.lexemes[self.at : self.at + 1] = [_Lexeme("text", first), _Lexeme("text", tail)]
        if lexeme.kind == "field":
            return self._operand(depth, QUERY_NAMES[lexeme.text.rstrip(":").lower()])
        child = self._operand(depth, field)
        return All(()) if child == All(()) else Not(child)

    def _leaf(self, lexeme: _Lexeme, field: str | None) -> Node:
        if lexeme.kind == "prefix":
            return self._prefix(lexeme.text, field)
        tokens = analyze(lexeme.text)
        if lexeme.kind == "phrase":
            if len(tokens) > self.limits.phrase_words:
                raise RequestError(
                    "q",
                    self.text,
                    "long-phrase",
                    number=len(tokens),
                    limit=self.limits.phrase_words,
                )
            text = lexeme.text[1:-1].strip()
            return Phrase(text, tuple(tokens), field) if tokens else All(())
        return _all([Word(token, field) for token in _without_currency(tokens)])

    def _prefix(self, text: str, field: str | None) -> Node:
        tokens = analyze(text.rstrip("*"))
        if not tokens:
            return All(())
        *words, last = tokens
        nodes: list[Node] = [Word(word, field) for word in words]
        if len(last.surface) < self.limits.prefix_letters:
            least = self.limits.prefix_letters
            raise RequestError("q", self.text, "short-prefix", least=least)
        return _all([*nodes, Prefix(last.surface, field)])

    def _peek(self) -> Kind:
        return self.lexemes[self.at].kind

    def _take(self, kind: Kind) -> bool:
        taken = self.at < len(self.lexemes) and self._peek() == kind
        self.at += taken
        return taken


def _all(nodes: list[Node]) -> Node:
    """The nodes joined; children that are already joined are not nested."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.children if isinstance(node, All) else [node])
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def _without_currency(tokens: Sequence[Token]) -> Iterator[Token]:
    """The words, without what a sum is in: amounts are found by their digits, `798 582 kr`."""
    before = ""
    for token in tokens:
        if not (before[:1].isdigit() and token.surface in _CURRENCY):
            yield token
        before = token.surface
