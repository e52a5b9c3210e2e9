"""Which other words mean the same? The theme file, edited by staff, says so.

A line of the file is one group of terms; a term is one word or several::

    # Hälsa                                    a comment, to the end of the line
    suicid ~ självmord                         equal: each finds the other
    AI ~ artificiell intelligens               so do words and abbreviations
    funktionsnedsättning > autism, synskada    widening: the first finds the rest,
                                               the rest do not find the first

Areas, which are optional, say which themes one can start from. The lines right below a heading list
them; each theme is a query of its own, whose words the groups widen like those of any other::

    [Hälsa och vård]
    psykisk hälsa, suicidprevention, elevhälsa

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
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from index.slug import slug
from search.syntax import is_plain

MAX_LINE = 1_000
"""Longest line, in characters, comments included."""
MAX_GROUPS = 10_000
"""Most lines with content in one file."""
MAX_WORDS = 8
"""Most words in one term; as many as a phrase of a query may have."""
MAX_THEMES = 1_000
"""Most themes in the areas of one file: each is searched for when the index or the file changes."""

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


_NEWLINE = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"(?:^|\s)#.*")  # not the # of "C#"
_HEADING = re.compile(r"\[([^\[\]]*)\]")
# Controls, invisible formatting (soft hyphens, byte order marks, zero-width spaces), halves of
# characters, and the line ends that editors do not show as such.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_QUOTED = 60  # characters of a term shown in a message


class ThemesProblem(NamedTuple):
    """One thing wrong with the theme file, in Swedish: staff read it."""

    line: int
    """Counted from 1."""
    message: str
    remedy: str
    kind: str = ""
    """The heading to show it under; of what is no error, see `theme_remarks`."""

    def __str__(self) -> str:
        return f"rad {self.line}: {self.message} {self.remedy}"


class ThemesError(ValueError):
    """The theme file breaks the rules. ``problems`` holds all of them, in line order."""

    def __init__(self, problems: Iterable[ThemesProblem]) -> None:
        self.problems: tuple[ThemesProblem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


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


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme that one can start from. ``name`` is the query for it; ``slug`` tells it apart from
    all others of the file."""

    name: str
    slug: str
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Area:
    """The themes below one heading, in the order of the file; never none."""

    name: str
    slug: str
    themes: tuple[Theme, ...]


class Themes:
    """The groups and areas of one theme file. Threads may share it: what is looked up is
    remembered, and comes out the same whoever does it first."""

    __slots__ = ("_analysis", "_found", "_sources", "areas", "by_slug", "digest", "groups")

    def __init__(
        self,
        groups: Sequence[ThemeGroup] = (),
        analysis: Analysis | None = None,
        areas: Sequence[Area] = (),
    ) -> None:
        self.groups = tuple(groups)
        """In the order of the file, as are the areas."""
        self.areas = tuple(areas)
        self.by_slug = {theme.slug: theme for area in areas for theme in area.themes}
        """The themes of all areas."""
        said = "\n".join(["~>"[not equal].join(terms) for _, equal, terms in groups])
        for area in areas:
            said += f"\n[{area.name}]" + ",".join(theme.name for theme in area.themes)
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
    areas = _Areas(analysis)
    problems: list[ThemesProblem] = []
    first_at: dict[object, int] = {}
    for count, (line, content) in enumerate(_contents(text, problems), start=1):
        if count > MAX_GROUPS:
            message = f"filen har fler än {MAX_GROUPS} grupper; resten lästes inte."
            remedy = "Slå ihop grupper eller ta bort dem som inte behövs."
            problems.append(ThemesProblem(line, message, remedy))
            break
        try:
            if areas.take(line, content):
                continue
            groups.append(_group(line, content, analysis))
            first = first_at.setdefault(_identity(groups[-1]), line)
            if first != line:
                message = f"samma grupp står redan på rad {first}."
                problems.append(ThemesProblem(line, message, "Ta bort den ena raden."))
        except ThemesError as error:
            problems.extend(error.problems)
    problems += areas.empty()
    if problems:
        raise ThemesError(sorted(problems, key=lambda problem: problem.line))
    return Themes(groups, analysis, [draft.area() for draft in areas.drafts])


@dataclass(slots=True)
class _AreaDraft:
    """An area as far as it has been read."""

    line: int
    name: str
    themes: list[Theme] = field(default_factory=list)
    has_lines: bool = False

    def area(self) -> Area:
        return Area(self.name, slug(self.name), tuple(self.themes))


class _Areas:
    """Reads the headings, and the themes that follow each of them. A group ends an area: further
    down, a line that lacks its sign is a slip and no list of themes."""

    def __init__(self, analysis: Analysis) -> None:
        self.drafts: list[_AreaDraft] = []
        self._analysis = analysis
        self._is_open = False
        self._named: dict[tuple[type, str], tuple[int, str]] = {}  # by slug
        self._count = 0

    def take(self, line: int, content: str) -> bool:
        """Whether a line is part of an area, and has been read. Raises ThemesError with all that is
        wrong with it."""
        if content.startswith("["):
            self._is_open = True
            self._begin(line, content)
        elif self._is_open and EQUAL not in content and WIDER not in content:
            self._add(line, content)
        else:
            self._is_open = False
        return self._is_open

    def empty(self) -> list[ThemesProblem]:
        """A problem for each area without themes."""
        remedy = "Skriv dem på raderna under, med komma mellan, eller ta bort rubriken."
        return [
            ThemesProblem(draft.line, f"området {quote(draft.name)} har inga teman.", remedy)
            for draft in self.drafts
            if not draft.has_lines
        ]

    def _begin(self, line: int, content: str) -> None:
        heading = _HEADING.fullmatch(content)
        name = " ".join(heading[1].split()) if heading else ""
        is_name = any(map(str.isalpha, name))
        self.drafts.append(_AreaDraft(line, name, has_lines=not is_name))
        if not is_name:
            message = "en rubrik är ett namn mellan [ och ], ensamt på raden."
            remedy = "Skriv till exempel [Hälsa och vård]."
            raise ThemesError([ThemesProblem(line, message, remedy)])
        self._tell_apart(Area, line, name)

    def _add(self, line: int, content: str) -> None:
        draft = self.drafts[-1]
        problems: list[ThemesProblem] = []
        draft.has_lines = True
        for name in (" ".join(piece.split()) for piece in content.split(",")):
            try:
                self._count += 1
                draft.themes.append(self._theme(line, name))
            except ThemesError as error:
                problems += error.problems
        if problems:
            raise ThemesError(problems)

    def _theme(self, line: int, name: str) -> Theme:
        complaints = [*_complaints(name, self._analysis)]
        if not is_plain(name):
            message = f"{quote(name)} har tecken eller ord som styr en sökning."
            remedy = "Skriv bara ord i ett tema, utan citattecken, parenteser, * och ELLER."
            complaints.append((message, remedy))
        if self._count == MAX_THEMES + 1:
            message = f"filen har fler än {MAX_THEMES} teman."
            complaints.append((message, "Behåll dem som besökare helst börjar med."))
        if complaints:
            raise ThemesError(ThemesProblem(line, *complaint) for complaint in complaints)
        self._tell_apart(Theme, line, name)
        return Theme(name, slug(name), line)

    def _tell_apart(self, kind: type, line: int, name: str) -> None:
        """Refuses a name that comes again, or that has the address of another."""
        mine = line, name
        found = self._named.setdefault((kind, slug(name)), mine)
        if found is mine:
            return
        first, other = found
        message = f"{quote(name)} får samma adress som {quote(other)} på rad {first}."
        remedy = "Byt ut eller lägg till ett ord i det ena."
        if other.casefold() == name.casefold():
            message, remedy = f"{quote(name)} står redan på rad {first}.", "Ta bort det ena."
        raise ThemesError([ThemesProblem(line, message, remedy)])


def _contents(text: str, problems: list[ThemesProblem]) -> Iterator[tuple[int, str]]:
    """Yield (line number, content) of the lines that have any; add those unfit to ``problems``."""
    for line, raw in enumerate(_NEWLINE.split(text), start=1):
        if problem := _unfit(line, raw):
            problems.append(problem)
        elif content := (_COMMENT.sub("", raw) if "#" in raw else raw).strip():
            yield line, unicodedata.normalize("NFC", content)


def _unfit(line: int, raw: str) -> ThemesProblem | None:
    if len(raw) > MAX_LINE:
        message = f"raden är {len(raw)} tecken lång; högst {MAX_LINE} går."
        return ThemesProblem(line, message, "Dela upp den på flera rader.")
    if raw.isprintable():  # most lines; says nothing about the others
        return None
    unseen = next((c for c in raw if c != "\t" and unicodedata.category(c) in _UNSEEN), None)
    if unseen is not None:
        message = f"raden innehåller ett osynligt tecken (U+{ord(unseen):04X})."
        remedy = "Skriv om raden för hand i stället för att klistra in den."
        return ThemesProblem(line, message, remedy)
    return None


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
                "hitta b och c, eller # först om raden är en kommentar. Teman skrivs direkt under "
                "sin rubrik, före områdets första ~ eller >."
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


def quote(phrase: str) -> str:
    """A term for a message, shortened if it is very long."""
    shown = phrase if len(phrase) <= _QUOTED else phrase[: _QUOTED - 1] + "…"
    return f"”{shown}”"


def decode(data: bytes) -> str:
    """Return the text of a theme file, with or without a byte order mark.

    Raises ThemesError, with the line of the first bad byte, if it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "filen är inte sparad som UTF-8."
        remedy = "Spara den som UTF-8 i redigeraren; å, ä och ö blir annars fel."
        raise ThemesError([ThemesProblem(line, message, remedy)]) from error


_Signature = tuple[int, int, int]
"""Modification time in nanoseconds, size in bytes, inode: a changed file differs in one."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    signature: _Signature | None
    themes: Themes
    problems: tuple[str, ...]


class ThemesFile:
    """A theme file on disk that may be edited while the site is up.

    A look costs one stat. When the file has changed it is read again; if it then breaks the
    rules, cannot be read or is gone, the last good themes stay (none, if there never were any)
    and ``problems`` says why. Threads may share it: one reads, the others wait for it.
    """

    def __init__(self, path: Path, analysis: Analysis) -> None:
        self.path = path
        self._analysis = analysis
        self._lock = threading.Lock()
        self._loaded = _Loaded(None, Themes(), ())

    def current(self) -> Themes:
        """Return the themes of the file as it is now, or else the last good ones."""
        return self._fresh().themes

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the file as it is now, in Swedish; empty when all is well."""
        return self._fresh().problems

    def _fresh(self) -> _Loaded:
        if self._is_stale():
            with self._lock:
                if self._is_stale():  # no other thread read it while this one waited
                    self._loaded = self._load()
        return self._loaded

    def _is_stale(self) -> bool:
        signature = self._signature()
        return signature is None or signature != self._loaded.signature

    def _signature(self) -> _Signature | None:
        """Return None if the file cannot be looked at."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _load(self) -> _Loaded:
        # Before reading, so that a change during it makes the next look read again.
        signature = self._signature()
        last_good = self._loaded.themes
        try:
            return _Loaded(signature, parse(decode(self.path.read_bytes()), self._analysis), ())
        except ThemesError as error:
            problems = tuple(f"{self.path.name}, {problem}" for problem in error.problems)
            return _Loaded(signature, last_good, problems)
        except OSError as error:
            # No signature, so that it is tried again: it would not show changed permissions.
            return _Loaded(None, last_good, (_unreadable(self.path, error),))


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path}: temafilen finns inte. Lägg den där eller ange rätt sökväg."
    return (
        f"{path}: temafilen kan inte läsas ({error.strerror}). "
        "Kontrollera att den är en vanlig fil som tjänsten får läsa."
    )
