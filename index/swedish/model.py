"""What the analysis answers: a `Token` for every word, with its `Part`s."""

from typing import Literal, NamedTuple

PartKind = Literal["part", "compound", "joined", "negation", "derivation", "ellipsis"]
"""Why a part belongs to its token.

`part`        a constituent of the compound, in order: *elev* and *hälsa* in *elevhälsa*
`compound`    several constituents that are a word together: *arbetsmarknad* in
              *arbetsmarknadsförändring*
`joined`      one side of a hyphen or colon: *riks* and *förbund* in *Riks-förbund*,
              *2026* in *2026:1*
`negation`    what is denied: *hälsa* in *ohälsa*
`derivation`  the word it is formed from: *utveckla* for *utveckling*
`ellipsis`    the word that a suspended hyphen stands for: *studievägledning* for *studie-*
              in *studie- och yrkesvägledning*
"""


class Part(NamedTuple):
    """A word inside a word. `start` and `end` are characters of the text given to `analyze`."""

    word: str
    stem: str
    start: int
    end: int
    kind: PartKind


class Token(NamedTuple):
    """One word of a text.

    `text` is the word as written, so `original[start:end] == text`. `surface` is the term of
    the field that matches words as written, `stem` the term of the text fields, and `position`
    counts tokens from 0.
    """

    text: str
    surface: str
    lemma: str
    stem: str
    parts: tuple[Part, ...]
    start: int
    end: int
    position: int
