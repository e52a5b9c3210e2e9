"""How does the running server answer, at fixed rates, at its limit, and beside clients that hold on
to it? ``make bench-load``, or

    python -m tests.benchmarks.load [--size 100000] [--corpus FILE.jsonl[.gz]] [--folder DIR]
                                    [--rates 20 40 50] [--seconds 30]

Requests leave at fixed times, whether or not earlier ones are answered, and each is timed from the
moment it should have left: what waits in a queue is counted (no coordinated omission). Asked for:
whole JSON answers with snippets, facets and 20 decisions, for words of the index by how common they
are, no answer from any cache of answers. At the limit, as many ask as the server has threads, and
twice as many, each as soon as it is answered. Beside each kind of hostile client (`tests.hostile`)
the longest of some searches counts, after the burst of their connecting is over. Then one document
of ten decisions is added with ``beslut index``, and timed is how long it takes until the server
finds them.

The sources and the index are left in `--folder`, and used again if they are there. Settings of the
server are taken from the environment.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.build import build
from search.array_engine import ArrayEngine
from tests.benchmarks import corpus
from tests.conftest import beslut, serving
from tests.hostile import API, EXPORT, KINDS, hostile

_WORDS = 400
_SEARCHES = 20  # beside hostile clients


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves an index, asks, and prints the percentiles in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--folder", type=Path, help="where to leave sources and index")
    parser.add_argument("--rates", type=float, nargs="*", default=[20.0, 40.0, 50.0])
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        if not (folder / "index").exists():
            _build(folder, options.size, options.corpus)
        words = choose_words(folder / "index")
        server = serving(folder / "index", themes="")
        with server as address:
            for word in words[:20]:  # loads what every worker loads once
                _ask(address, word)
            for rate in options.rates:
                _print_times(rate, ask_at_rate(address, words, rate, options.seconds))
            for clients in (4, 8):
                answered, refused = saturate(address, words, clients, options.seconds)
                print(f"{clients} clients: {answered:.0f} answers a second, {refused:.0f} refused")
            print("delay of the next search beside")
            for kind, count in [*((kind, 50) for kind in KINDS), (EXPORT, 12), (EXPORT, 50)]:
                with hostile(address, kind, count):
                    time.sleep(1)
                    longest = max(_seconds(address, word) for word in words[:_SEARCHES])
                print(f"  {count} clients, {kind.name}: {longest:.3f} s")
            print(f"memory of each serving process: {', '.join(_memory(server.workers()))}")
            seconds = [time_to_see(folder, address, number) for number in range(3)]
            print(f"ten decisions added, seconds until they are found: {seconds}")


def _print_times(rate: float, times: Sequence[float]) -> None:
    cuts = statistics.quantiles(times, n=100)
    print(
        f"{len(times)} answers at {rate:g} a second: p50 {cuts[49]:.1f} ms,"
        f" p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms, longest {max(times):.1f} ms"
    )


def _seconds(address: str, words: str) -> float:
    started = time.perf_counter()
    assert _ask(address, words) == 200, words
    return time.perf_counter() - started


def saturate(
    address: str, words: Sequence[str], clients: int, seconds: float
) -> tuple[float, float]:
    """Answers and refusals a second, when each client asks as soon as it is answered."""
    until = time.perf_counter() + seconds
    where = urllib.parse.urlsplit(address)

    def one(client: int) -> list[int]:
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        found = []
        with contextlib.closing(connection):
            for word in words[client::clients] * 1000:
                if time.perf_counter() > until:
                    return found
                query = urllib.parse.urlencode({"q": word})
                connection.request("GET", f"{API}?{query}")
                response = connection.getresponse()
                response.read()
                found.append(response.status)
        return found

    with ThreadPoolExecutor(clients) as pool:
        statuses = [status for found in pool.map(one, range(clients)) for status in found]
    answered = statuses.count(200)
    return answered / seconds, (len(statuses) - answered) / seconds


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
    with urllib.request.urlopen(f"{address}{API}?q={words}", timeout=30) as response:
        total: int = json.load(response)["_meta"]["totalRecords"]
        return total


def _memory(processes: Iterable[int]) -> list[str]:
    """Of each process what it holds alone, its share of the rest, and all it has mapped, in MB."""
    found = []
    for process in processes:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines[1:]}
        own = sizes["Private_Clean"] + sizes["Private_Dirty"]
        found.append(f"{own} MB of its own, {sizes['Pss']} by share, {sizes['Rss']} mapped")
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
        print(f"{len(refused)} requests took more than the time limit, or were one too many")
    return times


def _ask(address: str, words: str) -> int:
    """The status of one answer, read to its end."""
    query = urllib.parse.urlencode({"q": words})
    try:
        with urllib.request.urlopen(f"{address}{API}?{query}", timeout=30) as response:
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
