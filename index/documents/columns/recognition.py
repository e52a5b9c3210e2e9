"""Which columns may this header name?

A name is compared without what varies: case, hyphens, ``snake_case`` and ``camelCase``, definite
and genitive forms, missing dots, and the unit in which amounts are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import snowballstemmer

from index.documents import html
from index.documents.columns.mapping import Column
from index.documents.columns.names import (
    APPLICATIONS,
    BESIDE,
    NAMES,
    OTHER_LISTS,
    Language,
    listed_names,
)  # fmt: skip

_OTHER_AMOUNTS = 2  # the tier of amounts of any kind
_CLOSE = 0.85  # difflib ratio: one missing or wrong letter in ten (Projektamn for Projektnamn)
MAX_HEADER = 200
"""Characters; longer cells are no headers."""

_UNIT = (
    r"(?:i\s+|in\s+)?(?P<unit>t\.?kr|mn?kr|kkr|[km]?sek|skr|kr|tusen|tusental|miljoner"
    r"|(?:(?:tusen|tusentals|tusental|miljoner)\s+)?kronor|(?:i\s+)?(?:tusen|miljoner)\s+kr"
    r"|1\s?000(?:-tals?)?\s+(?:kr|kronor|sek)|mkr|eur|euro|euros|teur|gbp|dkk|nok|usd|isk|[€£$])"
)
_UNIT_ALONE = re.compile(_UNIT + r"\.?", re.IGNORECASE)
_UNIT_AT_END = re.compile(rf"(?:^|[\s,;:]){_UNIT}[.*]*$", re.IGNORECASE)
_UNIT_STATED = re.compile(rf"(?:^|\b(?:i|in)\s+|[(\[,:]\s*){_UNIT}(?=[\s.,;)\]]|$)", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_CAMEL = re.compile(r"(?<=[a-zåäöæøé])(?=[A-ZÅÄÖÆØ])|(?<=[A-ZÅÄÖ])(?=[A-ZÅÄÖ][a-zåäöæø]{2})")
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*|\d+")
_UNDOTTED = str.maketrans("åäöæøéèüàá", "aaoaoeeuaa")
_YEARS = re.compile(r"(?:19|20)\d\d")
# Of an amount, places and periods are no other thing: *Beviljat belopp Region Vi 2026*.
_NO_AMOUNT = listed_names("nr, nummer, id, kod, typ, datum, date, status, form, kategori, ref")
_NEVER_NEAR: tuple[Column, ...] = ("decision_date", "owner_number", "place")
_TOTALS = listed_names("total, totalt, totala, summa, sammanlagt, sammanlagd, samlet, alt, sum")
_PREPOSITIONS = listed_names(
    "i, för, av, om, enligt, till, på, från, som, per, efter, of, for, in, by, to, from"
)
_LANGUAGES = listed_names("svenska, swedish, sv, sve, svensk")
_OTHER_LANGUAGES = listed_names("engelska, english, en, eng, engelsk, på engelska, in english")
# What makes another thing of a name: *Projektägare ort*, *Organisationsnummer för sökande*.
_OTHER_THING = listed_names(
    """
    nr, nummer, id, kod, code, number, no, ref, reference, typ, type, ort, adress, address,
    postnummer, postadress, kommun, län, land, country, region, telefon, epost, mail, email,
    url, webb, webbplats, website, datum, date, start, slut, startdatum, slutdatum, status,
    kategori, kontakt, kontaktperson, form, orgnr, organisationsnummer, ledare, roll,
    sektor, bransch, storlek, period, år, year, postcode, budget, ministry, kön, ålder
    """
)
_APPLIED = re.compile(
    r"\b(?:sökt|ansökt|begärt|begärd|äskat|äskad|omsøkt|søkt|søgt|ansøgt|requested|applied|sokt|ansokt)\b"
)
_SHARE = re.compile(
    r"%|\b(?:procent|rate|andel|share|percentage|pct|poäng|score|antal)\b|(?<!in)sats(?:en)?\b|(?:andel|nivå)\b"
)
_COST = re.compile(
    r"kostnad|kostnader\b|\bbudget|budget\b|\bcosts?\b|expenditure|omslutning|investering(?!s(?:stöd|bidrag))"
    r"|\butbetal|utbetalt|\bpaid\b|återbetal|rekvirer|egen(?:insats|finansiering)|\blån\b|värde\b"
    r"|kostnadsberäkn|\bvarav\b|\bdärav\b|of which"
)


@dataclass(frozen=True, slots=True)
class Name:
    """What a header says: a column, by one of its names.

    ``tier`` counts from 0, the surest, and is -1 for the total of what was granted; ``distance``
    says how far the header is from the very name; ``rest`` what it says beyond it, after it or in
    brackets; ``language`` is None for a name that several share.
    """

    column: Column
    alias: str
    tier: int
    language: Language | None
    distance: int
    rest: str = ""
    unit: str = ""

    @property
    def rank(self) -> tuple[int, int]:
        """The surest first. What is written out beats what only begins so; but of amounts the
        total beats its parts, and what was granted beats any other."""
        far = self.distance
        return (self.tier, far) if self.column == "amount" and far < HOLDS else (far, self.tier)


# From the surest to the least sure; *MAPPED*: a TOML file says so.
MAPPED, IS, NEARLY_IS, BEGINS, HOLDS = range(5)


@dataclass(frozen=True, slots=True)
class _Header:
    """A header taken apart: its words in small letters, the unit that it states, and what stands
    beside it in brackets."""

    words: tuple[str, ...]
    written: str
    unit: str
    beside: str

    @property
    def plain(self) -> str:
        return " ".join(self.words)


@lru_cache(maxsize=4096)
def names_of(header: str, misspelt: bool = True) -> tuple[Name, ...]:
    """The columns that a header may name, none where it says nothing of them. A header that says
    the same in several languages, parted by slashes or line breaks, is known by any of its parts.
    `misspelt`: what is nearly a name is looked for too, which takes a millisecond.
    """
    header = header.replace("*", "")
    whole = _taken_apart(" ".join(header.split()))
    outside = _BRACKETS.sub(" ", header)
    parts = [_taken_apart(part) for part in re.split(r"\s*[/\n]\s*", outside)]
    if whole.beside.casefold() in _OTHER_LANGUAGES:
        parts = []
    # *Organisation (projektägare)*
    aside = [_taken_apart(text) for text in _BRACKETS.findall(header)]
    found = [name for one in (whole, *parts) for name in _names(one, misspelt)]
    if not any(name.column == "owner_number" for name in found):  # of the owner, and not its name
        found += [name for one in aside if found and one.words for name in _exact(one)]
    found = found or _held(whole)
    if not whole.unit:
        unit = next((one.unit for one in parts if one.unit), "")
        found = [replace(name, unit=name.unit or unit) for name in found]
    best: dict[Column, Name] = {}
    for name in found:
        if name.column not in best or name.rank < best[name.column].rank:
            best[name.column] = name
    if is_other_money(header):
        best.pop("amount", None)
        best.pop("place", None)  # without its dots *lån* is spelled as *län*
    return tuple(best.values())


def two_level(top: str, below: str, carried: bool) -> str:
    """What a header says in a cell below another: both together, or the lower one by itself where
    it alone is sure. `carried`: the upper cell stands further to the left."""
    if not top or not below or top == below:
        return below or top
    if (unit := stated_unit(top)) and not _taken_apart(below).unit:
        below = f"{below} ({unit})"
    both = f"{top} {below}"
    lowest = 1 if is_other_money(top) else _OTHER_AMOUNTS
    exact = [name for name in names_of(below, False) if name.distance == IS]
    if carried and any(name.column != "amount" for name in exact):
        return below
    if any(name.distance < HOLDS for name in names_of(both, False)):
        return both
    sure = any(name.column != "amount" or name.tier < lowest for name in exact)
    return below if sure else both


def column_of(label: str) -> Column | None:
    """The column whose very name a label is. *Plats* and *Ort* say where people met, too."""
    found = names_of(label)
    names = [name for name in found if name.distance == IS and name.column != "place"]
    return min(names, key=lambda name: name.tier).column if names else None


def is_weak(label: str) -> bool:
    """Whether a label is one that other documents have too, such as *Projekt* or *Belopp*."""
    return all(name.tier > 0 for name in names_of(label) if name.distance == IS)


def is_other_money(header: str) -> bool:
    """Whether a header is of money that was not granted: applied for, costs, shares, paid out."""
    words = _all_words(header)
    return bool(_APPLIED.search(words) or _COST.search(words) or _SHARE.search(header.casefold()))


def is_applied_for(header: str) -> bool:
    """Whether a header is of money that was applied for."""
    return bool(_APPLIED.search(_all_words(header)))


def _all_words(header: str) -> str:
    taken_apart = _taken_apart(header)
    return f"{taken_apart.plain} {taken_apart.beside.casefold()}"


def is_bare_total(name: Name) -> bool:
    """Whether a header says that it is a total, and not of what."""
    return name.alias in _TOTALS or name.alias in ("totalbelopp", "totalsumma")


def may_be_granted(header: str) -> bool:
    """Whether a header of no known name may be of money that was granted."""
    words = _taken_apart(header).words
    money = bool(words) and words[-1].endswith(("belopp", "stöd", "bidrag", "medel", "anslag"))
    return money and not is_other_money(header) and not is_beside(header)


def is_beside(header: str) -> bool:
    """Whether it is a header that lists of decisions have, of a column that is not read."""
    return _key(_taken_apart(header).words) in _beside()


def stated_unit(text: str) -> str:
    """The unit that a line beside a list says its amounts are in: *Belopp i tkr*."""
    stated = _UNIT_STATED.search(text)
    return _unit(stated["unit"]) if stated else ""


def is_figure(text: str) -> bool:
    """Whether a cell begins as amounts, dates and numbers do; a year may stand in a header."""
    return text[:1].isdigit() and not _YEARS.fullmatch(text)


def year_of(header: str) -> int:
    """The last year that a header names, 0 where it names none."""
    return max(map(int, _YEARS.findall(header)), default=0)


def other_list(headers: Sequence[str]) -> tuple[str, list[str]] | None:
    """What a list is by its headers if it is none of decisions, and the headers that tell."""
    for kind, known in _else().items():
        told = [header for header in headers if _key(_taken_apart(header).words) in known]
        if kind == APPLICATIONS:
            told += [header for header in headers if is_applied_for(header)][:1]
        if len(told) > 1:
            return kind, told
    return None


def _names(header: _Header, misspelt: bool) -> list[Name]:
    if not 2 <= len(header.plain) <= MAX_HEADER:
        return []
    found = _exact(header) or _total(header) or _number_of_owner(header) or _begun(header)
    return found or (_near(header) if misspelt else [])


def _total(header: _Header) -> list[Name]:
    """What a header names that says total beside it: it is surer by a tier."""
    words = tuple(word for word in header.words if word not in _TOTALS)
    if not words or words == header.words:
        return []
    rest = replace(header, words=words)
    found = _exact(rest) or _begun(rest)
    return [replace(name, tier=name.tier - 1) for name in found if name.column == "amount"]


def _exact(header: _Header) -> list[Name]:
    words = header.words
    found = _written().get("".join(words)) or _table().get(_key(words))
    found = found or _table().get(_base("".join(words)))
    found = found or _undotted().get(_key(words).translate(_UNDOTTED))
    if not found and len(words) > 1 and words[-1] in _LANGUAGES:
        return _exact(replace(header, words=words[:-1]))
    # *Beslut (kr)* is what was decided on in kronor.
    if found and header.unit and all(name.column == "status" for name in found):
        found = tuple(replace(name, column="amount", tier=0) for name in found)
    distance = BEGINS if header.beside.casefold() in _OTHER_LANGUAGES else IS
    return [
        replace(name, unit=header.unit, rest=header.beside, distance=distance)
        for name in found or ()
    ]


def _number_of_owner(header: _Header) -> list[Name]:
    """An organisation number beside whose it is: *Sökandes org.nr*, *Orgnr (stödmottagare)*,
    *Organisationsnummer för projektägare*; of others than the owner it is not wanted."""
    words = tuple(word for word in header.words if word not in _PREPOSITIONS)
    for at in range(1, len(words) if any(word.startswith("org") for word in words) else 0):
        for number, owner in ((words[:at], words[at:]), (words[at:], words[:at])):
            found = _exact(replace(header, words=number))
            if found and found[0].column == "owner_number":
                whose = {name.column for name in _exact(replace(header, words=owner))}
                return [replace(found[0], distance=BEGINS)] if "owner" in whose else []
    return []


def _begun(header: _Header) -> list[Name]:
    words = header.words
    for count in range(len(words) - 1, 0, -1):
        found = _table().get(_key(words[:count]))
        if found:
            rest = header.written
            for word in words[:count]:
                at = re.search(re.escape(word), rest, re.IGNORECASE)
                rest = rest[at.end() :] if at else rest
            names = [
                replace(name, distance=BEGINS, rest=rest.strip(" ,/-_:"), unit=header.unit)
                for name in found
                if _may_go_on(name, words[count:], rest)
            ]
            return names
    return []


def _may_go_on(name: Name, rest: Sequence[str], written: str) -> bool:
    """Whether what follows a name leaves it what it is."""
    other = _NO_AMOUNT if name.column == "amount" else _OTHER_THING
    if name.column in ("status", "currency", "owner_number", "place") or other.intersection(rest):
        return name.column == "case_number" and name.tier == 0
    if name.column == "decision_date":
        return "dat" in name.alias or "dag" in name.alias
    if name.tier == 0 and name.column != "amount":
        return True
    years = all(_YEARS.fullmatch(word) for word in rest)
    if name.column == "amount":
        capital = name.tier < _OTHER_AMOUNTS or name.alias == "belopp"
        funder = capital and written.strip(" ,(")[:1].isupper()
        return name.tier == 0 or years or _is_said_of(rest) or funder
    return years or _is_said_of(rest)


def _is_said_of(rest: Sequence[str]) -> bool:
    return len(rest) > 1 and rest[0] in _PREPOSITIONS


def _near(header: _Header) -> list[Name]:
    if _key(header.words) in _beside() or set(header.words) & _OTHER_THING:
        return []
    if any(word.isdigit() for word in header.words):
        return []
    matcher = difflib.SequenceMatcher(None, "", header.plain)  # keeps what it knows of the second
    for alias, names in _spelled().items():
        # The date of something else is spelled nearly as that of the decision: *slutdatum*; and
        # *organisationsform* nearly as a number.
        if not _may_be_near(alias, header.plain) or names[0].column in _NEVER_NEAR:
            continue
        matcher.set_seq1(alias)
        if matcher.quick_ratio() >= _CLOSE and matcher.ratio() >= _CLOSE:
            return [replace(name, distance=NEARLY_IS, unit=header.unit) for name in names]
    return []


def _may_be_near(one: str, other: str) -> bool:
    """What costs little to see, since it is asked of most cells of some files."""
    both = one[0] == other[0] or one[-1] == other[-1]
    return both and 2 * min(len(one), len(other)) >= _CLOSE * (len(one) + len(other))


def _held(header: _Header) -> list[Name]:
    """A long name within a header that says more, as where two languages stand in one cell."""
    held = None if set(header.words) & _OTHER_THING else _long_names().search(header.plain)
    names = _spelled()[held[0]] if held else ()
    return [replace(name, distance=HOLDS, unit=header.unit) for name in names]


@lru_cache(maxsize=4096)
def _taken_apart(header: str) -> _Header:
    text = html.clean(header).replace("\u00a0", " ").replace("\u202f", " ").strip(" :*")
    text = _CAMEL.sub(" ", text).replace("_", " ")
    unit = beside = ""
    for inside in map(str.strip, _BRACKETS.findall(text)):
        stated = _UNIT_ALONE.fullmatch(inside) or _UNIT_AT_END.search(inside)
        unit = unit or (stated["unit"] if stated else "")
        beside = beside or ("" if stated else inside)
    name = _BRACKETS.sub(" ", text).strip(" ,;:-")
    while (stated := _UNIT_AT_END.search(name)) and stated.start() > 0:
        unit, name = unit or stated["unit"], name[: stated.start()].rstrip(" ,;:-")
        name = re.sub(r"\s+(?:i|in)$", "", name)
    words = tuple(word.casefold() for word in _WORD.findall(name))
    return _Header(words, f"{name} {beside}", _unit(unit), beside)


def _unit(stated: str) -> str:
    """The unit as amounts are written with it."""
    unit = " ".join(stated.casefold().replace(".", "").split())
    unit = re.sub(r"^1 ?000(?:-tals?)?|^tusentals?|^i tusen", "tusen", unit)
    return {"kkr": "tkr", "tusen sek": "ksek", "tusen": "tkr", "miljoner": "mkr"}.get(unit, unit)


def _key(words: Sequence[str]) -> str:
    return "".join(map(_base, words))


_stem = lru_cache(maxsize=4096)(snowballstemmer.stemmer("swedish").stemWord)


def _base(word: str) -> str:
    """A word without its ending: definite, genitive, plural, and the forms of a participle."""
    if len(word) > 4 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    word = word.removesuffix("numret") + ("nummer" if word.endswith("numret") else "")
    if len(word) > 5:
        definite = re.search(r"et$|(?<!and)en$|(?<=ande)n$|(?<=a)n$|(?<=el)n$", word)
        word = word[: definite.start()] if definite else word
    return str(_stem(word))


def _rows() -> Iterator[tuple[str, Name]]:
    for column, tiers in NAMES.items():
        for tier, languages in enumerate(tiers):
            for language, aliases in languages.items():
                for alias in aliases.split(", "):
                    yield alias, Name(column, alias, tier, language, IS)


@cache
def _table() -> dict[str, tuple[Name, ...]]:
    """The names by their key; what several languages write alike is under the first."""
    table: dict[str, dict[Column, Name]] = {}
    for alias, name in _rows():
        words = _taken_apart(alias).words
        for key in {_key(words), _base("".join(words))}:
            known = table.setdefault(key, {}).setdefault(name.column, name)
            if known.language != name.language and known.tier == name.tier:
                shared = {known.language, name.language} - {"en", "fi"}
                table[key][name.column] = replace(
                    known, language=None if len(shared) > 1 else known.language
                )
    return {key: tuple(columns.values()) for key, columns in table.items()}


@cache
def _written() -> dict[str, tuple[Name, ...]]:
    """The names as they are written, for what has the same key as another: *beslut*, *beslutad*."""
    table: dict[str, dict[Column, Name]] = {}
    for alias, name in _rows():
        words = _taken_apart(alias).words
        shared = next(one for one in _table()[_key(words)] if one.column == name.column)
        table.setdefault("".join(words), {}).setdefault(name.column, shared)
    return {written: tuple(columns.values()) for written, columns in table.items()}


@cache
def _undotted() -> dict[str, tuple[Name, ...]]:
    return {key.translate(_UNDOTTED): names for key, names in _table().items()}


@cache
def _spelled() -> dict[str, tuple[Name, ...]]:
    """The names by their words, for what is nearly one."""
    rows = ((_taken_apart(alias), name) for alias, name in _rows())
    return {one.plain: _table()[_key(one.words)] for one, _ in rows if len(one.plain) > 4}


@cache
def _long_names() -> re.Pattern[str]:
    """The sure names; short or common words stand within all kinds of headers."""
    sure = [name for name, names in _spelled().items() if names[0].tier == 0 and len(name) > 10]
    longest = sorted(sure, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b")


@cache
def _beside() -> frozenset[str]:
    return frozenset(_key(_taken_apart(name).words) for name in BESIDE)


@cache
def _else() -> dict[str, frozenset[str]]:
    return {
        kind: frozenset(_key(_taken_apart(name).words) for name in known.split(", "))
        for kind, known in OTHER_LISTS.items()
    }
