"""Where does a word begin and end?

| written                            | tokens                                                   |
|------------------------------------|----------------------------------------------------------|
| `Riks-förbund`, `covid-19`         | one; at most four joints, longer chains are split        |
| `studie-`                          | one, with its hyphen: a suspended compound               |
| `EU:s`, `tv:n`, `Johan's`          | one                                                      |
| `2 800 000`                        | one number: groups of three after one to three digits    |
| `1,5`, `2026:1`, `3.2`, `08:30`    | one                                                      |
| `13-16`, `2021-2027`, `13–16`      | two: a range, or a date                                  |
| `Norrbotten–Västerbotten`          | two: a dash separates                                    |
| `info@kommun.se`, `a_b`, `och/eller` | a token for each word                                  |
"""

import re
from collections.abc import Iterable, Iterator

from .normalize import COMBINING, HYPHENS, INVISIBLE

MAX_JOINTS = 4
"""Most hyphens and other joints inside a token, which bounds the work per token."""

COLON_ENDINGS = (
    "s", "n", "t", "en", "ens", "et", "ets", "er", "ers", "ar", "ars", "are", "aren", "arna",
    "erna", "orna", "na", "a", "e", "or", "ta",
)  # fmt: skip
"""Endings that Swedish writes after a colon: *EU:s*, *tv:n*, *30:e*, *S:t*, *S:ta*."""

_RUN = rf"\w[\w{COMBINING}{INVISIBLE}]*"
_HYPHEN = f"[{HYPHENS}]"
_SPACE = "[ \u00a0\u2009\u202f]"
_JOINTS = "|".join(
    (
        rf"(?<!\d){_HYPHEN}(?=\w)",
        rf"(?<=\d){_HYPHEN}(?=[^\W\d])",  # *70-tal*, but 13-16 is a range
        r"(?<=\d)[.,:](?=\d)",
        r"['\u2019\u02bc](?=[^\W\d])",
        rf":(?=(?:{'|'.join(COLON_ENDINGS)})\b)",
    )
)
# A number in groups must neither begin nor end inside a longer run of digits.
_TOKEN = re.compile(
    rf"(?<!\d)\d{{1,3}}(?:{_SPACE}\d{{3}}){{1,4}}(?:,\d+)?(?![\w])"
    rf"|{_RUN}(?:(?:{_JOINTS}){_RUN}){{0,{MAX_JOINTS}}}(?:{_HYPHEN}(?!\w))?"
)


def find_words(text: str) -> list[str]:
    """The tokens of a text as written, in order."""
    # \w matches underscores, which separate words; a space keeps every offset.
    return _TOKEN.findall(text.replace("_", " "))


def words_at(text: str, starts: Iterable[int]) -> list[str]:
    """The tokens that begin at `starts`, as written."""
    text = text.replace("_", " ")
    matches = (_TOKEN.match(text, start) for start in starts)
    return [match.group() if match else "" for match in matches]


def find_tokens(text: str) -> Iterator[re.Match[str]]:
    """The tokens of a text, in order, each a match with its span. Linear in the text."""
    return _TOKEN.finditer(text.replace("_", " "))
