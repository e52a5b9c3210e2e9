"""Identifiers that can be read, and Swedish alphabetical order."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.collation import sort_key
from index.slug import slug

IN_ORDER = [
    "10 steg",
    "2 steg",
    "Abba",
    "Ale kommun",
    "Alvesta",
    "Eskilstuna",
    "Orsa",
    "Vård",
    "Wallenberg",
    "Ytterby",
    "Zinkgruvan",
    "Åre",
    "Åsele",
    "Älvdalen",
    "Ödeshög",
    "Örebro",
    "Яна",
]


def test_swedish_letters_sort_after_z_in_their_order() -> None:
    shuffled = random.Random(1).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(shuffled, key=sort_key) == IN_ORDER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÅRE", "åre"),
        ("A\u030are", "Åre"),
        ("Idé", "ide"),
        ("Ærø", "Ärö"),
        ("Riks-förbund", "Riksförbund"),
        ("  Åre   kommun ", "Åre\u00a0kommun"),
        ("”Åre”", "Åre"),
        ("Müller", "Myller"),
        ("Straße", "Strasse"),
    ],
)
def test_case_accents_and_punctuation_are_ignored(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


def test_a_shorter_name_comes_before_a_longer_one() -> None:
    assert sort_key("Åre") < sort_key("Åre kommun") < sort_key("Åredalen")


def test_v_and_w_are_letters_of_their_own() -> None:
    assert sort_key("Vå") < sort_key("Wa")


@given(st.text(), st.text())
def test_the_key_depends_on_letters_alone(one: str, other: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", one)) == sort_key(
        unicodedata.normalize("NFC", one)
    )
    assert sort_key(f"{one} . {other}") == sort_key(f" {one}  {other}!")
    assert b"\0" not in sort_key(one)


@given(st.text("abcdefghijklmnopqrstuvwxyzåäö"), st.text("abcdefghijklmnopqrstuvwxyzåäö"))
def test_words_sort_letter_by_letter_as_in_the_alphabet(one: str, other: str) -> None:
    places = [
        ["abcdefghijklmnopqrstuvwxyzåäö".index(letter) for letter in word] for word in (one, other)
    ]
    assert (sort_key(one) < sort_key(other)) == (places[0] < places[1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hela Vägen Ut", "hela-vagen-ut"),
        ("ESF 2026:1", "esf-2026-1"),
        ("Hälsa Överkalix - Steg för Steg", "halsa-overkalix-steg-for-steg"),
        ("2027–2029", "2027-2029"),
        ("Väg—sjö", "vag-sjo"),
        ("Riks\u2011förbund", "riks-forbund"),
        ("Riks\u00a0förbund", "riks-forbund"),
        ("A\u030are", "are"),
        ("Smørrebrød på Ærø", "smorrebrod-pa-aro"),
        ("Idé & Café", "ide-cafe"),
        ("ﬁnt ℡", "fint-tel"),
        ("../../etc", "etc"),
        ("Проект", "x"),
        ("—", "x"),
        ("", "x"),
    ],
)
def test_slug_is_what_a_person_would_write(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_long_title_is_cut_without_a_hyphen_at_the_end() -> None:
    assert slug("a" * 79 + " bc") == "a" * 79
    assert len(slug("åäö " * 100)) <= 80


@given(st.text(max_size=120))
def test_a_slug_is_letters_digits_and_single_hyphens(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(text))
    assert len(slug(text)) <= 80


@given(st.text(max_size=120))
def test_a_slug_of_a_slug_is_the_slug(text: str) -> None:
    assert slug(slug(text)) == slug(text)


@given(st.text("abcåäöé -", max_size=60))
def test_a_slug_ignores_case_and_how_letters_are_composed(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert slug(text) == slug(text.upper()) == slug(decomposed) == slug(f" {text}.")
