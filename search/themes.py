"""Which other words mean the same? The theme file, edited by staff, says so.

A line of the file is one group of terms; a term is one word or several::

    # Hälsa                                    a comment, to the end of the line
    suicid ~ självmord                         equal: each finds the other
    AI ~ artificiell intelligens               so do words and abbreviations
    funktionsnedsättning > autism, synskada    widening: the first finds the rest,
                                               the rest do not find the first

Terms meet a query by their stems, so inflected forms need no line of their own. Equality
holds within a line only: ``a ~ b`` and ``b ~ c`` do not make *a* and *c* equal, because one
careless line would otherwise melt half the file into one group.

To stem thousands of terms takes a second, so a file is read without: a term is stemmed when a query
has a word that begins as it does.

The module knows no Swedish: what analyses a text is a parameter, `Analysis`.

Errors::

    ThemesError(ValueError)    the text breaks the rules; ``problems`` holds every breach
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from search.staff_file import FileError as ThemesError
from search.staff_file import FileProblem as ThemesProblem
from search.staff_file import StaffFile, contents, quote

MAX_GROUPS = 10_000
"""Most lines with content in one file."""
MAX_WORDS = 8
"""Most words in one term; as many as a phrase of a query may have."""

EQUAL, WIDER = "~", ">"
_BEGINNING = 2  # letters

Stems = tuple[str, ...]


class Analysis(NamedTuple):
    """What the words of a text are. Function words count as nothing."""

    stems: Callable[[str], Stems]
    """The stems of the words."""
    beginning: Callable[[str], str]
    """The first two letters of the first stem, found out faster."""
    initial: Callable[[str], str]
    """The first letter of the first stem, found out at once; empty where there are no words."""


@dataclass(frozen=True, slots=True)
class ThemeExpansion:
    """One other way to say a word or a run of words of the query."""

    phrase: str
    """As written in the theme file, e.g. *artificiell intelligens*."""
    stems: tuple[str, ...]
    """Its analysed stems, function words left out; never empty."""
    equal: bool
    """True for ``~``, False for ``>``."""
    line: int
    """Where the file says so, from 1."""


@dataclass(frozen=True, slots=True)
class Match:
    """A term of the theme file found in a query, with what it expands to."""

    start: int
    end: int
    """Range of the query's stems that the term covers; ``end`` is exclusive."""
    expansions: tuple[ThemeExpansion, ...]
    """Never empty; the equal ones first, then in the order of the file."""


class ThemeGroup(NamedTuple):
    """A line of the file. Of a widening the first term is the one that is widened."""

    line: int
    equal: bool
    terms: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The terms that find the others."""
        return self.terms if self.equal else self.terms[:1]


class Themes:
    """The groups of one theme file. Threads may share it: what is looked up is remembered, and
    comes out the same whoever does it first."""

    __slots__ = ("_analysis", "_found", "_sources", "digest", "groups")

    def __init__(self, groups: Sequence[ThemeGroup] = (), analysis: Analysis | None = None) -> None:
        self.groups = tuple(groups)
        """In the order of the file."""
        said = "\n".join(["~>"[not equal].join(terms) for _, equal, terms in groups])
        self.digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
        """Differs between themes that differ."""
        self._analysis = analysis
        self._sources: dict[str, list[tuple[str, ThemeGroup]]] = {}  # by initial
        self._found: dict[str, _Lookup] = {}
        if analysis:
            # Equal groups first: of what is said twice, the first is kept, and equal beats wider.
            for group in sorted(groups, key=lambda group: not group.equal):
                for source in group.sources:
                    self._sources.setdefault(analysis.initial(source), []).append((source, group))

    def find(self, stems: Sequence[str]) -> tuple[Match, ...]:
        """Return every term that occurs among ``stems`` as consecutive stems.

        Matches come by start, the longest first at each, and may overlap: the caller decides
        which to use. A term that expands to nothing (one that only ever stands to the right
        of ``>``) is no match. The time is linear in ``len(stems)`` times the longest term that
        begins with a stem.
        """
        return tuple(chain.from_iterable(self._at(stems, i) for i in range(len(stems))))

    def _at(self, stems: Sequence[str], start: int) -> Iterator[Match]:
        lookup = self._lookup(stems[start])
        furthest = min(start + lookup.reach.get(stems[start], 0), len(stems))
        for end in range(furthest, start, -1):
            if expansions := lookup.expansions.get(tuple(stems[start:end])):
                yield Match(start, end, expansions)

    def _lookup(self, stem: str) -> _Lookup:
        """The terms that may begin with a stem."""
        beginning = stem[:_BEGINNING]
        if self._analysis and beginning not in self._found:
            sources = self._sources.get(stem[:1], ())
            begins = self._analysis.beginning
            chosen = [(term, group) for term, group in sources if begins(term) == beginning]
            if not chosen:  # nor remembered: whoever searches may make up beginnings
                return _NOTHING
            self._found[beginning] = _looked_up(chosen, self._analysis.stems)
        return self._found.get(beginning, _NOTHING)

    def look_up_all(self) -> None:
        """Looks up every term now, which takes a second, instead of each when it is asked for."""
        if self._analysis:
            for sources in self._sources.values():
                for term, _ in sources:
                    self._lookup(self._analysis.beginning(term))

    def __len__(self) -> int:
        """Return the number of groups: lines with content."""
        return len(self.groups)


class _Lookup(NamedTuple):
    """Some terms by their stems: what each expands to, equal before wider; and the length of the
    longest that begins with a stem."""

    expansions: Mapping[Stems, tuple[ThemeExpansion, ...]]
    reach: Mapping[str, int]


_NOTHING = _Lookup({}, {})


def _looked_up(sources: Iterable[tuple[str, ThemeGroup]], stems: Callable[[str], Stems]) -> _Lookup:
    targets: dict[Stems, dict[Stems, ThemeExpansion]] = {}
    for source, group in sources:
        found = targets.setdefault(stems(source), {})
        for term in group.terms:
            expansion = ThemeExpansion(term, stems(term), group.equal, group.line)
            found.setdefault(expansion.stems, expansion)
    expansions = {
        own: tuple(one for stems_, one in others.items() if stems_ != own)
        for own, others in targets.items()
    }
    return _Lookup(expansions, _reach(expansions))


def _reach(terms: Iterable[Stems]) -> dict[str, int]:
    """Map each first stem to the length of the longest term that begins with it."""
    reach: dict[str, int] = {}
    for stems in terms:
        reach[stems[0]] = max(reach.get(stems[0], 0), len(stems))
    return reach


def parse(text: str, analysis: Analysis) -> Themes:
    """Read a theme file's text. Raises ThemesError with every problem found, in line
    order; reading stops at the line that exceeds `MAX_GROUPS`.
    """
    groups: list[ThemeGroup] = []
    problems: list[ThemesProblem] = []
    first_at: dict[object, int] = {}
    for count, (line, content) in enumerate(contents(text, problems), start=1):
        if count > MAX_GROUPS:
            message = f"filen har fler än {MAX_GROUPS} grupper; resten lästes inte."
            remedy = "Slå ihop grupper eller ta bort dem som inte behövs."
            problems.append(ThemesProblem(line, message, remedy))
            break
        try:
            groups.append(_group(line, content, analysis))
            first = first_at.setdefault(_identity(groups[-1]), line)
            if first != line:
                message = f"samma grupp står redan på rad {first}."
                problems.append(ThemesProblem(line, message, "Ta bort den ena raden."))
        except ThemesError as error:
            problems.extend(error.problems)
    if problems:
        raise ThemesError(sorted(problems, key=lambda problem: problem.line))
    return Themes(groups, analysis)


def _group(line: int, content: str, analysis: Analysis) -> ThemeGroup:
    """Read one line. Raises ThemesError with all that is wrong with it."""
    equal, pieces = _split(line, content)
    phrases = [" ".join(piece.split()) for piece in pieces]
    # Most terms are well, which is seen at a glance.
    odd = [
        phrase
        for phrase, initial in zip(phrases, map(analysis.initial, phrases), strict=True)
        if not initial.isalpha() or phrase.count(" ") >= MAX_WORDS or "," in phrase
    ]
    complaints = chain.from_iterable(_complaints(phrase, analysis) for phrase in odd)
    problems = [ThemesProblem(line, *complaint) for complaint in complaints]
    problems += _repeated(line, phrases)
    if problems:
        raise ThemesError(problems)
    return ThemeGroup(line, equal, tuple(phrases))


def _split(line: int, content: str) -> tuple[bool, list[str]]:
    """Return whether the terms are equal, and the terms. Raises ThemesError if it cannot tell."""
    match EQUAL in content, content.count(WIDER):
        case True, 0:
            return True, content.split(EQUAL)
        case False, 1:
            head, _, rest = content.partition(WIDER)
            return False, [head, *rest.split(",")]
        case False, 0:
            message = "raden har varken ~ eller >."
            remedy = (
                "Skriv ”a ~ b” om orden betyder samma sak, ”a > b, c” om sökning på a även ska "
                "hitta b och c, eller # först om raden är en kommentar."
            )
        case False, _:
            message = "raden har mer än ett >."
            remedy = "Skriv en rad för varje >, och komma mellan orden till höger om det."
        case _:
            message = "raden har både ~ och >."
            remedy = "Dela upp den på två rader, en för varje tecken."
    raise ThemesError([ThemesProblem(line, message, remedy)])


def _complaints(phrase: str, analysis: Analysis) -> Iterator[tuple[str, str]]:
    """Yield (message, remedy) for each thing wrong with a term by itself."""
    if not phrase:
        yield "ett ord saknas.", "Skriv ett ord på båda sidor om varje ~, > och komma."
        return
    quoted = quote(phrase)
    if not any(map(str.isalpha, phrase)):
        yield f"{quoted} har inga bokstäver.", "Skriv ett ord, eller ta bort det."
    elif not analysis.initial(phrase):
        yield (
            f"{quoted} består bara av småord, som sökningen hoppar över.",
            "Lägg till ett ord som bär betydelse, eller ta bort det.",
        )
    if "," in phrase:
        yield (
            f"{quoted} har ett komma.",
            "Skriv ~ mellan ord som betyder samma sak; komma står bara till höger om >. "
            "Utelämna kommatecken inne i ett namn.",
        )
    if (words := phrase.count(" ") + 1) > MAX_WORDS:
        yield (
            f"{quoted} har {words} ord; högst {MAX_WORDS} går.",
            "Korta uttrycket till det som en besökare skulle skriva.",
        )


def _repeated(line: int, phrases: Sequence[str]) -> list[ThemesProblem]:
    """Return a problem for each term that is written again.

    What is compared is the writing, not the stems: a better stemmer must never turn a file that
    works into one that is refused. Terms whose stems meet are harmless; they find each other.
    """
    names = [phrase.casefold() for phrase in phrases]
    if len(set(names)) == len(names):
        return []
    seen: set[str] = set()
    problems = []
    for phrase in filter(None, phrases):
        if phrase.casefold() in seen:
            message = f"{quote(phrase)} står mer än en gång."
            problems.append(ThemesProblem(line, message, "Ta bort det ena."))
        seen.add(phrase.casefold())
    return problems


def _identity(group: ThemeGroup) -> object:
    """Return a key equal for lines that say the same; the order of terms does not matter."""
    names = [term.casefold() for term in group.terms]
    return frozenset(names) if group.equal else (names[0], frozenset(names[1:]))


class ThemesFile(StaffFile[Themes]):
    """A theme file on disk that may be edited while the site is up."""

    def __init__(self, path: Path, analysis: Analysis) -> None:
        super().__init__(path, lambda text: parse(text, analysis), Themes(), "temafilen")
