"""The words of the index: their inflections, the compounds they stand in, their spelling.

Beside the postings, which know stems only, this knows words as they are written. It answers which
forms a stem has here, which compounds contain it, what a word without its dots may be (*halsa*),
and which words are spelled nearly so. One SQLite file, read-only once written, and the arrays of
`index.storage.spelling_filter` for the spelling.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from index.storage import spelling_filter
from index.storage.spelling_filter import LONGEST, Sieve
from index.swedish import Record, fold_ascii, is_function_word

Relation = Literal["stem", "part"]

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
"""What `Vocabulary` expects to find."""
_FILE = "words.sqlite"
_SHORTEST = 4  # letters of words that spelling is suggested for


class Spelling(NamedTuple):
    """A word of the index, or a stem, as it is spelled; the word; how many decisions it is in."""

    spelling: str
    word: str
    n: int


class WordFacts(NamedTuple):
    """What a word is, whatever text it stands in: its stem and the stems of its parts. A word that
    is written in two ways (*riksförbund*, *riks-förbund*) has the parts of both."""

    stem: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, record: Record) -> WordFacts:
        """Those of a word as written in one way."""
        parts = dict.fromkeys(part.stem for part in record.parts if part.stem != record.stem)
        return cls(record.stem, tuple(parts))

    def joined(self, other: WordFacts) -> WordFacts:
        """Those of the same word written in both ways."""
        parts = dict.fromkeys((*self.parts, other.stem, *other.parts))
        return WordFacts(self.stem, tuple(part for part in parts if part != self.stem))


@dataclass(slots=True)
class WordCount:
    """Words as written, and in how many decisions each is; below zero where some are taken away."""

    facts: dict[str, WordFacts] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    _last: dict[str, Record] = field(default_factory=dict)

    def add(
        self, words: Mapping[str, Record], variants: Iterable[Record] = (), times: int = 1
    ) -> None:
        """Adds the words of one decision, by their surfaces; `variants` are those of them that are
        written in another way too."""
        counts, last = self.counts, self._last
        for surface, record in words.items():
            if surface in counts:
                counts[surface] += times
                if last.get(surface) is not record:
                    self._add_facts(record)
            else:
                counts[surface] = times
                last[surface] = record
                self.facts[surface] = WordFacts.of(record)
        for record in variants:
            self._add_facts(record)

    def finish(self) -> None:
        """Lets go of what only `add` needs."""
        self._last.clear()

    def _add_facts(self, record: Record) -> None:
        surface = record.surface
        if record != self._last.get(surface):
            self.facts[surface] = self.facts[surface].joined(WordFacts.of(record))
        self._last[surface] = record

    def merge(self, other: WordCount) -> None:
        """Adds what another has counted."""
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
        changes = [(words.counts[one], number) for one, number in known.items()]
        base.executemany("UPDATE words SET n = n + ? WHERE id = ?", changes)
        relations = _relation_rows(words, known)  # a word may have been written in another way
        base.executemany("INSERT OR IGNORE INTO relations VALUES (?, ?, ?)", relations)
        (last,) = base.execute("SELECT max(id) FROM words").fetchone()
        _insert(base, words, sorted(words.counts.keys() - known.keys()), first=last + 1)
    _write_sieve(folder, base, before)
    base.close()


def _connected(folder: Path) -> sqlite3.Connection:
    base = sqlite3.connect(folder / _FILE)
    base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    return base


def _numbers(base: sqlite3.Connection, surfaces: Iterable[str]) -> dict[str, int]:
    """The numbers of those words that the vocabulary has."""
    query = "SELECT id FROM words WHERE word = ?"
    found = ((one, base.execute(query, (_storable(one),)).fetchone()) for one in surfaces)
    return {one: row[0] for one, row in found if row is not None}


def _insert(
    base: sqlite3.Connection, words: WordCount, surfaces: Sequence[str], first: int
) -> None:
    """Adds words, numbered from `first`."""
    numbers = {surface: number for number, surface in enumerate(surfaces, start=first)}
    base.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?)", _word_rows(words, numbers))
    relations = sorted(_relation_rows(words, numbers))  # a tree is filled fastest in its order
    base.executemany("INSERT INTO relations VALUES (?, ?, ?)", relations)
    base.executemany("INSERT INTO spellings VALUES (?, ?)", _spelling_rows(words, numbers))


def _word_rows(
    words: WordCount, numbers: Mapping[str, int]
) -> Iterator[tuple[int, str, str, str, int]]:
    for one, number in numbers.items():
        stem = _storable(fold_ascii(words.facts[one].stem))
        yield number, _storable(one), _storable(fold_ascii(one)), stem, words.counts[one]


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
    """What a misspelled word is compared with, and the word that was meant: words, and stems for
    words that are misspelled in another inflection than the index has."""
    for word, number in numbers.items():
        if _spellable(word):
            yield word, number
            stem = words.facts[word].stem
            if stem != word and _spellable(stem):
                yield stem, number


def _write_sieve(folder: Path, base: sqlite3.Connection, before: Path | None) -> None:
    """The sieve of the table's spellings, in the order of its rows; the first of them are those of
    the vocabulary `before`."""
    query = "SELECT spelling FROM spellings WHERE rowid > ? ORDER BY rowid"
    known = spelling_filter.size(before) if before else 0
    spelling_filter.write(folder, [one for (one,) in base.execute(query, (known,))], before)


class Vocabulary:
    """The vocabulary of one generation, opened read-only. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        address = f"{(folder / _FILE).absolute().as_uri()}?mode=ro&immutable=1"
        self._base = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._sieve = Sieve(folder)

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def related(self, stem: str, relation: Relation, limit: int) -> list[str]:
        """Words with this stem, or with it as a part, the commonest first."""
        rows = self._rows(
            "SELECT words.word FROM relations JOIN words ON words.id = relations.word"
            " WHERE relations.stem = ? AND relation = ? AND n > 0"
            " ORDER BY n DESC, words.word LIMIT ?",
            (_storable(stem), relation, limit),
        )
        return [str(word) for (word,) in rows]

    def carriers(self, stem: str) -> frozenset[str]:
        """All words that have this stem, or have it as a part."""
        rows = self._rows(
            "SELECT words.word FROM relations JOIN words ON words.id = relations.word"
            " WHERE relations.stem = ?",
            (_storable(stem),),
        )
        return frozenset(str(word) for (word,) in rows)

    def folded(self, word: str, limit: int) -> list[str]:
        """Words that are `word` without dots and accents, or whose stem is; commonest first."""
        rows = self._rows(
            "SELECT word FROM words WHERE (folded = ?1 OR stem = ?1) AND n > 0"
            " ORDER BY folded = ?1 DESC, n DESC, word LIMIT ?2",
            (_storable(fold_ascii(word)), limit),
        )
        return [str(found) for (found,) in rows if found != word]

    def nearby(self, word: str, distance: int) -> list[Spelling]:
        """Spellings that at most so many edits may make of `word`: what is worth comparing."""
        rows = (self._sieve.near(word, distance) + 1).tolist()
        found: list[Spelling] = []
        for first in range(0, len(rows), 500):
            some = tuple(rows[first : first + 500])
            query = (
                "SELECT spelling, words.word, n FROM spellings"
                " JOIN words ON words.id = spellings.word"
                f" WHERE spellings.rowid IN ({','.join('?' * len(some))}) AND n > 0"
            )
            found += [Spelling(*row) for row in self._rows(query, some)]
        return found

    def _rows(self, query: str, values: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._base.execute(query, values).fetchall()


def _spellable(word: str) -> bool:
    return _SHORTEST <= len(word) <= LONGEST and word.isalpha() and not is_function_word(word)


def _storable(word: str) -> str:
    """SQLite holds UTF-8, which has no lone surrogates."""
    return word.encode("utf-8", "replace").decode()
