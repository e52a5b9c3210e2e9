"""Reads a hunspell dictionary: the words with their flags, and the rules that inflect them.

Only what the Swedish dictionary uses is read: suffix rules (SFX), and the flags
COMPOUNDBEGIN, COMPOUNDMIDDLE, COMPOUNDEND, ONLYINCOMPOUND and FORBIDDENWORD. The format is
described in hunspell(5).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SuffixRule:
    """Words with `flag` that end as `condition` says lose `strip` and get `add`.

    `condition` is a regular expression for the end of the word. `makes_first_part` is true when
    the result is not a word but the beginning of a compound: *skol-*, *arbets-*.
    """

    flag: str
    strip: str
    add: str
    condition: str
    makes_first_part: bool

    def apply(self, word: str) -> str | None:
        """The form this rule makes of a word, or None when its condition does not hold."""
        if not word.endswith(self.strip) or not re.search(f"(?:{self.condition})$", word):
            return None
        return word[: len(word) - len(self.strip)] + self.add


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the .dic file: a word as written there, and its flags, a letter each."""

    word: str
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class CompoundFlags:
    """The letters that the .aff file gives to the compound flags."""

    begin: str
    middle: str
    end: str
    only_in_compound: str
    forbidden: str


def read_compound_flags(aff: Path) -> CompoundFlags:
    """Read which letters mark compound parts. Raises KeyError when the file lacks one."""
    options = {fields[0]: fields[1] for fields in map(str.split, _lines(aff)) if len(fields) == 2}
    return CompoundFlags(
        begin=options["COMPOUNDBEGIN"],
        middle=options["COMPOUNDMIDDLE"],
        end=options["COMPOUNDEND"],
        only_in_compound=options["ONLYINCOMPOUND"],
        forbidden=options["FORBIDDENWORD"],
    )


def read_rules(aff: Path, compound: CompoundFlags) -> list[SuffixRule]:
    """Read the suffix rules. A rule line has five fields, `SFX flag strip add condition`; the
    line that announces a group of rules has four."""
    rules = []
    ignored = False
    for line in _lines(aff):
        if line.startswith("#pragma ignore"):
            ignored = line.startswith("#pragma ignore-start")
        fields = line.split()
        if ignored or len(fields) < 5 or fields[0] != "SFX":
            continue
        _, flag, strip, addition, condition = fields[:5]
        add, _, continuation = addition.partition("/")
        rules.append(
            SuffixRule(
                flag=flag,
                strip="" if strip == "0" else strip,
                add="" if add == "0" else add,
                condition=condition,
                makes_first_part=compound.begin in continuation or compound.middle in continuation,
            )
        )
    return rules


def read_entries(dic: Path) -> Iterator[Entry]:
    """Read the words. The first line of a .dic file is their number and is skipped."""
    lines = _lines(dic)
    next(lines)
    for line in lines:
        word, _, flags = line.strip().partition("/")
        if word:
            yield Entry(word, frozenset(flags))


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from file
