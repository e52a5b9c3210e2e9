"""May a dictionary word have this head?

A compound inflects as its last part does, so the dictionary's own inflection of a word tells which
heads it cannot have.
"""

from .costs import MIN_COUNTED
from .lemma import is_name
from .lexicon import inflects_as, is_place, lexicon, word_class
from .productive import BAD_HEADS, NAME_HEADS, SHORT_LAST

_LONG = 6
_LONGER = 8
"""Letters from which a head is trusted if it occurs at all, and always."""

_OFTEN = 1
_VERY_OFTEN = 20
"""Dictionary words that a head must end to be trusted, when it is long and when it is not."""

_MIDDLING = 5
"""Letters in the shortest head that is trusted at all without agreeing."""


def readings(word: str) -> tuple[str, ...]:
    """The entries that a word may be a form of, a genitive included."""
    bases = lexicon().bases(word)
    if not bases and word.endswith("s"):  # perhaps a genitive
        bases = lexicon().bases(word[:-1])
    return tuple(base for base in bases if lexicon().is_base(base))


def may_have_head(word: str, start: int, wholes: tuple[str, ...]) -> bool:
    """Whether a known word may have the head that begins at `start`.

    *grönska* is no *ska* and *kompetens* no *eten*: the dictionary inflects them otherwise. Heads
    that are long and frequent are trusted anyway, since it is not always consistent.
    """
    return any(
        base[:start] == word[:start] and _may_head(base, base[start:], len(word) - start)
        for base in wholes
        if not is_name(base) or base[start:] in NAME_HEADS or _is_agency(base, start)
    )


def _is_agency(name: str, start: int) -> bool:
    """Whether a name ends with a common noun in its definite form: *Bolagsverket*."""
    head = name[start:]
    flags = lexicon().flags(name) or ""
    return len(head) >= _MIDDLING and not is_place(flags) and lexicon().bases(head) != (head,)


def _may_head(whole: str, head: str, letters: int) -> bool:
    """Whether an entry may have a head whose written form has `letters` letters."""
    if head in BAD_HEADS:
        return False
    if len(head) < MIN_COUNTED and head not in SHORT_LAST and letters < _MIDDLING:
        return False
    flags = lexicon().flags(head)
    if flags is None:
        return len(head) >= _LONG and any(
            _is_trusted(base, len(head)) or _is_verb(base) for base in lexicon().bases(head)
        )
    same = inflects_as(frozenset(lexicon().flags(whole) or ""), frozenset(flags))
    return same or _is_trusted(head, len(head)) or (_is_verb(whole) and _is_verb(head))


def _is_verb(word: str) -> bool:
    flags = lexicon().flags(word)
    return flags is not None and len(word) >= _MIDDLING and word_class(word, flags) == "verb"


def _is_trusted(base: str, letters: int) -> bool:
    """Whether a head is so long or so frequent that its inflection need not agree.

    `letters` is the length of its written form.
    """
    count = lexicon().end_count(base)
    return (
        letters >= _LONGER
        or (letters >= _LONG and count >= _OFTEN)
        or (letters >= _MIDDLING and count >= _VERY_OFTEN)
    )
