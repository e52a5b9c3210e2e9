"""Which word is this word formed from, and what does it deny?

Both are weak links: *utveckling* is also found by *utveckla*, *ohälsa* by *hälsa*, but neither is
a form of the other.
"""

from .lexicon import NAME, is_place, lexicon, word_class
from .wordlist import word_set

FORMATIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("noun", "isering", ("", "isk", "isera")),
    ("noun", "ering", ("era",)),
    ("noun", "ning", ("a", "na")),
    ("noun", "ing", ("a",)),
    ("noun", "ande", ("a",)),
    ("noun", "ende", ("",)),
    ("noun", "else", ("a",)),
    ("noun", "ation", ("era",)),
    ("noun", "ition", ("era",)),
    ("noun", "are", ("a",)),
    ("noun", "ör", ("era",)),
    ("noun", "het", ("",)),
    ("noun", "skap", ("",)),
    ("verb", "isera", ("", "isk")),
    ("adjective", "ad", ("a",)),
    ("adjective", "lagd", ("lägga",)),
    ("adjective", "satt", ("sätta",)),
    ("adjective", "d", ("a",)),
    ("adjective", "al", ("",)),
    ("adjective", "ell", ("", "a", "e")),
    ("adjective", "lig", ("", "a")),
)
"""Class and ending of the formed word, and the endings that replace it in its base."""

_MIN_BASE = 4

MISLEADING = word_set(
    """
    farlig hemlig enlig normal verklig tydlig billig möjlig synnerlig härlig vanlig ärlig allmänhet
    beredskap egenskap kunskap landskap budskap
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
    """The words that a lemma is formed from: *utveckla* for *utveckling*; most have none."""
    flags = lexicon().flags(lemma) or ""
    if lemma in MISLEADING or is_place(flags) or not _is_content_base(lemma):
        return ()
    kind = word_class(lemma, flags)
    return tuple(
        dict.fromkeys(
            base
            for word_kind, ending, replacements in FORMATIONS
            if kind == word_kind and lemma.endswith(ending)
            for base in (lemma.removesuffix(ending) + new for new in replacements)
            if len(base) >= _MIN_BASE and base != lemma and _is_content_base(base)
        )
    )


def negated(lemma: str) -> str | None:
    """The lemma that a lemma in o- denies: *hälsa* for *ohälsa*; None for other words."""
    denied = lemma[1:]
    if not lemma.startswith("o") or len(denied) < _MIN_NEGATED or lemma in NO_NEGATION:
        return None
    return denied if _is_content_base(lemma) and _is_content_base(denied) else None


def _is_content_base(word: str) -> bool:
    flags = lexicon().flags(word)
    return flags is not None and NAME not in flags and word_class(word, flags) != "bare"
