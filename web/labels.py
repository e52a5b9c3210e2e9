"""What are the parts of a search called, in the language of the request?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from search.dimensions import MISSING, SORTS, Dimension, End, Filter, Span
from search.fields import FIELDS
from search.labels import label
from search.result import Interpretation
from web import formats
from web.language import LANGUAGES, gettext, locale

_EXPANSIONS = {
    "forms": label("böjningar"),
    "compounds": label("sammansatta ord"),
    "joined": label("ord som skrivits ihop"),
    "equal": label("synonymer"),
    "wider": label("ord inom temat"),
    "parts": label("delar nära varandra"),
    "derivation": label("besläktade ord"),
    "negation": label("grundord"),
    "folded": label("stavning med å, ä och ö"),
    "spelling": label("andra stavningar"),
    "misspelled": label("felstavningar i besluten"),
    "head": label("huvudord, bara bland beslut med några av orden"),
}
_CENT = Decimal("0.01")


def heading(dimension: Dimension) -> str:
    """*Projektägare*."""
    return gettext(dimension.heading)


def sort(name: str) -> str:
    """What an order of hits is called, *Högsta belopp*."""
    return gettext(SORTS[name])


def field(name: str) -> str:
    """What a field that is searched is called, *Motivering*."""
    return gettext(FIELDS[name].label)


def query_name(name: str) -> str:
    """The name of a field in a query, *ägare*, *owner*; empty if it has none."""
    names = FIELDS[name].query_names
    return names[0 if locale() == LANGUAGES["sv"] else -1] if names else ""


def query_fields() -> tuple[str, str]:
    """*titel:*, and the other fields that a query can name, as a list."""
    first, *others = (f"{name}:" for name in map(query_name, FIELDS) if name)
    return first, formats.listed(others)


def expansions(interpretation: Iterable[Interpretation]) -> list[str]:
    """What was searched for besides the words themselves, each kind once."""
    found = {
        expansion.kind
        for part in interpretation
        if not part.excluded
        for expansion in part.expansions
    }
    return [gettext(text) for kind, text in _EXPANSIONS.items() if kind in found]


def expansion(kind: str) -> str:
    """What a kind of other readings of a word is called."""
    return gettext(_EXPANSIONS[kind])


def value(dimension: Dimension, name: str, chosen: Filter | None) -> str:
    """What a value of a facet, or a group, is called in a list."""
    if isinstance(chosen, Span) and not chosen.is_open:
        return band(chosen)
    missing = gettext(dimension.missing_label) if dimension.missing_label else ""
    return name or f"{missing[:1].upper()}{missing[1:]}"


def wanted(dimension: Dimension, written: str) -> str:
    """What a value that is chosen of a dimension is called."""
    if written == MISSING and dimension.missing_label:
        return gettext(dimension.missing_label)
    return written


def band(span: Span) -> str:
    """*under 500 000 kr*, *1 miljon kr till 2 miljoner kr*; the upper end is not in it."""
    low, high = span.low, span.high
    least = formats.short_money(low) if isinstance(low, Decimal) else None
    most = formats.short_money(high + _CENT) if isinstance(high, Decimal) else None
    if least is None:
        return gettext("under %(amount)s", amount=most)
    if most is None:
        return gettext("%(amount)s eller mer", amount=least)
    return gettext("%(low)s till %(high)s", low=least, high=most)


def span(chosen: Span) -> str:
    """*500 000–1 000 000 kr*, *från 500 000 kr*, *5 mars 2026 till 1 maj 2026*; both ends are in
    it."""
    low, high = chosen.low, chosen.high
    if low is not None and high is not None:
        return gettext("%(low)s till %(high)s", low=_end(low), high=_end(high))
    if low is not None:
        return gettext("från %(amount)s", amount=_end(low))
    if isinstance(high, date):
        return gettext("till och med %(day)s", day=_end(high))
    return gettext("högst %(amount)s", amount=_end(high))


def _end(end: End | None) -> str:
    return formats.day(end.isoformat()) if isinstance(end, date) else formats.money(end)
