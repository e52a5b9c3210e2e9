"""Which words are split, and where."""

import pytest

from index.swedish import split_compound
from tests.test_swedish_analysis import lines


def test_compounds_of_the_sample_decision_are_split_as_by_hand() -> None:
    expected = [line.split("|") for line in lines("compounds.txt")]
    wrong = [
        (accepted[0], split)
        for accepted in expected
        if (split := "+".join(split_compound(accepted[0].replace("+", "")))) not in accepted
    ]
    assert len(wrong) <= 0.03 * len(expected), wrong


def test_simple_words_are_not_split() -> None:
    words = [word for line in lines("simple_words.txt") for word in line.split()]
    wrong = ["+".join(split_compound(word)) for word in words if len(split_compound(word)) > 1]
    assert len(words) > 400
    assert len(wrong) <= 0.01 * len(words), wrong


@pytest.mark.parametrize(
    "split",
    [
        "gles+bygds+kraft",
        "lång+siktigt",
        "el+nät",
        "väl+fungerande",
        "arbets+marknads+förändring",
        "arbets+plats+nära",
        "vårdnads+havare",
        "besluts+fattare",
        "natur+gas+nät",
        "yt+behandling",
        "skolor+närvaro",
        "barnens+rätt",
        "data+säkerhet",
        "metropolis",
    ],
)
def test_parts_that_the_dictionary_lacks_are_found(split: str) -> None:
    assert "+".join(split_compound(split.replace("+", ""))) == split


def test_a_hyphen_stays_on_the_left() -> None:
    assert split_compound("KAA-deltagares") == ("kaa-", "deltagares")


def test_the_parts_put_together_are_the_word() -> None:
    for line in lines("compounds.txt"):
        word = line.split("|")[0].replace("+", "")
        assert "".join(split_compound(word)) == word


@pytest.mark.parametrize("word", ["", "ö", "abc1", "x" * 61])
def test_what_is_no_word_is_not_split(word: str) -> None:
    assert split_compound(word) == (word,)
