"""How does the running server answer at a fixed rate? ``make bench-load``, or

    python -m tests.benchmarks.load [--size 100000] [--corpus FILE.jsonl[.gz]] [--folder DIR]
                                    [--rate 20] [--seconds 30]

Requests leave at fixed times, whether or not earlier ones are answered, and each is timed from the
moment it should have left: what waits in a queue is counted (no coordinated omission). Asked for:
whole JSON answers with snippets, facets and 20 decisions, for words of the index by how common they
are, no answer from any cache of answers. Then one document of ten decisions is added with ``beslut
index``, and timed is how long it takes until the server finds them.

The sources and the index are left in `--folder`, and used again if they are there.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.build import build
from search.array_engine import ArrayEngine
from tests.benchmarks import corpus
from tests.conftest import beslut, serving

_WORDS = 400


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves an index, asks, and prints the percentiles in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--folder", type=Path, help="where to leave sources and index")
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        if not (folder / "index").exists():
            _build(folder, options.size, options.corpus)
        words = choose_words(folder / "index")
        server = serving(folder / "index")
        with server as address:
            for word in words[:20]:  # loads what every worker loads once
                _ask(address, word)
            times = ask_at_rate(address, words, options.rate, options.seconds)
            cuts = statistics.quantiles(times, n=100)
            print(
                f"{len(times)} answers at {options.rate:g} a second: p50 {cuts[49]:.1f} ms,"
                f" p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms, longest {max(times):.1f} ms"
            )
            print(f"memory of each serving process: {', '.join(_memory(server.process.pid))}")
            seconds = [time_to_see(folder, address, number) for number in range(3)]
            print(f"ten decisions added, seconds until they are found: {seconds}")


def time_to_see(folder: Path, address: str, number: int) -> float:
    """Seconds from the start of ``beslut index`` until the server finds a new document's ten
    decisions."""
    word = f"nyhet{time.time_ns()}"
    record = {"owner": "Nya ägaren", "round": "Ny omgång", "amount": 1000}
    texts = ({"title": f"{word} {n}", "description": f"Om {word} nummer {n}."} for n in range(10))
    corpus.write((record | text for text in texts), folder / "sources" / f"{word}.jsonl")
    started = time.perf_counter()
    beslut("index", str(folder / "sources"), "--index", str(folder / "index"))
    while _found(address, word) != 10:
        assert time.perf_counter() - started < 60, f"document {number} is not found"
    return round(time.perf_counter() - started, 2)


def _found(address: str, words: str) -> int:
    with urllib.request.urlopen(f"{address}/api/v1/decisions?q={words}", timeout=30) as response:
        total: int = json.load(response)["_meta"]["totalRecords"]
        return total


def _memory(parent: int) -> list[str]:
    """Of each child of a process what it holds alone, and all that it has mapped, in MB."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    found = []
    for child in children:
        lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines[1:]}
        own = sizes["Private_Clean"] + sizes["Private_Dirty"]
        found.append(f"{own} MB of its own, {sizes['Rss']} MB with what is shared")
    return found


def choose_words(index: Path) -> list[str]:
    """Words as written, half of them among the commonest, and pairs of them; seeded."""
    engine = ArrayEngine.open(index)
    rows = engine.vocabulary._rows(
        "SELECT word FROM words WHERE length(word) > 3 AND n > 3 ORDER BY n DESC LIMIT 20000", ()
    )
    engine.close()
    words = [str(word) for (word,) in rows]
    rng = random.Random(corpus.SEED)
    common = rng.choices(words[: len(words) // 20 + 1], k=_WORDS // 2)
    singles = [*common, *rng.choices(words, k=_WORDS // 2)]
    pairs = [
        f"{one} {other}" for one, other in zip(common, rng.choices(words, k=_WORDS), strict=False)
    ]
    chosen = [*singles, *pairs]
    rng.shuffle(chosen)
    return chosen


def ask_at_rate(address: str, words: Sequence[str], rate: float, seconds: float) -> list[float]:
    """Milliseconds from when each request should have left to when it was answered."""
    times: list[float] = []
    refused: list[float] = []
    lock = threading.Lock()
    begin = time.perf_counter() + 0.1

    def one(number: int) -> None:
        due = begin + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        status = _ask(address, words[number % len(words)])
        with lock:
            (times.append if status == 200 else refused.append)((time.perf_counter() - due) * 1000)

    with ThreadPoolExecutor(64) as pool:
        for _ in pool.map(one, range(int(rate * seconds))):
            pass
    if refused:
        print(f"{len(refused)} requests took more than the time limit and were refused")
    return times


def _ask(address: str, words: str) -> int:
    """The status of one answer, read to its end."""
    query = urllib.parse.urlencode({"q": words})
    try:
        with urllib.request.urlopen(f"{address}/api/v1/decisions?{query}", timeout=30) as response:
            response.read()
            return 200
    except urllib.error.HTTPError as error:
        return error.code


def _build(folder: Path, size: int, path: Path | None) -> None:
    (folder / "sources").mkdir(parents=True)
    records = corpus.from_json_lines(path, size) if path else corpus.synthetic(size)
    corpus.write(records, folder / "sources" / "corpus.jsonl")
    build([folder / "sources"], folder / "index")


if __name__ == "__main__":
    main()
