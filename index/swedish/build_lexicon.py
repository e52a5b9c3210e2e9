"""Makes the lexicon data file from a hunspell dictionary.

    python -m index.swedish.build_lexicon /usr/share/hunspell [--output FILE]

The folder must hold `sv_SE.aff` and `sv_SE.dic` (Debian package hunspell-sv). The same input
gives the same output, byte for byte. The result is derived from the dictionary and keeps its
licence, LGPL-3; see the files beside it.

What is kept: every word with the flags that inflect it and the flag that lets it end a compound;
the suffix rules; every form that may begin a compound with the word it stands for; and, as a
stand-in for word frequency, in how many of the dictionary's own words each part occurs. What is
added: heads that live in compounds alone (`BOUND_HEADS`).
"""

import argparse
import gzip
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .hunspell import (
    CompoundFlags,
    Entry,
    SuffixRule,
    read_compound_flags,
    read_entries,
    read_rules,
)
from .lexicon import BOUND, DATA_FILE, ENDS_COMPOUND, FORMAT, NAME, inflects_as, word_class
from .normalize import fold

BOUND_HEADS = {
    "OPQ": (
        "siktig sidig språkig årig talig radig formig haltig gradig skalig klassig sinnig stavig "
        "filig väggig sinnad synt sint hänt ögd artad centrerad skalig vägig dagig lagrig"
    ),
    "AEJ": "havare makare vetare mästare tagare givare görare hållare förare sökare",
    "ADfGv": "givning tagning hållning sättning läggning görning",
}
"""Heads that occur in compounds alone, by the flags that inflect them: *lång-siktig*,
*vårdnads-havare*. The Swedish dictionary lists the compounds but not the heads."""

DERIVES = "T"
"""The group of endings that forms new words: *deltaga-re*, *Israel-isk*."""

_CLASS_ORDER = ("noun", "adjective", "verb", "other", "bare")

MIN_PART = 3
"""Letters in the shortest part that counts as evidence when parts are counted."""

MIN_HEAD = 7
"""Letters in the shortest head that is taken out of a compound."""

MIN_VERB = 5
"""Letters in the shortest verb that such a head may be formed from."""


@dataclass(slots=True)
class Dictionary:
    """The dictionary folded to the spelling that lookups use.

    `flags` maps a word to its flags, `first_parts` a form that may begin a compound to the words
    it may stand for.
    """

    flags: dict[str, set[str]] = field(default_factory=dict)
    first_parts: dict[str, set[str]] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder with sv_SE.aff and sv_SE.dic")
    parser.add_argument("--output", type=Path, default=DATA_FILE)
    arguments = parser.parse_args()
    data = build(arguments.folder / "sv_SE.aff", arguments.folder / "sv_SE.dic")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_bytes(data)
    print(f"{arguments.output}: {len(data)} bytes")


def build(aff: Path, dic: Path) -> bytes:
    """The content of the data file, gzip-compressed without a time stamp."""
    compound = read_compound_flags(aff)
    rules = read_rules(aff, compound)
    dictionary = collect(read_entries(dic), rules, compound)
    firsts, lasts = count_parts(dictionary)
    lines = [
        FORMAT,
        _dictionary_version(dic),
        *_section("rules", _rule_lines(rules)),
        *_section("words", _word_lines(dictionary.flags, lasts)),
        *_section("firsts", _first_lines(dictionary, firsts)),
    ]
    return _compress("\n".join(lines) + "\n")


def collect(
    entries: Iterable[Entry], rules: Iterable[SuffixRule], compound: CompoundFlags
) -> Dictionary:
    """Fold the entries and work out which forms may begin a compound."""
    by_flag: dict[str, list[SuffixRule]] = {}
    for rule in rules:
        by_flag.setdefault(rule.flag, []).append(rule)
    dictionary = Dictionary()
    for entry in entries:
        if compound.forbidden not in entry.flags:
            _add(dictionary, entry, by_flag, compound)
    add_derived(dictionary)
    add_bound_heads(dictionary)
    return dictionary


def _add(
    dictionary: Dictionary,
    entry: Entry,
    by_flag: Mapping[str, list[SuffixRule]],
    compound: CompoundFlags,
) -> None:
    lower = entry.word.lower()
    word = fold(lower.rstrip("-")).text
    if not word.isalpha():
        return
    if lower.endswith("-"):  # listed as a first part only, with no word that it stands for
        dictionary.first_parts.setdefault(word, set())
        return
    if compound.only_in_compound not in entry.flags:
        _add_flags(dictionary.flags, word, entry, by_flag, compound)
    if entry.flags & {compound.begin, compound.middle}:
        dictionary.first_parts.setdefault(word, set()).add(word)
    for rule in (rule for flag in sorted(entry.flags) for rule in by_flag.get(flag, ())):
        begins_compound = rule.makes_first_part or rule.add == "-"
        if begins_compound and (form := rule.apply(lower)) and form.rstrip("-").isalpha():
            dictionary.first_parts.setdefault(fold(form.rstrip("-")).text, set()).add(word)


def _add_flags(
    flags: dict[str, set[str]],
    word: str,
    entry: Entry,
    by_flag: Mapping[str, list[SuffixRule]],
    compound: CompoundFlags,
) -> None:
    """Homographs share an entry; one is a name only when every homograph is capitalised."""
    is_name = entry.word != entry.word.lower()
    kept = {flag for flag in entry.flags if flag in by_flag}
    if compound.end in entry.flags:
        kept.add(ENDS_COMPOUND)
    if word not in flags:
        flags[word] = kept | ({NAME} if is_name else set())
    else:
        flags[word] |= kept
        if not is_name:
            flags[word].discard(NAME)


def add_derived(dictionary: Dictionary) -> None:
    """Give the words that the dictionary derives by its group T entries of their own.

    Inflection should lead from *deltagarna* to *deltagare*, not on to *deltaga*, and from
    *israeliska* to *israelisk*, not to *Israel*.
    """
    for word, flags in list(dictionary.flags.items()):
        if DERIVES in flags:
            derived, inflects = (word + "re", "AEJ") if word.endswith("a") else (word + "isk", "O")
            dictionary.flags.setdefault(derived, {*inflects, ENDS_COMPOUND})


def add_bound_heads(dictionary: Dictionary) -> None:
    """Add heads of dictionary compounds that are formed from a verb but have no entry.

    *beslutsfattare* is listed and *fattare* is not: it inflects as the compound does.
    """
    bound: dict[str, set[str]] = {}
    for word, flags in dictionary.flags.items():
        if NAME in flags or not word.endswith(("are", "ning", "ing")):
            continue
        for cut in range(MIN_PART, len(word) - MIN_HEAD + 1):
            head = word[cut:]
            if (
                word[:cut] in dictionary.first_parts
                and head not in dictionary.flags
                and _is_from_verb(head, dictionary.flags)
            ):
                bound.setdefault(head, set()).update(flags)
    for head, flags in bound.items():
        dictionary.flags[head] = flags | {BOUND, ENDS_COMPOUND}
    for letters, heads in BOUND_HEADS.items():
        for head in heads.split():
            dictionary.flags.setdefault(head, {*letters, BOUND, ENDS_COMPOUND})


def _is_from_verb(head: str, words: Mapping[str, set[str]]) -> bool:
    """Whether a noun in -are or -ning has its verb among the words."""
    stem = head.removesuffix("re") if head.endswith("are") else head.removesuffix("ing")
    verbs = (stem,) if head.endswith("are") else (stem + "a", stem.removesuffix("n") + "a")
    return any(
        len(verb) >= MIN_VERB and verb in words and NAME not in words[verb] for verb in verbs
    )


def count_parts(dictionary: Dictionary) -> tuple[Counter[str], Counter[str]]:
    """How many dictionary words begin with each first part, and end with each last part.

    A part's productivity stands in for its frequency, which no dictionary gives. Every
    cut counts at first; then only each word's likeliest cut (one round of hard EM).
    """
    words = [
        (word, cuts)
        for word, flags in dictionary.flags.items()
        if NAME not in flags and BOUND not in flags and (cuts := list(_cuts(word, dictionary)))
    ]
    firsts = Counter(word[:cut] for word, cuts in words for cut in cuts)
    lasts = Counter(word[cut:] for word, cuts in words for cut in cuts)
    likeliest = [
        (word, max(cuts, key=lambda cut: firsts[word[:cut]] * lasts[word[cut:]]))
        for word, cuts in words
    ]
    return (
        Counter(word[:cut] for word, cut in likeliest),
        Counter(word[cut:] for word, cut in likeliest),
    )


def _cuts(word: str, dictionary: Dictionary) -> Iterable[int]:
    """Where a word may be a first part and a last part."""
    for cut in range(MIN_PART, len(word) - MIN_PART + 1):
        if word[:cut] in dictionary.first_parts:
            head = dictionary.flags.get(word[cut:])
            if head is not None and NAME not in head and inflects_as(dictionary.flags[word], head):
                yield cut


def stands_for(form: str, sources: set[str], words: Mapping[str, set[str]]) -> str:
    """The word that a first part stands for: *hälsa* for *hälso*, *gymnasium* for *gymnasie*.

    A rule of the dictionary names it, or one of the ways in which Swedish links parts does. Nouns
    come first: *rätts* stands for *rätt*, not for *rätta*.
    """
    if form in words and word_class(form, "".join(words[form])) != "bare":
        return form
    candidates = dict.fromkeys([*sorted(sources), *_unlinked(form), form])
    return min(
        (word for word in candidates if word in words),
        key=lambda word: (
            _CLASS_ORDER.index(word_class(word, "".join(words[word]))),
            word not in sources,
            len(word),
        ),
        default=form,
    )


def _unlinked(form: str) -> Iterable[str]:
    """Words that *form* may stand for, likeliest first."""
    if form.endswith(("o", "u", "e")):
        yield from (form[:-1] + "a", form[:-1] + "e")
    if form.endswith("e"):
        yield from (form[:-1] + "um", form[:-1])
    if form.endswith("s"):
        yield from (form[:-1], form[:-1] + "e", form[:-1] + "a")
    if form.endswith("ar"):
        yield form + "e"
    if form.endswith("a"):
        yield form[:-1]
    yield from (form + "a", form + "e")


def _dictionary_version(dic: Path) -> str:
    """Number of entries the dictionary declares: it has no version number of its own."""
    with dic.open(encoding="utf-8") as file:
        return f"{dic.stem}-{file.readline().strip()}"


def _section(name: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return [f"[{name}] {len(body)}", *body]


def _rule_lines(rules: Iterable[SuffixRule]) -> list[str]:
    return sorted(
        {
            f"{rule.flag} {rule.add or '0'} {rule.strip or '0'} {rule.condition}"
            for rule in rules
            if not rule.makes_first_part
            and rule.flag != DERIVES
            and (rule.add == "" or rule.add.isalpha())
        }
    )


def _word_lines(flags: Mapping[str, set[str]], counts: Mapping[str, int]) -> list[str]:
    return [
        f"{word} {''.join(sorted(flags[word])) or '0'} {counts.get(word, 0)}"
        for word in sorted(flags)
    ]


def _first_lines(dictionary: Dictionary, counts: Mapping[str, int]) -> list[str]:
    return [
        f"{form} {stands_for(form, sources, dictionary.flags)} {counts.get(form, 0)}"
        for form, sources in sorted(dictionary.first_parts.items())
    ]


def _compress(text: str) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


if __name__ == "__main__":
    main()
