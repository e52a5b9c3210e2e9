"""Does an everyday word find the official one? ``make relevance``, or

    python -m tests.benchmarks.themes [THEMES.txt]

``tests/data/theme_pairs.txt`` says what should be linked, area by area, and what must not be. Each
phrase of it becomes the title of a decision that says nothing else. The left ones are there too,
as in any real index: a word that matches nothing would be taken for a misspelling. A pair is
reached when the real search for its left side has the decision of its right side in the set, by
whatever link: theme, compound, derivation or stem. Printed without and with the theme file.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from index.build import build
from search.request import SearchRequest
from search.searcher import Searcher
from tests.benchmarks import corpus

PAIRS = Path(__file__).parent.parent / "data" / "theme_pairs.txt"
FALSE_FRIENDS = "false friends"


class Pair(NamedTuple):
    """Two phrases of the file, and the section that they stand in."""

    area: str
    everyday: str
    official: str

    def __str__(self) -> str:
        return f"{self.everyday} -> {self.official}"


@dataclass(frozen=True)
class Reached:
    """Which pairs a search reaches."""

    areas: dict[str, tuple[int, int]]
    """Reached and all pairs by area, in the order of the file."""
    missed: tuple[Pair, ...]
    false_friends: tuple[Pair, ...]
    """Those that were found and must not be."""

    @property
    def share(self) -> float:
        """Of all pairs that should be reached, from 0 to 1."""
        reached, pairs = map(sum, zip(*self.areas.values(), strict=True))
        return reached / pairs


def load(path: Path = PAIRS) -> list[Pair]:
    """The pairs of a file, false friends included."""
    pairs, area = [], ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            area = line.strip("[]")
        elif line and not line.startswith("#"):
            everyday, official = line.split(" -> ")
            pairs.append(Pair(area, everyday, official))
    return pairs


def index(pairs: Sequence[Pair], folder: Path) -> Path:
    """Builds an index in which each phrase is a decision; gives its path."""
    phrases = dict.fromkeys(phrase for pair in pairs for phrase in pair[1:])
    corpus.write(({"title": phrase, "owner": "Nn"} for phrase in phrases), folder / "pairs.jsonl")
    build([folder / "pairs.jsonl"], folder / "index")
    return folder / "index"


def searches(searcher: Searcher) -> Callable[[Pair], bool]:
    """Whether a search for the left side of a pair finds its right side."""

    def reaches(pair: Pair) -> bool:
        found = searcher.whole(SearchRequest(q=pair.everyday)).decisions
        return pair.official in {decision.title for decision in found}

    return reaches


def measure(pairs: Sequence[Pair], reaches: Callable[[Pair], bool]) -> Reached:
    """What is reached of some pairs."""
    expected = [pair for pair in pairs if pair.area != FALSE_FRIENDS]
    missed = [pair for pair in expected if not reaches(pair)]
    counts = Counter(pair.area for pair in expected)
    misses = Counter(pair.area for pair in missed)
    areas = {area: (count - misses[area], count) for area, count in counts.items()}
    friends = [pair for pair in pairs if pair.area == FALSE_FRIENDS and reaches(pair)]
    return Reached(areas, tuple(missed), tuple(friends))


def main(arguments: Sequence[str]) -> None:
    """Prints the share by area, what is missed, and the false friends that are found."""
    pairs = load()
    with tempfile.TemporaryDirectory() as folder:
        path = index(pairs, Path(folder))
        none = Path(folder) / "none.txt"
        none.write_text("# no themes\n", "utf-8")
        themes = Path(arguments[0]) if arguments else None
        plain = measure(pairs, searches(Searcher.open(path, themes=none)))
        themed = measure(pairs, searches(Searcher.open(path, themes=themes)))
    print(f"{'everyday word finds official':<30}{'pairs':>6}{'without themes':>16}{'with':>8}")
    for area, (found, count) in themed.areas.items():
        print(f"{area:<30}{count:>6}{plain.areas[area][0]:>16}{found:>8}")
    print(f"{'share of all':<36}{plain.share:>16.3f}{themed.share:>8.3f}")
    _print_list("missed with themes", themed.missed)
    _print_list("false friends found without themes", plain.false_friends)
    added = [pair for pair in themed.false_friends if pair not in plain.false_friends]
    _print_list("false friends that themes add", added)


def _print_list(heading: str, pairs: Sequence[Pair]) -> None:
    print(f"{heading} ({len(pairs)}):", *(f"  {pair}" for pair in pairs), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
