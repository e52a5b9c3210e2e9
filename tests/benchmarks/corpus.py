"""Decisions to measure with: synthetic Swedish by default, or real texts as JSON Lines."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

SEED = 2026
_OWNERS, _ROUNDS = 3_000, 40
_ENDINGS = ("", "en", "et", "er", "erna", "s", "ens")
_FIRST = """
arbets bostads elev energi folk forsknings företags glesbygds hälso kommun kompetens kultur
landsbygds livs marknads miljö närings personal samhälls skol social studie transport utbildnings
ungdoms vatten verksamhets vård yrkes äldre
"""
_LAST = """
ansvar behov centrum form frågor grupp hälsa insats kraft ledning liv miljö nät område plan program
råd stöd system utveckling verksamhet vård växling arbete försörjning samverkan
"""
_COMMON = """
projektet syftar till att stärka och utveckla den kommunen regionen genom ökad samverkan med lokala
aktörer för en hållbar tillväxt i hela länet där fler människor ska kunna delta
"""


def synthetic(size: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Records of about 150 words each: function words and administrative words that recur, and
    compounds whose frequencies fall as Zipf's law has it, inflected."""
    rng = random.Random(seed)
    words = [first + last for first in _FIRST.split() for last in _LAST.split()]
    words += [f"{chr(97 + n % 26)}{n:x}projekt" for n in range(size // 20 + 100)]
    rng.shuffle(words)
    common = _COMMON.split()
    cumulative = list(accumulate(1 / (rank + 1) for rank in range(len(words))))
    for number in range(size):
        rare = rng.choices(words, cum_weights=cumulative, k=60)
        text = [word + rng.choice(_ENDINGS) for word in rare] + rng.choices(common, k=90)
        rng.shuffle(text)
        yield {
            "title": " ".join(rng.sample(rare, 3)).capitalize() + f" {number}",
            "owner": f"Ägare {rng.randrange(_OWNERS)}",
            "round": f"Omgång {rng.randrange(_ROUNDS)}",
            "description": " ".join(text[:110]) + ".",
            "motivation": " ".join(text[110:]) + ".",
            "amount": rng.randrange(10_000, 20_000_000),
        }


def from_json_lines(path: Path, size: int) -> Iterator[dict[str, Any]]:
    """The first `size` records of a file. Owners, rounds and amounts that are missing are made from
    a hash of the record, so that there is something to count; this is said where it is printed."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as lines:
        for number, line in enumerate(islice(lines, size)):
            record = json.loads(line)
            chance = int(hashlib.sha256(line.encode()).hexdigest()[:8], 16)
            yield {
                "title": f"{record.get('title') or 'Utan titel'} ({number})",
                "owner": record.get("owner") or f"Ägare {chance % _OWNERS}",
                "round": record.get("round") or f"Omgång {chance % _ROUNDS}",
                "description": record.get("description") or record.get("text") or "",
                "motivation": record.get("motivation") or "",
                "amount": int(record.get("amount") or chance % 20_000_000),
            }


def write(records: Iterator[dict[str, Any]], path: Path) -> int:
    """Writes records as JSON Lines; gives how many there were."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count
