"""The words of the index: their inflections, the compounds they stand in, their spelling.

Beside the postings, which know stems only, this knows words as they are written. It answers which
forms a stem has here, which compounds contain it, what a word without its dots may be (*halsa*),
and which words are spelled nearly so. One SQLite file, read-only once written, and three arrays for
the spelling.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from index.swedish import Token, fold_ascii, is_function_word

Relation = Literal["stem", "part"]

_SCHEMA = """
    CREATE TABLE words (word TEXT NOT NULL, folded TEXT NOT NULL, stem TEXT NOT NULL,
                        n INTEGER NOT NULL);
    CREATE TABLE spellings (spelling TEXT NOT NULL, word TEXT NOT NULL, n INTEGER NOT NULL);
    CREATE TABLE relations (stem TEXT NOT NULL, relation TEXT NOT NULL, n INTEGER NOT NULL,
                            word TEXT NOT NULL);
"""
_INDEXES = """
    CREATE INDEX words_by_folded ON words (folded);
    CREATE INDEX words_by_stem ON words (stem);
    CREATE INDEX relations_by_stem ON relations (stem, relation, n DESC, word);
"""
_LETTERS = {letter: np.uint32(1 << at) for at, letter in enumerate("abcdefghijklmnopqrstuvwxyzåäö")}
_SHORTEST, _LONGEST = 4, 40  # letters of words that spelling is suggested for


class Spelling(NamedTuple):
    """A word of the index, or a stem, as it is spelled; the word; how many decisions it is in."""

    spelling: str
    word: str
    n: int


@dataclass(slots=True)
class WordCount:
    """Gathers the words of decisions while an index is built."""

    tokens: dict[str, Token] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, words: dict[str, Token]) -> None:
        """Adds the words of one decision, by their surfaces."""
        for surface, token in words.items():
            if surface in self.counts:
                self.counts[surface] += 1
            else:
                self.counts[surface] = 1
                self.tokens[surface] = token

    def write(self, folder: Path) -> None:
        """Writes the vocabulary into a new `folder`."""
        folder.mkdir()
        surfaces = sorted(self.counts)
        base = sqlite3.connect(folder / "words.sqlite")
        with base:
            base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
            base.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", self._words(surfaces))
            base.executemany("INSERT INTO relations VALUES (?, ?, ?, ?)", self._relations())
            spellings = self._spellings()
            rows = ((one, word, self.counts[word]) for one, word in spellings.items())
            base.executemany("INSERT INTO spellings VALUES (?, ?, ?)", rows)
            base.executescript(_INDEXES)
        base.close()
        np.save(folder / "letters.npy", np.array([_letters(one) for one in spellings], np.uint32))
        np.save(folder / "lengths.npy", np.array([len(one) for one in spellings], np.uint8))

    def _words(self, surfaces: Iterable[str]) -> Iterable[tuple[str, str, str, int]]:
        for one in surfaces:
            stem = fold_ascii(self.tokens[one].stem)
            yield _storable(one), fold_ascii(one), _storable(stem), self.counts[one]

    def _spellings(self) -> dict[str, str]:
        """What a misspelled word is compared with -> the word that was meant: words, and stems for
        words that are misspelled in another inflection than the index has."""
        words = {one: one for one in sorted(self.counts) if _spellable(one)}
        stems: dict[str, str] = {}
        for word in words:
            stem = self.tokens[word].stem
            if _spellable(stem) and stem not in words:
                known = stems.setdefault(stem, word)
                stems[stem] = max(known, word, key=lambda one: self.counts[one])
        return words | stems

    def _relations(self) -> Iterable[tuple[str, Relation, int, str]]:
        for surface, token in self.tokens.items():
            if is_function_word(surface):
                continue
            n, word = self.counts[surface], _storable(surface)
            yield _storable(token.stem), "stem", n, word
            for stem in {part.stem for part in token.parts} - {token.stem}:
                yield _storable(stem), "part", n, word


class Vocabulary:
    """The vocabulary of one generation, opened read-only. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        address = f"{(folder / 'words.sqlite').absolute().as_uri()}?mode=ro&immutable=1"
        self._base = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._letters = np.load(folder / "letters.npy", mmap_mode="r")
        self._lengths = np.load(folder / "lengths.npy", mmap_mode="r")

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def related(self, stem: str, relation: Relation, limit: int) -> list[str]:
        """Words with this stem, or with it as a part, the commonest first."""
        rows = self._rows(
            "SELECT word FROM relations WHERE stem = ? AND relation = ? ORDER BY n DESC, word"
            " LIMIT ?",
            (_storable(stem), relation, limit),
        )
        return [str(word) for (word,) in rows]

    def folded(self, word: str, limit: int) -> list[str]:
        """Words that are `word` without dots and accents, or whose stem is; commonest first."""
        rows = self._rows(
            "SELECT word FROM words WHERE folded = ?1 OR stem = ?1"
            " ORDER BY folded = ?1 DESC, n DESC, word LIMIT ?2",
            (_storable(fold_ascii(word)), limit),
        )
        return [str(found) for (found,) in rows if found != word]

    def nearby(self, word: str, distance: int) -> list[Spelling]:
        """Spellings whose letters differ from those of `word` by at most so many insertions,
        deletions and replacements, whatever their order: what is worth comparing in full."""
        rows = self._near_rows(word, distance)
        found: list[Spelling] = []
        for first in range(0, len(rows), 500):
            some = [int(row) for row in rows[first : first + 500]]
            marks = ",".join("?" * len(some))
            query = f"SELECT spelling, word, n FROM spellings WHERE rowid IN ({marks})"
            found += [Spelling(*row) for row in self._rows(query, tuple(some))]
        return found

    def _near_rows(self, word: str, distance: int) -> npt.NDArray[np.int64]:
        lengths = self._lengths.astype(np.int16)
        at = np.flatnonzero(np.abs(lengths - len(word)) <= distance)
        different = np.bitwise_count(self._letters[at] ^ _letters(word))
        near: npt.NDArray[np.int64] = at[different <= 2 * distance] + 1
        return near

    def _rows(self, query: str, values: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._base.execute(query, values).fetchall()


def _spellable(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and word.isalpha() and not is_function_word(word)


def _letters(word: str) -> np.uint32:
    """Which letters a word has, a bit each."""
    mask = np.uint32(0)
    for letter in word:
        mask |= _LETTERS.get(letter, np.uint32(0))
    return mask


def _storable(word: str) -> str:
    """SQLite holds UTF-8, which has no lone surrogates."""
    return word.encode("utf-8", "replace").decode()
