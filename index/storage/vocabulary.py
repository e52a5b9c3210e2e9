"""The words of the index: their inflections, the compounds they stand in, their spelling.

The postings know only stems; the vocabulary knows words as written. It answers which forms of a
stem the index has, which compounds contain it, what a word without its dots may be (*halsa*), and
which words are spelled almost the same. One SQLite file, read-only once written, and the arrays of
`index.storage.spelling_filter`.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from index.storage import spelling_filter
from index.storage.spelling_filter import LONGEST, Sieve
from index.swedish import Record, fold_ascii, is_function_word

Relation = Literal["stem", "part"]
Rows = npt.NDArray[np.intp]
"""Numbers of spellings."""

_SCHEMA = """
    CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL, folded TEXT NOT NULL,
                        stem TEXT NOT NULL, n INTEGER NOT NULL);
    CREATE TABLE spellings (spelling TEXT NOT NULL, word INTEGER NOT NULL);
    CREATE TABLE relations (stem TEXT NOT NULL, relation TEXT NOT NULL, word INTEGER NOT NULL,
                            PRIMARY KEY (stem, relation, word)) WITHOUT ROWID;
"""
_INDEXES = """
    CREATE UNIQUE INDEX words_by_word ON words (word);
    CREATE INDEX words_by_folded ON words (folded);
    CREATE INDEX words_by_stem ON words (stem);
"""
LAYOUT = _SCHEMA + _INDEXES
"""The tables that `Vocabulary` expects."""
_FILE = "words.sqlite"
_BEGINNINGS = 256  # of words, whose completions are remembered: short ones take milliseconds
_SHORTEST = 4  # letters of words that spelling is suggested for


class Spelling(NamedTuple):
    """The spelling of a word or stem of the index, the word, and its document frequency."""

    spelling: str
    word: str
    n: int


class WordFacts(NamedTuple):
    """A word in any context: its stem and the stems of its parts. A word that is written in two
    ways (*riksförbund*, *riks-förbund*) has the parts of both."""

    stem: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, record: Record) -> WordFacts:
        """The facts of one written form."""
        parts = dict.fromkeys(part.stem for part in record.parts if part.stem != record.stem)
        return cls(record.stem, tuple(parts))

    def joined(self, other: WordFacts) -> WordFacts:
        """The facts of a word that is written in both ways."""
        parts = dict.fromkeys((*self.parts, other.stem, *other.parts))
        return WordFacts(self.stem, tuple(part for part in parts if part != self.stem))


@dataclass(slots=True)
class WordCount:
    """Words as written, and the number of decisions with each; negative where some are removed."""

    facts: dict[str, WordFacts] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    _last: dict[str, Record] = field(default_factory=dict)

    def add(
        self, words: Mapping[str, Record], variants: Iterable[Record] = (), times: int = 1
    ) -> None:
        """Adds the words of one decision, by surface; `variants` are other forms of some."""
        counts, last = self.counts, self._last
        for surface, record in words.items():
            if surface in counts:
                counts[surface] += times
                if last.get(surface) is not record:  # usually it is: records are cached
                    self._add_facts(record)
            else:
                counts[surface] = times
                last[surface] = record
                self.facts[surface] = WordFacts.of(record)
        for record in variants:
            self._add_facts(record)

    def finish(self) -> None:
        """Frees what only `add` needs."""
        self._last.clear()

    def _add_facts(self, record: Record) -> None:
        surface = record.surface
        if record != self._last.get(surface):
            self.facts[surface] = self.facts[surface].joined(WordFacts.of(record))
        self._last[surface] = record

    def merge(self, other: WordCount) -> None:
        """Adds the counts of another."""
        for surface, n in other.counts.items():
            self.counts[surface] = self.counts.get(surface, 0) + n
            facts = other.facts[surface]
            known = self.facts.setdefault(surface, facts)
            if known != facts:
                self.facts[surface] = known.joined(facts)


def write(folder: Path, words: WordCount) -> None:
    """Writes the vocabulary of a whole index into a new `folder`."""
    folder.mkdir()
    base = _connected(folder)
    with base:
        base.executescript(_SCHEMA)
        _insert(base, words, sorted(words.counts), first=1)
        base.executescript(_INDEXES)
    _write_sieve(folder, base, None)
    base.close()


def write_changed(folder: Path, before: Path, words: WordCount) -> None:
    """Copies the vocabulary `before` into a new `folder` and changes its counts by `words`."""
    folder.mkdir()
    shutil.copyfile(before / _FILE, folder / _FILE)
    base = _connected(folder)
    with base:
        known = _numbers(base, words.counts)
        changes = [(words.counts[surface], number) for surface, number in known.items()]
        base.executemany("UPDATE words SET n = n + ? WHERE id = ?", changes)
        relations = _relation_rows(words, known)  # a word may have been written in another way
        base.executemany("INSERT OR IGNORE INTO relations VALUES (?, ?, ?)", relations)
        (last,) = base.execute("SELECT max(id) FROM words").fetchone()
        _insert(base, words, sorted(words.counts.keys() - known.keys()), first=last + 1)
    _write_sieve(folder, base, before)
    base.close()


def _connected(folder: Path) -> sqlite3.Connection:
    base = sqlite3.connect(folder / _FILE)
    # The store syncs what it publishes, and an interrupted build is thrown away.
    base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    return base


def _numbers(base: sqlite3.Connection, surfaces: Iterable[str]) -> dict[str, int]:
    """The numbers of the words that the vocabulary already has."""
    query = "SELECT id FROM words WHERE word = ?"
    rows = ((word, base.execute(query, (_storable(word),)).fetchone()) for word in surfaces)
    return {word: row[0] for word, row in rows if row is not None}


def _insert(
    base: sqlite3.Connection, words: WordCount, surfaces: Sequence[str], first: int
) -> None:
    """Adds words, numbered from `first`."""
    numbers = {surface: number for number, surface in enumerate(surfaces, start=first)}
    base.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?)", _word_rows(words, numbers))
    relations = sorted(_relation_rows(words, numbers))  # a B-tree is filled fastest in key order
    base.executemany("INSERT INTO relations VALUES (?, ?, ?)", relations)
    base.executemany("INSERT INTO spellings VALUES (?, ?)", _spelling_rows(words, numbers))


def _word_rows(
    words: WordCount, numbers: Mapping[str, int]
) -> Iterator[tuple[int, str, str, str, int]]:
    for word, number in numbers.items():
        stem = _storable(fold_ascii(words.facts[word].stem))
        yield number, _storable(word), _storable(fold_ascii(word)), stem, words.counts[word]


def _relation_rows(
    words: WordCount, numbers: Mapping[str, int]
) -> Iterator[tuple[str, Relation, int]]:
    for surface, number in numbers.items():
        if not is_function_word(surface):
            facts = words.facts[surface]
            yield _storable(facts.stem), "stem", number
            for stem in facts.parts:
                yield _storable(stem), "part", number


def _spelling_rows(words: WordCount, numbers: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Spellings to compare a misspelled word with, and the word each means: words, and stems for
    words misspelled in an inflection that the index lacks."""
    for word, number in numbers.items():
        if _spellable(word):
            yield word, number
            stem = words.facts[word].stem
            if stem != word and _spellable(stem):
                yield stem, number


def _write_sieve(folder: Path, base: sqlite3.Connection, before: Path | None) -> None:
    """The sieve of the spellings table in row order, an extension of that of `before`."""
    query = "SELECT spelling FROM spellings WHERE rowid > ? ORDER BY rowid"
    known = spelling_filter.size(before) if before else 0
    spelling_filter.write(folder, [row[0] for row in base.execute(query, (known,))], before)


class Vocabulary:
    """The vocabulary of one generation, opened read-only. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        # immutable: SQLite then takes no locks, which would cost system calls for each query.
        address = f"{(folder / _FILE).absolute().as_uri()}?mode=ro&immutable=1"
        self._base = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._sieve = Sieve(folder)
        self._completions = lru_cache(maxsize=_BEGINNINGS)(self._completing)

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def related(
        self, stem: str, relation: Relation, limit: int, besides: str = ""
    ) -> tuple[list[str], int]:
        """Words with this stem, or with it as a part, besides one of them: the most frequent, and
        how many there are in all."""
        query = (
            "SELECT words.word, count(*) OVER ()"
            " FROM relations JOIN words ON words.id = relations.word"
            " WHERE relations.stem = ? AND relation = ? AND words.word <> ? AND n > 0"
            " ORDER BY n DESC, words.word LIMIT ?"
        )
        rows = self._rows(query, (_storable(stem), relation, _storable(besides), limit))
        return [word for word, _ in rows], rows[0][1] if rows else 0

    def folded(self, word: str, own: int, limit: int) -> list[str]:
        """Words that are `word` without dots and accents; most frequent first. Of one that is in
        `own` decisions itself, only those in more; of one in none, also those whose stem it is."""
        alike = "folded = ?1" if own else "(folded = ?1 OR stem = ?1)"
        query = (
            f"SELECT word FROM words WHERE {alike} AND word <> ?2 AND n > ?3"
            " ORDER BY folded = ?1 DESC, n DESC, word LIMIT ?4"
        )
        return self._words(query, _storable(fold_ascii(word)), _storable(word), own, limit)

    def completing(self, beginning: str, limit: int) -> Mapping[str, str]:
        """Words that begin so, with or without their dots, most frequent first; each with itself
        without dots."""
        return self._completions(beginning, limit)

    def _completing(self, beginning: str, limit: int) -> dict[str, str]:
        query = (
            "SELECT word, folded FROM words"
            " WHERE folded BETWEEN ?1 AND ?1 || char(0x10FFFF) AND n > 0"
            " ORDER BY n DESC, word LIMIT ?2"
        )
        return dict(self._rows(query, (_storable(fold_ascii(beginning)), limit)))

    def beginning_with(self, prefix: str, after: str, limit: int) -> list[str]:
        """Words that begin so, dots and all, and come after another, in order, at most `limit`."""
        query = (
            "SELECT word FROM words WHERE word BETWEEN ?1 AND ?1 || char(0x10FFFF)"
            " AND word > ?2 AND n > 0 ORDER BY word LIMIT ?3"
        )
        return self._words(query, _storable(prefix), _storable(after), limit)

    def count(self, word: str) -> int:
        """How many decisions have a word as written."""
        rows = self._rows("SELECT n FROM words WHERE word = ?", (_storable(word),))
        return int(rows[0][0]) if rows else 0

    def nearby(self, word: str, distance: int) -> tuple[Rows, npt.NDArray[np.uint16]]:
        """The rows of spellings that may be within `distance` edits of `word`, for a closer
        comparison, and their letters, uint16 (k, `LONGEST`)."""
        rows = self._sieve.near(word, distance)
        return rows, self._sieve.codes(rows)

    def spellings(self, rows: Rows) -> list[Spelling | None]:
        """The spellings of some rows, in their order; None where no decision has the word."""
        query = (
            "SELECT spelling, words.word, n FROM spellings JOIN words ON words.id = spellings.word"
            " WHERE spellings.rowid = ? AND n > 0"
        )
        # Rows count from 1 there.
        found = (self._rows(query, (row + 1,)) for row in rows.tolist())
        return [Spelling(*one[0]) if one else None for one in found]

    def _words(self, query: str, *values: str | int) -> list[str]:
        return [str(word) for (word,) in self._rows(query, values)]

    def _rows(self, query: str, values: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._base.execute(query, values).fetchall()


def _spellable(word: str) -> bool:
    return _SHORTEST <= len(word) <= LONGEST and word.isalpha() and not is_function_word(word)


def _storable(word: str) -> str:
    """SQLite stores UTF-8, which cannot hold lone surrogates."""
    return word.encode("utf-8", "replace").decode()
