"""How long does a letter take? Suggestions over an index that there is:

    python -m tests.benchmarks.suggestions INDEX [--texts 100]

Names of themes and owners, titles and words of the index are typed letter by letter, from the
second on, and once with two letters swapped. *First* is each text for the first time in a process
that was just started; *again* the same texts once more; *cold* with an empty cache of postings
before every letter. Themes are counted before, as a server does. Times are the processor's: nothing
is waited for, so on an idle machine they are those of the clock. It is checked that the counts are
those of the searches.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from search.array_engine import ArrayEngine
from search.request import SearchRequest
from search.searcher import Searcher
from tests.benchmarks.corpus import SEED

MOST_LETTERS = 14
CHECKED = 200  # searches


def typed(searcher: Searcher, texts: int) -> dict[str, list[str]]:
    """What is typed, by what it is: the same for the same index."""
    rng = random.Random(SEED)
    names = [theme.name for area in searcher.themes.current().areas for theme in area.themes]
    names += [group.name for group in searcher.groups("owner")]
    keys = rng.sample(searcher.identifiers(), min(texts, len(searcher)))
    names += [one.title for one in map(searcher.get, keys) if one]
    letters = "abcdefghijklmnoprstuvyåäö"
    words = [word for one in letters for word in searcher.engine.vocabulary.completing(one, 40)]
    chosen = [
        *rng.sample(names, min(texts, len(names))),
        *rng.sample(words, min(texts, len(words))),
    ]
    beginnings = dict.fromkeys(
        one[:end].strip() for one in chosen for end in range(2, min(len(one), MOST_LETTERS) + 1)
    )
    found: dict[str, list[str]] = {}
    for one in beginnings:
        kind = "more words" if " " in one else f"{min(len(one), 6)} letters"
        found.setdefault(kind.replace("6", "6 or more"), []).append(one)
    swapped = (one[:2] + one[3:4] + one[2:3] + one[4:8] for one in chosen if one[:8].isalpha())
    found["a slip"] = [*dict.fromkeys(one for one in swapped if len(one) > 5)]
    return dict(sorted(found.items()))


def measure(searcher: Searcher, texts: dict[str, list[str]]) -> None:
    """Prints median, 95th percentile and the longest, in milliseconds."""
    print(f"{'ms: median (p95, longest)':<26}{'texts':>6}{'first':>24}{'again':>24}{'cold':>24}")
    for kind, some in texts.items():
        first, again = _times(searcher, some), _times(searcher, some)
        cold = _times(searcher, some, cold=True)
        cells = "".join(f"{_told(times):>24}" for times in (first, again, cold))
        print(f"{kind:<26}{len(some):>6}{cells}")


def check(searcher: Searcher, texts: dict[str, list[str]]) -> int:
    """How many suggested searches were held to what they find; raises AssertionError."""
    checked: set[str] = set()
    for text in (text for some in texts.values() for text in some[:: max(1, len(some) // 40)]):
        for one in searcher.suggestions(text):
            if (
                one.kind in ("word", "theme")
                and len(checked) < CHECKED
                and one.label not in checked
            ):
                checked.add(one.label)
                assert searcher.search(SearchRequest(one.label)).total == one.count, one
    return len(checked)


def _times(searcher: Searcher, texts: Sequence[str], cold: bool = False) -> list[float]:
    times = []
    for text in texts:
        if cold:
            _forget(searcher)
        started = time.thread_time()
        searcher.suggestions(text)
        times.append((time.thread_time() - started) * 1000)
    return times


def _forget(searcher: Searcher) -> None:
    assert isinstance(searcher.engine, ArrayEngine)
    searcher.engine._scorer.cache.clear()
    searcher.suggester()._totals.clear()


def _told(times: Sequence[float]) -> str:
    high = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return f"{statistics.median(times):.1f} ({high:.1f}, {max(times):.1f})"


def main(arguments: Sequence[str] | None = None) -> None:
    """Opens, types, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--texts", type=int, default=100, help="names, and words, that are typed")
    options = parser.parse_args(arguments)
    searcher = Searcher.open(options.index)
    searcher.directory()
    texts = typed(searcher, options.texts)
    started = time.thread_time()
    searcher.suggester()
    print(f"{len(searcher):,} decisions; names laid out in {time.thread_time() - started:.3f} s")
    measure(searcher, texts)
    print(f"{check(searcher, texts)} counts are those of the searches")


if __name__ == "__main__":
    main()
