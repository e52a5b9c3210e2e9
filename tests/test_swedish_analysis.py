"""What `analyze` makes of texts: stems, parts, spans."""

import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.swedish import (
    LEXICON_VERSION,
    Token,
    analyze,
    bag,
    fold_ascii,
    is_function_word,
    is_known,
    is_low_content,
    is_topical,
)
from index.swedish.bag import _suspensions

DATA = Path(__file__).parent / "data"


def lines(name: str) -> list[str]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def one(word: str) -> Token:
    (token,) = analyze(word)
    return token


def stem(word: str) -> str:
    return one(word).stem


def parts(word: str, kind: str) -> list[str]:
    return [part.word for part in one(word).parts if part.kind == kind]


def conflation(relation: str) -> list[tuple[Token, Token]]:
    """The pairs of words that conflation.txt puts in this relation."""
    rows = (line.split() for line in lines("conflation.txt"))
    return [
        (one(word), one(other))
        for word, sign, *others in rows
        if sign == relation
        for other in others
    ]


def kin(token: Token) -> set[str]:
    """The stems of a word and of what it is formed from."""
    return {token.stem, *(part.stem for part in token.parts if part.kind == "derivation")}


def written(pairs: list[tuple[Token, Token]]) -> str:
    return ", ".join(f"{first.text} {second.text}" for first, second in pairs)


def test_inflected_forms_meet_their_base_form() -> None:
    pairs = conflation("=")
    missed = [(base, form) for base, form in pairs if base.stem != form.stem]
    assert len(pairs) > 1000
    assert len(missed) <= 0.016 * len(pairs), written(missed)


def test_words_formed_from_one_another_are_kin_and_not_forms() -> None:
    pairs = conflation("~")
    missed = [
        (base, formed)
        for base, formed in pairs
        if base.stem == formed.stem or kin(base).isdisjoint(kin(formed))
    ]
    assert len(pairs) > 150
    assert len(missed) <= 0.101 * len(pairs), written(missed)


def test_other_words_keep_other_stems() -> None:
    pairs = conflation("/")
    met = [
        (first, second)
        for first, second in pairs
        if not {first.stem, *(part.stem for part in first.parts)}.isdisjoint(
            {second.stem, *(part.stem for part in second.parts)}
        )
    ]
    assert len(pairs) > 150
    assert len(met) <= 0.03 * len(pairs), written(met)


@pytest.mark.parametrize(
    ("form", "base"),
    [
        ("ungas", "ung"),
        ("nyanländas", "nyanländ"),
        ("års", "år"),
        ("säkra", "säker"),
        ("gemensamma", "gemensam"),
        ("goda", "god"),
        ("regler", "regel"),
        ("åtgärder", "åtgärd"),
        ("politikerna", "politiker"),
        ("bostäder", "bostad"),
        ("levnadsvanor", "levnadsvana"),
        ("tjänstemännen", "tjänsteman"),
        ("vänner", "vän"),
        ("utgjorde", "utgöra"),
        ("ställt", "ställa"),
        ("visade", "visa"),
        ("samlade", "samla"),
        ("fördelas", "fördela"),
        ("klubbarna", "klubba"),
        ("samer", "same"),
        ("hälsodata", "hälsodata"),
    ],
)
def test_a_form_leads_to_the_word_that_a_reader_takes_it_for(form: str, base: str) -> None:
    assert stem(form) == stem(base)


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("måla", "mål"),
        ("samma", "sam"),
        ("politisk", "polis"),
        ("praktisk", "prakt"),
        ("statistik", "statist"),
        ("majoritet", "major"),
        ("digitalisering", "digitalis"),
    ],
)
def test_a_word_carries_no_word_that_it_only_looks_formed_from(word: str, base: str) -> None:
    assert one(base).stem not in kin(one(word))


def test_a_town_is_no_shed() -> None:
    assert stem("Boden") == stem("boden") == stem("Bodens") == "boden"


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("utveckling", "utveckla"),
        ("inflyttning", "inflytta"),
        ("inkludering", "inkludera"),
        ("digitalisering", "digital"),
        ("anställning", "anställa"),
        ("anställda", "anställa"),
        ("kommunala", "kommun"),
        ("aktivitet", "aktiv"),
        ("rasistisk", "rasism"),
        ("ekonom", "ekonomi"),
        ("företagare", "företag"),
        ("ansvara", "ansvar"),
    ],
)
def test_a_formed_word_carries_what_it_is_formed_from(word: str, base: str) -> None:
    assert base in parts(word, "derivation")


def test_a_noun_that_shares_the_stem_of_its_verb_counts_once() -> None:
    assert parts("ställning", "derivation") == ["ställa"]


@pytest.mark.parametrize(
    ("word", "denied"), [("ohälsa", "hälsa"), ("ojämlikhet", "jämlikhet"), ("ohälsotal", "hälsa")]
)
def test_a_negation_carries_what_it_denies(word: str, denied: str) -> None:
    assert denied in parts(word, "negation")


@pytest.mark.parametrize(
    "word", ["område", "ordning", "omställning", "offentlig", "olja", "organisation", "omgång"]
)
def test_a_word_in_o_that_denies_nothing_has_no_negation(word: str) -> None:
    assert parts(word, "negation") == []


@pytest.mark.parametrize(
    ("compound", "words"),
    [
        ("elevhälsa", ["elev", "hälsa"]),
        ("hälsofrämjande", ["hälsa", "främjande"]),
        ("gymnasieskolan", ["gymnasium", "skola"]),
        ("Kompetensförsörjningsarbetet", ["kompetens", "försörjning", "arbete"]),
        ("skolfrånvaro", ["skola", "frånvaro"]),
    ],
)
def test_parts_are_words_as_a_person_would_write_them(compound: str, words: list[str]) -> None:
    assert parts(compound, "part") == words


def test_a_part_has_the_stem_of_its_word() -> None:
    for part in one("arbetsmarknadsförändringar").parts:
        assert part.stem == stem(part.word)


def test_a_long_compound_carries_the_compounds_inside_it() -> None:
    assert "arbetsmarknad" in parts("arbetsmarknadsförändring", "compound")


def test_a_part_has_its_own_span() -> None:
    text = "Hela gymnasieskolan"
    token = analyze(text)[1]
    assert [text[part.start : part.end] for part in token.parts] == ["gymnasie", "skolan"]


def test_a_soft_hyphen_stays_in_the_span_and_leaves_the_word() -> None:
    text = "gymna\u00adsie\u00adskolan"
    (token,) = analyze(text)
    assert token.surface == "gymnasieskolan"
    assert token.text == text
    assert [text[part.start : part.end] for part in token.parts] == [
        "gymna\u00adsie\u00ad",
        "skolan",
    ]


def test_decomposed_letters_are_the_same_word() -> None:
    (token,) = analyze("ha\u0308lsa")
    assert (token.surface, token.end) == ("hälsa", 6)


@pytest.mark.parametrize("written", ["Riks-förbund", "riks\u2011förbund", "riks\u2010förbund"])
def test_a_hyphenated_word_is_the_joined_word_and_both_its_sides(written: str) -> None:
    token, joined = one(written), one("riksförbund")
    assert (token.surface, token.stem) == (joined.surface, joined.stem)
    assert parts(written, "joined") == ["riks", "förbund"]


def test_a_hyphenated_acronym_inflects_by_its_head() -> None:
    assert stem("KAA-deltagares") == stem("KAA-deltagare")
    assert "deltagare" in parts("KAA-deltagares", "joined")


@pytest.mark.parametrize("written", ["EU:s", "EUs", "Eu's"])
def test_the_genitive_of_an_acronym_meets_it(written: str) -> None:
    assert (stem(written), one(written).surface) == (stem("EU"), "eus")


def test_a_suspended_compound_is_written_out() -> None:
    first, _, second = analyze("studie- och yrkesvägledning")
    assert [part.word for part in first.parts] == ["studievägledning"]
    assert first.parts[0].stem == stem("studievägledningen")
    assert (first.text, second.surface) == ("studie-", "yrkesvägledning")


def test_a_series_of_suspended_compounds_is_written_out() -> None:
    tokens = analyze("skol-, fritids- och kulturverksamhet")
    assert [p.word for t in tokens for p in t.parts if p.kind == "ellipsis"] == [
        "skolverksamhet",
        "fritidsverksamhet",
    ]


def test_a_suspended_head_is_written_out() -> None:
    last = analyze("elevhälsa och -vård")[2]
    assert (last.text, [part.word for part in last.parts]) == ("vård", ["elevvård"])


def test_a_suspended_word_alone_stands_for_its_word() -> None:
    assert one("gymnasie-").lemma == "gymnasium"


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("2 800 000 kr", ["2800000", "kr"]),
        ("2\u00a0800\u202f000", ["2800000"]),
        ("2026 100 000", ["2026", "100000"]),
        ("1 2 3", ["1", "2", "3"]),
        ("13–16 år", ["13", "16", "år"]),
        ("2021-2027", ["2021", "2027"]),
        ("ESF 2026:1", ["esf", "2026:1"]),
        ("1,5 mnkr", ["1,5", "mnkr"]),
        ("covid-19", ["covid19"]),
        ("info@kommun.se", ["info", "kommun", "se"]),
        ("och/eller", ["och", "eller"]),
        ("snake_case", ["snake", "case"]),
        ("CO₂ ﬁnans", ["co2", "finans"]),
        ("Norrbotten–Västerbotten", ["norrbotten", "västerbotten"]),
    ],
)
def test_a_text_falls_into_these_words(text: str, surfaces: list[str]) -> None:
    assert [token.surface for token in analyze(text)] == surfaces


def test_the_year_of_a_round_is_a_part_of_its_name() -> None:
    assert parts("2026:1", "joined") == ["2026"]


@pytest.mark.parametrize(
    ("written", "surface"),
    [("Idé", "ide"), ("Über", "uber"), ("Åäö", "åäö"), ("Tromsø", "tromsö"), ("Šumava", "sumava")],
)
def test_foreign_letters_fold_and_swedish_ones_stay(written: str, surface: str) -> None:
    assert one(written).surface == surface


def test_ascii_folding_is_the_same_on_both_sides() -> None:
    assert fold_ascii("Hälsoåtgärdsöverföring") == fold_ascii("halsoatgardsoverforing")


@pytest.mark.parametrize("word", ["hälsan", "Norrbottens", "långsiktigt", "kulturskolelärare", "7"])
def test_words_and_compounds_of_words_are_known(word: str) -> None:
    assert is_known(word)


@pytest.mark.parametrize("word", ["hlsa", "kompetensförsörning", "skloa", "siktig"])
def test_misspelt_words_are_not_known(word: str) -> None:
    assert not is_known(word)


def test_function_words_are_told_from_content_words() -> None:
    assert all(map(is_function_word, ["och", "I", "på", "att"]))
    assert not any(map(is_function_word, ["hälsa", "skola", "psykisk"]))


TOPICS = "hälsa skola rättighet arbete barn tidning data skapande vägar leden"
LOW = (
    "måste finns gör gäller behöver vill handlar projekt vilka hur tillgång rätt mer ligger linje "
    "tid september oftast projektets tillgången Rätten linjer tider ligga behövde största månaden"
)


@pytest.mark.parametrize("word", LOW.split())
def test_words_of_any_topic_have_low_content_in_every_form(word: str) -> None:
    assert is_low_content(word)


@pytest.mark.parametrize(
    "word", ["underlättar", "förstår", "huvudsakligen", "2026", "syftet", "och"]
)
def test_verbs_adverbs_and_numbers_are_no_topic(word: str) -> None:
    assert not is_topical(word)


@pytest.mark.parametrize(
    "word", ["skolan", "psykisk", "Luleå", "sverige", "elevhälsoteam", "xyzzy"]
)
def test_nouns_adjectives_names_and_unknown_words_may_be_a_topic(word: str) -> None:
    assert is_topical(word)


@pytest.mark.parametrize("word", TOPICS.split())
def test_words_of_a_topic_have_content(word: str) -> None:
    assert not is_low_content(word)


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.one_of(
            st.sampled_from("aeoåäösnlrtk-:' ’\u00ad\u0308\u030a0123.,_\u2011–\u00a0éß\ud800😀\0"),
            st.characters(codec=None),
        ),
        max_size=60,
    )
)
def test_spans_point_into_the_text_as_given(text: str) -> None:
    end = 0
    for position, token in enumerate(analyze(text)):
        assert text[token.start : token.end] == token.text
        assert token.position == position
        assert end <= token.start < token.end
        assert token.surface and token.stem and token.lemma
        for part in token.parts:
            assert token.start <= part.start <= part.end <= token.end
            assert part.word and part.stem
        end = token.end


@given(st.text(max_size=40))
def test_the_same_word_gets_the_same_answer(text: str) -> None:
    assert analyze(text) == analyze(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "a-" * 50_000,
        "1 " * 50_000,
        "111 " * 30_000,
        "1,1" * 30_000,
        "å\u0308" * 50_000,
        "skol-" + " och" * 30_000,
        "studie- och yrkesvägledning " * 5_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    analyze(text)
    assert time.process_time() - began < 5


def test_a_very_long_word_is_not_split() -> None:
    assert one("kompetensförsörjnings" * 4).parts == ()


def test_threads_get_the_same_answers() -> None:
    words = [line.split()[-1] for line in lines("conflation.txt")] * 3
    text = " ".join(f"{word} sam{word} {word}kraften" for word in words)
    expected = analyze(text)
    answers: list[list[Token]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(analyze(text + " "))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4


def test_the_lexicon_names_its_version() -> None:
    dictionary, _, digest = LEXICON_VERSION.rpartition("-")
    assert dictionary.startswith("sv_SE-")
    assert len(digest) == 12


def test_a_hundred_thousand_warm_words_take_under_two_seconds() -> None:
    text = "Projektet stärker kompetensförsörjningen i Norrbottens kommuner " * 16_000
    analyze(text[:1000])
    began = time.process_time()
    tokens = analyze(text)
    assert len(tokens) / (time.process_time() - began) > 50_000, sys.version


@given(
    st.lists(
        st.sampled_from(
            [
                "hälsa",
                "Hälsa",
                "studie-",
                "och",
                "yrkesvägledning",
                "elevhälsa",
                "-vård",
                "\n",
                "2",
                "studie-/yrkes-",
                "(studie-)",
                "ett",
                "två",
                "tre",
                "fyra",
            ]
        ),
        max_size=12,
    ).map(" ".join)
    | st.text(max_size=60)
)
def test_a_bag_holds_the_words_that_analysis_gives(text: str) -> None:
    found = bag(text)
    lines = text.split("\n")
    tokens = [token for line in lines for token in analyze(line)]
    assert found.length == len(tokens)
    assert sorted(record.surface for record, places in found.words for _ in places) == sorted(
        token.surface for token in tokens
    )
    starts, position = [], 0
    begins: list[int] = []
    line_start = 0
    ellipses = []
    for line in lines:
        ellipses += [
            (part.stem, position + token.position)
            for token in analyze(line)
            for part in token.parts
            if part.kind == "ellipsis"
        ]
        count = len(analyze(line))
        starts += range(position, position + count)
        begins += [line_start + token.start for token in analyze(line)]
        begins.append(begins[-1] if begins else 0)
        line_start += len(line) + 1
        position += count + 1
    assert sorted(found.ellipses) == sorted(ellipses)
    assert found.starts == begins
    assert len(begins) == position
    assert sorted(place for _, places in found.words for place in places) == starts


@pytest.mark.parametrize("piece", ["-", "a-!", "- a", "studie- och yrkesvägledning ", "a-! " * 3])
def test_nothing_of_a_text_full_of_hyphens_is_analysed_twice(piece: str) -> None:
    text = piece * (9_000 // len(piece))
    stretches = [(start, end) for _, start, end in _suspensions(text)]
    assert stretches
    assert all(before[1] < after[0] for before, after in pairwise(stretches))


def test_many_suspended_compounds_are_each_completed_at_their_own_places() -> None:
    stems = ["studievägledning", "hemvård"]
    text = "studie- och yrkesvägledning, hem- och äldrevård " * 50
    found = bag(text).ellipses
    assert found == [(stem, at * 6 + 3 * n) for at in range(50) for n, stem in enumerate(stems)]
