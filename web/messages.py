"""What do the codes of `search` say, in the language of the request? One row a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search.dimensions import BY_NAME
from search.labels import label
from search.request import Message, RequestError, Value
from web import formats
from web.language import gettext

_LONGEST = 80  # characters of a value that is quoted
_SHORTEN = label("korta sökningen")
_CHOOSE = label("välj bland: %(known)s")
_LATER = label("försök igen om en stund")
ERRORS = {
    "deep-nesting": (
        label("sökningen har %(number)s nivåer av parenteser, gränsen är %(limit)s"),
        _SHORTEN,
    ),
    "given-twice": (label("%(name)s är angiven %(number)s gånger"), label("ange den en gång")),
    "large-page": (
        label("gränsen är %(limit)s beslut per sida"),
        label("skriv högst %(limit)s"),
    ),
    "long-phrase": (
        label("sökningen har %(number)s ord i en fras, gränsen är %(limit)s"),
        _SHORTEN,
    ),
    "long-query": (label("sökningen har %(number)s tecken, gränsen är %(limit)s"), _SHORTEN),
    "no-cursor": (
        label("%(wanted)s är ingen markör"),
        label("skriv den som svaret före gav, eller börja om utan"),
    ),
    "newer-cursor": (
        label("markören är nyare än det index som visas just nu"),
        _LATER,
    ),
    "old-cursor": (
        label("vad som har hänt sedan dess finns inte kvar"),
        label("börja om från början"),
    ),
    "unknown-choice": (label("%(wanted)s finns inte"), _CHOOSE),
    "no-amount": (
        label("%(wanted)s är inget belopp"),
        label("skriv till exempel 500000, 500 000 eller 1,5 miljoner"),
    ),
    "no-count": (
        label("%(wanted)s är inget heltal från 1"),
        label("skriv ett tal som är minst 1"),
    ),
    "no-date": (
        label("%(wanted)s är inget datum"),
        label("skriv till exempel 2026-03-05, 2026-03 eller 2026"),
    ),
    "no-flag": (label("%(wanted)s är varken 1 eller 0"), label("skriv 1 eller 0")),
    "no-parameters": (label("den finns inte"), label("här finns inga parametrar")),
    "not-utf-8": (
        label("värdet är inte kodat i UTF-8"),
        label("procentkoda i UTF-8, till exempel %(right)s i stället för %(wrong)s"),
    ),
    "not-in-kronor": (
        label("%(wanted)s är inte i kronor"),
        label("skriv till exempel 500000, 500 000 eller 1,5 miljoner"),
    ),
    "short-prefix": (
        label("en ordbörjan före * måste ha minst %(least)s bokstäver"),
        label("skriv mer av ordet, eller ta bort *"),
    ),
    "still-counting": (
        label(
            "temana räknas just nu, %(counted)s av %(themes)s är klara efter %(seconds)s sekunder"
        ),
        _LATER,
    ),
    "timeout": (
        label("sökningen tog mer än gränsen %(seconds)s sekunder"),
        label("försök igen om en stund, eller förenkla sökningen"),
    ),
    "turned-dates": (
        label("det första datumet är senare än det sista"),
        label("byt plats på dem"),
    ),
    "turned-span": (
        label("det lägsta beloppet är större än det högsta"),
        label("byt plats på dem"),
    ),
    "unknown-field": (label("fältet %(wanted)s finns inte"), _CHOOSE),
    "unknown-language": (label("språket %(wanted)s finns inte"), _CHOOSE),
    "unknown-parameter": (label("den finns inte"), _CHOOSE),
    "unknown-sort": (label("sorteringen %(wanted)s finns inte"), _CHOOSE),
}
"""What happened, a clause without a full stop, and what to do."""
NOTES = {
    "deep-page": label(
        "Det går att bläddra bland de första %(limit)s besluten. Filtrera sökningen, eller ladda "
        "ner alla som fil; i API:et nås alla med cursor."
    ),
    "own-order": label(
        "Med cursor kommer besluten i den ordning som de kom till indexet; sort och page gäller "
        "inte."
    ),
    "many-completions": label(
        "Fler än %(limit)s ord börjar på %(prefix)s; de första %(limit)s söktes."
    ),
    "most-telling-words": label(
        "Sökningen är längre än %(most)s ord eller %(longest)s tecken. Bara de mest utmärkande "
        "orden söktes: %(words)s."
    ),
    "none-missing": label("Inget beslut saknar uppgift om %(dimension)s."),
    "no-words": label("Sökningen innehåller inga ord; alla beslut visas."),
    "unknown-value": label("Inget beslut har %(dimension)s %(wanted)s."),
    "words-without-content": label(
        "Dessa ord söktes inte, för de står i alla slags beslut: %(words)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong with a request, and what to do."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}. {self.remedy[:1].upper()}{self.remedy[1:]}."

    @property
    def sentence(self) -> str:
        """Both, where nothing goes before."""
        text = str(self)
        return f"{text[:1].upper()}{text[1:]}"


def explained(error: RequestError) -> Explanation:
    """A request that cannot be carried out, in words."""
    return worded(*ERRORS[error.message.code], error.message.values)


def worded(what: str, remedy: str, values: Mapping[str, Value]) -> Explanation:
    """Two labels with the values that they are about."""
    words = _words(values)
    return Explanation(gettext(what, **words), gettext(remedy, **words))


def note(message: Message) -> str:
    """What is said of an answer, as a sentence."""
    return gettext(NOTES[message.code], **_words(message.values))


def _words(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: _word(name, value) for name, value in values.items()}


def _word(name: str, value: Value) -> str:
    if name == "dimension":
        return gettext(BY_NAME[str(value)].definite)
    if name == "at":
        return formats.moment(str(value))
    if name == "reason":  # by staff, not by whoever asks
        return str(value)
    if isinstance(value, str):
        return formats.quoted(value, _LONGEST)
    return ", ".join(value) if isinstance(value, tuple) else f"{value:g}"
