"""What in a theme file probably says something other than was meant?

The file is valid; nothing here refuses it. Terms are compared by their stems, as searches do.

| kind     | example                     | what is remarked                                  |
|----------|-----------------------------|---------------------------------------------------|
| OVERLAP  | ``a ~ b`` and ``b ~ c``     | *a* and *c* look equal and do not find each other |
| REPEATED | ``a ~ b`` and ``a > b, c``  | one line says what another says already           |
| MUTUAL   | ``a > b`` and ``b > a``     | together they say ``a ~ b``                       |
| UNKNOWN  | ``föskola ~ dagis``         | a word that the dictionary lacks: a slip?         |
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from search.staff_file import FileProblem as ThemesProblem
from search.staff_file import quote
from search.themes import EQUAL, WIDER, Stems, ThemeGroup

OVERLAP = "Ord i flera grupper med ~"
REPEATED = "Sagt mer än en gång"
MUTUAL = "Åt båda håll med >"
UNKNOWN = "Ord som ordlistan saknar"

IsKnown = Callable[[str], bool]
"""Whether a word as written is in the dictionary, or made of words that are."""


class _Term(NamedTuple):
    phrase: str
    stems: Stems


class _Group(NamedTuple):
    """A group with the stems of its terms."""

    line: int
    equal: bool
    terms: list[_Term]

    @property
    def sign(self) -> str:
        return EQUAL if self.equal else WIDER

    def pairs(self) -> Iterator[tuple[_Term, _Term]]:
        """(from, to) for every term that finds another."""
        sources = self.terms if self.equal else self.terms[:1]
        return ((a, b) for a in sources for b in self.terms if a.stems != b.stems)


def remarks(
    groups: Sequence[ThemeGroup], stems: Callable[[str], Stems], is_known: IsKnown
) -> list[ThemesProblem]:
    """All remarks on the groups of a file, by kind and line; `stems` as in `themes.Analysis`."""
    stemmed = [
        _Group(group.line, group.equal, [_Term(term, stems(term)) for term in group.terms])
        for group in groups
    ]
    said = _said(stemmed)
    kinds = (_overlaps(stemmed), _repeated(said), _mutual(said), _unknown(groups, is_known))
    return [one for kind in kinds for one in sorted(kind, key=lambda one: one.line)]


def _overlaps(groups: Iterable[_Group]) -> Iterator[ThemesProblem]:
    sets = {group.line: _stems(group) for group in groups if group.equal}
    lines_of: dict[Stems, dict[int, str]] = {}
    for group in groups:
        for term in group.terms if group.equal else ():
            lines_of.setdefault(term.stems, {})[group.line] = term.phrase
    for lines in lines_of.values():
        apart = [line for line in lines if not any(sets[line] < sets[other] for other in lines)]
        *others, last = apart
        if any(sets[line] != sets[last] for line in others):
            yield ThemesProblem(
                last,
                f"{quote(lines[last])} står också i gruppen på {_rows(others)}; "
                "grupperna hittar inte varandras övriga ord.",
                "Slå ihop dem om alla orden betyder samma sak; annars är allt som det ska.",
                OVERLAP,
            )


class _Pair(NamedTuple):
    """A term that finds another, as one line says it."""

    group: _Group
    source: _Term
    target: _Term

    @property
    def text(self) -> str:
        return quote(f"{self.source.phrase} {self.group.sign} {self.target.phrase}")


_Said = dict[tuple[Stems, Stems], list[_Pair]]
"""By the stems of both terms, in line order. Of an equal group, each pair is there both ways."""


def _said(groups: Iterable[_Group]) -> _Said:
    said: _Said = {}
    for group in groups:
        for source, target in group.pairs():
            pairs = said.setdefault((source.stems, target.stems), [])
            if not pairs or pairs[-1].group is not group:
                pairs.append(_Pair(group, source, target))
    return said


def _repeated(said: _Said) -> Iterator[ThemesProblem]:
    for (source, target), pairs in said.items():
        widening = [pair for pair in pairs if not pair.group.equal]
        equal = [pair for pair in pairs if pair.group.equal]
        if equal:
            yield from (_covered(pair, equal[0].group) for pair in widening)
        else:
            yield from (_again(pair, pairs[0].group) for pair in widening[1:])
        if source < target:  # an equal pair is there both ways, and told once
            yield from (_again(pair, equal[0].group) for pair in equal[1:])


def _covered(pair: _Pair, equal: _Group) -> ThemesProblem:
    message = f"{pair.text} behövs inte: orden står redan med ~ på rad {equal.line}."
    remedy = f"Ta bort {quote(pair.target.phrase)} från raden."
    return ThemesProblem(pair.group.line, message, remedy, REPEATED)


def _again(pair: _Pair, first: _Group) -> ThemesProblem:
    message = f"{pair.text} sägs redan på rad {first.line}."
    remedy = f"Ta bort {quote(pair.target.phrase)} från den ena raden."
    return ThemesProblem(pair.group.line, message, remedy, REPEATED)


def _mutual(said: _Said) -> Iterator[ThemesProblem]:
    for (source, target), pairs in said.items():
        back = said.get((target, source), [])
        if source < target and back and not any(pair.group.equal for pair in (*pairs, *back)):
            first, last = sorted((pairs[0], back[0]), key=lambda pair: pair.group.line)
            yield ThemesProblem(
                last.group.line,
                f"{last.text} här och {first.text} på rad {first.group.line} gör orden lika.",
                f"Skriv {quote(f'{first.source.phrase} ~ {first.target.phrase}')} på en rad och "
                "ta bort båda, eller behåll bara den ena.",
                MUTUAL,
            )


def _unknown(groups: Iterable[ThemeGroup], is_known: IsKnown) -> Iterator[ThemesProblem]:
    told: set[str] = set()
    for group in groups:
        for word in (word for term in group.terms for word in term.split()):
            if word.casefold() in told or _is_right(word, is_known):
                continue
            told.add(word.casefold())
            yield ThemesProblem(
                group.line,
                f"{quote(word)} finns inte i ordlistan.",
                "Se efter att det är rätt stavat; namn och nya ord får stå kvar.",
                UNKNOWN,
            )


def _is_right(word: str, is_known: IsKnown) -> bool:
    """Whether nothing is to be said about a word. Abbreviations in capitals (*AI-stöd*) cannot be
    looked up, nor what a hyphen leaves open (*hälso-*)."""
    pieces = filter(None, word.split("-"))
    return word.endswith("-") or all(piece.isupper() or is_known(piece) for piece in pieces)


def _stems(group: _Group) -> frozenset[Stems]:
    return frozenset(term.stems for term in group.terms)


def _rows(lines: Sequence[int]) -> str:
    """*rad 3*, or *rad 3, 7 och 9*."""
    *rest, last = map(str, lines)
    return f"rad {', '.join(rest)} och {last}" if rest else f"rad {last}"
