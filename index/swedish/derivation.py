"""Which word is this word formed from, and what does it deny?

Both are weak links: *utveckling* is also found by *utveckla*, *ohälsa* by *hälsa*, but neither is
a form of the other.
"""

from collections.abc import Iterator

from .lexicon import NAME, is_denominal, is_place, lexicon, word_class
from .wordlist import word_set

FORMATIONS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("noun", "isering", ("i", "isk", ""), ""),
    ("noun", "alisering", ("",), "noun"),
    ("noun", "ering", ("era",), ""),
    ("noun", "ning", ("a", "na"), ""),
    ("noun", "ing", ("a",), ""),
    ("noun", "ande", ("a",), ""),
    ("noun", "ende", ("",), ""),
    ("noun", "else", ("a",), ""),
    ("noun", "ation", ("era",), ""),
    ("noun", "ition", ("era",), ""),
    ("noun", "ktion", ("cera",), ""),
    ("noun", "mtion", ("mera",), ""),
    ("noun", "ution", ("uera",), ""),
    ("noun", "kation", ("cera", "era"), ""),
    ("noun", "are", ("a",), ""),
    ("noun", "ör", ("era",), ""),
    ("noun", "het", ("",), ""),
    ("noun", "skap", ("", "e"), "noun"),
    ("noun", "dom", ("",), ""),
    ("noun", "itet", ("", "isk"), "adjective"),
    ("noun", "icitet", ("isk",), "adjective"),
    ("noun", "bilitet", ("bel",), "adjective"),
    ("noun", "ist", ("ism", "i"), "noun"),
    ("noun", "istik", ("ist",), "noun"),
    ("noun", "ostik", ("os",), "noun"),
    ("noun", "atik", ("",), "noun"),
    ("noun", "iker", ("ik", "i", "ia"), "noun"),
    ("noun", "log", ("logi",), "noun"),
    ("noun", "nom", ("nomi",), "noun"),
    ("noun", "graf", ("grafi",), "noun"),
    ("noun", "sof", ("sofi",), "noun"),
    ("noun", "iater", ("iatri",), "noun"),
    ("verb", "isera", ("", "isk"), ""),
    ("verb", "era", ("",), "noun"),
    ("verb", "iera", ("",), "noun"),
    ("verb", "a", ("",), "noun"),
    ("verb", "ja", ("",), "noun"),
    ("adjective", "ad", ("a",), ""),
    ("adjective", "lagd", ("lägga",), ""),
    ("adjective", "satt", ("sätta",), ""),
    ("adjective", "d", ("a",), ""),
    ("adjective", "al", ("",), ""),
    ("adjective", "är", ("",), "noun"),
    ("adjective", "ell", ("", "a", "e"), ""),
    ("adjective", "iell", ("",), "noun"),
    ("adjective", "uell", ("",), "noun"),
    ("adjective", "tiell", ("s",), "noun"),
    ("adjective", "lig", ("", "a"), ""),
    ("adjective", "mässig", ("",), "noun"),
    ("adjective", "ativ", ("era",), ""),
    ("adjective", "isk", ("ik", "i", "ism", "", "e"), ""),
    ("adjective", "isk", ("ia",), ""),
    ("adjective", "istisk", ("ism",), "noun"),
    ("adjective", "alisk", ("",), "noun"),
    ("adjective", "atisk", ("", "a"), "noun"),
    ("adjective", "oretisk", ("ori",), "noun"),
    ("adjective", "lytisk", ("lys",), "noun"),
    ("adjective", "ntetisk", ("ntes",), "noun"),
    ("adjective", "insk", ("in",), "noun"),
    ("adjective", "ansk", ("an",), "noun"),
)
"""Class and ending of the formed word, the endings that may replace it in its base, of which the
first that gives a word counts, and the class of the base if only one will do."""

_MIN_BASE = 4

MISLEADING = word_set(
    """
    farlig hemlig enlig normal verklig tydlig billig möjlig synnerlig härlig vanlig ärlig allmänhet
    beredskap egenskap kunskap landskap budskap
    formell eventuell potentiell sekundär egendom rikedom fantastisk plastisk romantik negativ
    organisera markera passera parkera orientera
    måla löna laga landa rada tona mata kalla verka daga mena fasta bila hoppa ringa kosta våga
    lotta locka tappa tanka rama hösta orka sola trappa para rasa skatta villa plana fånga tulla
    sona maka saka
    underrätta satsa tvinga skicka leverera presentera värdera hävda passa hamna restera permanenta
    montera konvertera expandera förorda förrätta stifta auktorisera auktorisation tradition statisk
    syrisk mild statistik redskap vetskap partiell primär
    """
)
"""Words that only look formed from another."""

NO_NEGATION = word_set(
    """
    område ordning ordna oavsett offentlig omställning omgång order orsak orten ort ovan olycka
    oktav oljud oliv olja ovanlig oslo orka orm ork orange oss otal omen orden ordet ohoj orena
    """
)
"""Words in o- that deny nothing."""

_MIN_NEGATED = 4
"""Letters in the shortest word that o- denies: *oren* is, *olja* is not."""


def formed_from(lemma: str) -> tuple[str, ...]:
    """The words that a lemma is formed from: *utveckla* for *utveckling*; most have none.

    A verb brings the noun that it is formed from: *företagare* is *företaga* and *företag*.
    """
    kind = _content_class(lemma)
    if kind is None or lemma in MISLEADING or is_place(lexicon().flags(lemma) or ""):
        return ()
    bases = dict.fromkeys(_bases(lemma, kind))
    for verb in tuple(bases):
        if verb[-1] == "a" and verb not in MISLEADING and is_denominal(verb):
            bases |= dict.fromkeys(_bases(verb, "verb"))
    return tuple(bases)


def _bases(lemma: str, kind: str) -> Iterator[str]:
    for length in _ENDING_LENGTHS:
        for replacements, base_kind in _BY_ENDING.get((kind, lemma[-length:]), ()):
            for new in replacements:
                base = lemma[:-length] + new
                base_class = _content_class(base) if len(base) >= _MIN_BASE else None
                if base_class is not None and base_kind in ("", base_class):
                    yield base
                    break
        if kind == "verb" and (kind, lemma[-length:]) in _BY_ENDING:
            return  # *digitalisera* is not of *digitalis*


_BY_ENDING: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {}
for _kind, _ending, _replacements, _base_kind in FORMATIONS:
    _BY_ENDING.setdefault((_kind, _ending), []).append((_replacements, _base_kind))
_ENDING_LENGTHS = sorted({len(ending) for _, ending in _BY_ENDING}, reverse=True)


def negated(lemma: str) -> str | None:
    """The lemma that a lemma in o- denies: *hälsa* for *ohälsa*; None for other words."""
    denied = lemma[1:]
    if not lemma.startswith("o") or len(denied) < _MIN_NEGATED or lemma in NO_NEGATION:
        return None
    return denied if _is_content_base(lemma) and _is_content_base(denied) else None


def _is_content_base(word: str) -> bool:
    return _content_class(word) is not None


def _content_class(word: str) -> str | None:
    flags = lexicon().flags(word)
    if flags is None or NAME in flags:
        return None
    kind = word_class(word, flags)
    return None if kind == "bare" else kind
