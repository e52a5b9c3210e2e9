"""Which words of a decision stand in others, against what comparing all of them says."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.build import build
from index.decision import Decision
from index.storage import passages, writing
from index.storage.passages import FIELDS, GRAM, PASSAGE, WINDOW, fingerprints, numbers
from index.storage.schema import texts
from index.swedish import bag, find_words, surface_of
from search import wording
from search.result import SharedPassage, TextPiece, Wording
from search.searcher import Searcher
from tests.conftest import Clock, document

QUOTE = "varje barn ska få gå i en skola nära hemmet och lära sig simma där"
"""Fifteen words."""
STANDARD = "projektet har prövats mot regionens riktlinjer och bedöms bidra till målen i planen"
"""Thirteen words."""
OWN = ("vi målar huset", "vi lagar bron", "vi ritar kartan", "vi fiskar torsk", "vi odlar kål")
"""What nobody else says."""


def row(title: str, description: str, motivation: str = "") -> str:
    reason = f"<p><b>Motivering:</b> {motivation}</p>" if motivation else ""
    return f"Ankeby kommun\t{title}\t<p>{description}</p>{reason}\t1 000"


def told(engine: Searcher, title: str) -> list[tuple[str, str, dict[str, int]]]:
    """Of each passage of the decision with a title its kind, its text and, by title, how many words
    of it others have."""
    decision = by_title(engine, title)
    return [
        (one.kind, cut(decision, one), {other.decision.title: other.words for other in one.others})
        for one in wording_of(engine, decision).passages
    ]


def by_title(engine: Searcher, title: str) -> Decision:
    every = [engine.get(identifier) for identifier in engine.identifiers()]
    return next(one for one in every if one is not None and one.title == title)


def wording_of(engine: Searcher, decision: Decision) -> Wording:
    found = engine.wording(decision.id)
    assert found is not None
    return found


def cut(decision: Decision, passage: SharedPassage) -> str:
    return texts(decision)[passage.field][passage.start : passage.end]


Make = Callable[..., Searcher]


def test_a_quote_is_found_from_both_sides(make_engine: Make) -> None:
    engine = make_engine(
        row("En", f"Vi menar att {QUOTE} alltid."),
        row("Två", "Ett annat projekt.", f"Som sagt: {QUOTE}!"),
        row("Tre", "Nära hemmet ska varje barn lära sig simma i skolan."),
    )
    assert told(engine, "En") == [("shared", QUOTE, {"Två": 15})]
    assert told(engine, "Två") == [("shared", QUOTE, {"En": 15})]
    assert told(engine, "Tre") == []
    assert [
        wording_of(engine, by_title(engine, one)).passages[0].field for one in ("En", "Två")
    ] == [
        "description",
        "motivation",
    ]


def test_a_list_that_was_copied_is_found_across_its_lines(make_engine: Make) -> None:
    words = QUOTE.split()
    broken = " ".join(words[:6]) + "</p><ul><li>" + " ".join(words[6:]) + "</li></ul><p>Slut."
    engine = make_engine(row("En", f"{QUOTE}."), row("Två", f"Så här: {broken}"))
    (passage,) = told(engine, "Två")
    assert passage == ("shared", "\n".join([" ".join(words[:6]), " ".join(words[6:])]), {"En": 15})


def test_blocks_are_cut_where_passages_begin_and_end(make_engine: Make) -> None:
    words = QUOTE.split()
    first, last = " ".join(words[:6]), " ".join(words[6:])
    other = "projekt och andra projekt som vi inte vet något om men som finns"
    engine = make_engine(
        row("En", f"{QUOTE} {other}."),
        row("Två", f"Så här: {first}</p><p>{last} samt {other}!</p><p>Slut.", f"{QUOTE}!"),
    )
    decision = by_title(engine, "Två")
    found = wording_of(engine, decision)
    one, two, three = found.passages
    assert [*map(as_pairs, found.pieces("description", decision.description))] == [
        [("Så här: ", None), (first, one)],
        [(last, one), (" samt ", None), (other, two), ("!", None)],
        [("Slut.", None)],
    ]
    assert [*map(as_pairs, found.pieces("motivation", decision.motivation))] == [
        [(QUOTE, three), ("!", None)]
    ]


def as_pairs(pieces: Sequence[TextPiece]) -> list[tuple[str, SharedPassage | None]]:
    return [(one.text, one.passage) for one in pieces]


def test_no_run_goes_from_one_field_or_decision_into_the_next(make_engine: Make) -> None:
    half = QUOTE.split()
    engine = make_engine(
        row("En", f"{QUOTE}."),
        row("Två", "Så här: " + " ".join(half[:7]), " ".join(half[7:])),
        row("Tre", "Så här: " + " ".join(half[:8])),
        row("Fyra", " ".join(half[8:])),
    )
    assert told(engine, "En") == []


def test_twelve_words_are_a_passage_and_eleven_are_not(make_engine: Make) -> None:
    twelve, eleven = (" ".join(QUOTE.split()[:n]) for n in (12, 11))
    engine = make_engine(
        row("En", f"Vi menar att {QUOTE}."),
        row("Två", f"Ja: {twelve} emellertid."),
        row("Tre", f"Nej: {eleven} förvisso."),
    )
    assert told(engine, "En") == [("shared", twelve, {"Två": 12})]
    # Eleven may have a fingerprint in common, or none; both ways they are no passage.
    assert told(engine, "Tre") == []


def test_case_soft_hyphens_and_signs_make_no_difference(make_engine: Make) -> None:
    other = QUOTE.upper().replace("HEMMET", "HEM\u00adMET").replace("SKOLA ", "SKOLA – ")
    engine = make_engine(row("En", QUOTE), row("Två", f"Så: ”{other}”"))
    assert told(engine, "En") == [("shared", QUOTE, {"Två": 15})]
    ((_, text, others),) = told(engine, "Två")
    assert (surface_of(text.split()[0]), others) == ("varje", {"En": 15})


def test_the_words_compared_are_those_of_the_index() -> None:
    text = (
        "Riks-för\u00adbund EU:s 2 800 000 kr_or, é Ü; studie- och\nyrkesvägledning «1,5» covid‑19"
    )
    record_surfaces = {record.surface: places for record, places in bag(text).words}
    in_order = sorted((at, word) for word, places in record_surfaces.items() for at in places)
    assert [word for _, word in in_order] == [*map(surface_of, find_words(text))]


def test_a_standard_phrase_is_told_and_relates_nothing(make_engine: Make) -> None:
    engine = make_engine(
        *(row(f"P{n}", f"Här {own}.", f"{STANDARD}.") for n, own in enumerate(OWN)),
        *(row(f"Q{n}", f"Nummer {n}.") for n in range(3)),
    )
    (passage,) = wording_of(engine, by_title(engine, "P0")).passages
    assert (passage.kind, passage.decisions, passage.of, passage.words) == ("standard", 5, 8, 13)
    assert passage.others == ()
    assert cut(by_title(engine, "P0"), passage) == STANDARD


@pytest.mark.parametrize("at_once", [1, 3, 1_000_000])
def test_a_quote_beside_a_standard_phrase_relates_by_the_quote_alone(
    make_engine: Make, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(wording, "_AT_ONCE", at_once)
    engine = make_engine(
        row("En", f"{QUOTE} {STANDARD} hos oss."),
        row("Två", f"Ja, {QUOTE} {STANDARD} vid kusten."),
        row("Tre", f"{STANDARD} i fjällen."),
        row("Fyra", f"Nu går {STANDARD} hem."),
    )
    assert told(engine, "En") == [("shared", QUOTE, {"Två": 15}), ("standard", STANDARD, {})]
    assert told(engine, "Tre") == [("standard", STANDARD, {})]


def test_words_beside_a_standard_phrase_that_are_too_few_relate_nothing(make_engine: Make) -> None:
    few = " ".join(QUOTE.split()[:11])
    engine = make_engine(
        row("En", f"{few} {STANDARD} hos oss."),
        row("Två", f"Ja, {few} {STANDARD} vid kusten."),
        row("Tre", f"{STANDARD} i fjällen."),
    )
    assert told(engine, "En") == [("standard", STANDARD, {})]


@pytest.mark.parametrize(
    ("having", "size", "kind"),
    [
        (2, 2, "shared"),
        (3, 3, "standard"),
        (3, 29, "standard"),
        (3, 30, "shared"),
        (4, 30, "standard"),
    ],
)
def test_a_standard_phrase_is_in_three_of_a_round_and_in_more_than_a_tenth(
    make_engine: Make, having: int, size: int, kind: str
) -> None:
    engine = make_engine(
        *(row(f"P{n}", f"{QUOTE} {n}.") for n in range(having)),
        *(row(f"Q{n}", f"Nummer {n}.") for n in range(size - having)),
    )
    (passage,) = wording_of(engine, by_title(engine, "P0")).passages
    assert (passage.kind, passage.of) == (kind, size if kind == "standard" else 0)
    assert passage.decisions == (having if kind == "standard" else having - 1)


def test_other_rounds_have_no_say_in_what_is_standard(tmp_path: Path) -> None:
    for number in range(4):
        rows = [row(f"P{number}{n}", f"{QUOTE} {number} {n}.") for n in range(2)]
        heading = f"# Regionens beslut om projekt X 203{number}:1"
        (tmp_path / f"{number}.txt").write_text(document(*rows, heading=heading), "utf-8")
    build([*tmp_path.glob("*.txt")], tmp_path / "index")
    (passage,) = wording_of(
        engine := Searcher.open(tmp_path / "index"), by_title(engine, "P00")
    ).passages
    assert (passage.kind, passage.decisions, len(passage.others)) == ("shared", 7, 7)


def test_runs_that_go_on_differently_make_one_passage_with_the_words_of_each(
    make_engine: Make,
) -> None:
    words = [f"ord{n}" for n in range(60)]
    engine = make_engine(
        row("Hel", " ".join(words)),
        row("Början", " ".join(words[:20])),
        row("Mitten", "Nej, " + " ".join(words[15:40])),
        row("Slutet", "Jo, " + " ".join(words[40:])),
    )
    assert told(engine, "Hel") == [
        ("shared", " ".join(words[:40]), {"Början": 20, "Mitten": 25}),
        ("shared", " ".join(words[40:]), {"Slutet": 20}),
    ]
    assert told(engine, "Mitten") == [("shared", " ".join(words[15:40]), {"Hel": 25})]


DATED = "Projektägare\tProjektnamn\tBeskrivning\tBeslutsdatum\tBeviljat belopp (kr)\n"


def test_the_oldest_are_told_by_their_date_or_else_by_when_they_were_first_seen(
    tmp_path: Path, clock: Clock
) -> None:
    def put(number: int, *rows: str) -> None:
        heading = f"# Regionens beslut om projekt X 20{number}:1\n\n"
        (tmp_path / f"{number}.txt").write_text(heading + DATED + "\n".join(rows) + "\n", "utf-8")
        build([*tmp_path.glob("*.txt")], tmp_path / "index")
        clock.tick()

    put(31, f"Ankeby\tSjälv\t{QUOTE}.\t2031-05-05\t1", f"Ankeby\tSedd\t{QUOTE} ett.\t\t1")
    put(32, *(f"Ankeby\tSen {n:02}\t{QUOTE} {n}.\t2032-01-{n:02}\t1" for n in range(12, 0, -1)))
    put(33, f"Ankeby\tTidig\t{QUOTE} två.\t1999-12-31\t1")
    engine = Searcher.open(tmp_path / "index")
    (passage,) = wording_of(engine, by_title(engine, "Själv")).passages
    assert passage.decisions == 14
    titles = [other.decision.title for other in passage.others]
    assert titles == ["Tidig", "Sedd", *(f"Sen {n:02}" for n in range(1, 9))]
    assert [other.since for other in passage.others[:3]] == [
        "1999-12-31",
        "2030-01-01T00:00:00Z",
        "2032-01-01",
    ]


def test_what_is_gone_or_changed_is_no_longer_told(tmp_path: Path) -> None:
    def put(name: str, *rows: str) -> None:
        heading = f"# Regionens beslut om projekt {name} 2030:1"
        (tmp_path / f"{name}.txt").write_text(document(*rows, heading=heading), "utf-8")

    def now() -> Searcher:
        build([*sorted(tmp_path.glob("*.txt"))], tmp_path / "index")
        return Searcher.open(tmp_path / "index")

    put("A", *(row(f"Fyllnad {n}", f"Nummer {n}.") for n in range(8)), row("En", f"{QUOTE}."))
    put("B", row("Två", f"Ja, {QUOTE}."), row("Tre", "Inget."))
    assert told(now(), "En") == [("shared", QUOTE, {"Två": 15})]
    put("B", row("Två", "Inget."), row("Tre", f"Nej, {QUOTE}."))
    assert told(now(), "En") == [("shared", QUOTE, {"Tre": 15})]
    (tmp_path / "B.txt").unlink()
    assert told(now(), "En") == []


def test_an_index_that_grew_tells_what_one_made_anew_tells(tmp_path: Path) -> None:
    for number in range(5):
        rows = [
            row(f"P{number}{n}", f"{QUOTE} {number} {n}.", f"{n} {STANDARD}.") for n in range(9)
        ]
        heading = f"# Regionens beslut om projekt X 203{number}:1"
        (tmp_path / f"{number}.txt").write_text(document(*rows, heading=heading), "utf-8")
        build([*sorted(tmp_path.glob("*.txt"))], tmp_path / "grown")
    build([*sorted(tmp_path.glob("*.txt"))], tmp_path / "anew")
    grown, anew = Searcher.open(tmp_path / "grown"), Searcher.open(tmp_path / "anew")
    assert grown.identifiers() == anew.identifiers()
    for identifier in grown.identifiers():
        assert simple(grown.wording(identifier)) == simple(anew.wording(identifier))


def simple(found: Wording | None) -> object:
    """What is told, but for what was read when."""
    assert found is not None
    return [
        (one.kind, one.field, one.start, one.end, one.decisions, one.of, len(one.others))
        for one in found.passages
    ]


def test_what_only_looks_equal_at_the_ends_of_a_run_is_not_told(
    make_engine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All words have the same 16 bits, so that runs seem to go on.
    for module in (passages, wording):
        monkeypatch.setattr(module, "short", lambda words: np.zeros(len(words), np.uint16))
    monkeypatch.setattr(wording, "_STANDARD_LEAST", 4)
    here = row("En", f"Så här står det skrivet: {QUOTE} och inget mer än så.")
    quoting = row("Två", f"Vi kan ju citera dem: {QUOTE} alldeles som vi vill.")
    eleven = " ".join(QUOTE.split()[:11])
    other = row("Tre", f"Men det här är annat: {eleven} alldeles som de sade.")
    engine = make_engine(here, quoting)
    assert told(engine, "En") == [("shared", QUOTE, {"Två": 15})]
    engine = make_engine(here, other)
    assert told(engine, "En") == told(engine, "Tre") == []
    engine = make_engine(here, other, quoting)
    assert told(engine, "En") == [("shared", QUOTE, {"Två": 15})]
    assert wording_of(engine, by_title(engine, "En")).passages[0].decisions == 1


def test_the_fingerprints_of_every_segment_are_held_to_their_hashes(small: Searcher) -> None:
    served = [path.name for path in small.generation.served]
    assert [name for name in served if name.endswith(".passages")]


def test_there_is_no_wording_of_a_decision_that_is_not_there(small: Searcher) -> None:
    assert small.wording("ingen") is None
    assert all(small.wording(one) == Wording((), 0) for one in small.identifiers())


def test_shorter_passages_that_are_too_many_are_counted(
    make_engine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "MOST_PASSAGES", 2)
    some = [" ".join(f"ord{n}{letter}" for n in range(12 + n)) for n, letter in enumerate("abc")]
    engine = make_engine(row("En", " först ".join(some)), row("Två", " sist ".join(some)))
    assert [text for _, text, _ in told(engine, "En")] == some[1:]
    assert wording_of(engine, by_title(engine, "En")).more == 1


# Texts of few different words, in which runs meet in many ways.
_WORD = st.sampled_from(["ett", "två", "tre"])
_PIECE = st.sampled_from(
    [QUOTE, STANDARD, " ".join(QUOTE.split()[:12]), " ".join(STANDARD.split()[2:]), *OWN]
)
_TEXT = st.lists(_PIECE | st.lists(_WORD, max_size=15).map(" ".join), max_size=6).map(" ".join)
_WORDS = st.lists(_WORD | st.sampled_from(QUOTE.split()), max_size=40)


def of_words(*some: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The fingerprints of texts in a row, and where they stand."""
    row_ = numbers([word.encode() for one in some for word in one])
    places, kept = fingerprints(row_, np.cumsum([len(one) for one in some]))
    return kept, places


@given(_WORDS, _WORDS, _WORDS, _WORDS, st.lists(_WORD, min_size=PASSAGE, max_size=30))
def test_texts_with_twelve_words_in_common_have_a_fingerprint_in_common_there(
    before: list[str], after: list[str], other: list[str], last: list[str], common: list[str]
) -> None:
    for begin in range(len(common) - PASSAGE + 1):
        window = common[begin : begin + PASSAGE]
        one, other_ = of_words(before + window + after), of_words(other + window + last)

        def within(found: tuple[np.ndarray, np.ndarray], start: int) -> set[tuple[int, int]]:
            return {
                (int(kept), int(at) - start)
                for kept, at in zip(*found, strict=True)
                if 0 <= at - start < WINDOW
            }

        assert within(one, len(before)) & within(other_, len(other))


@example([[f"ord{n}" for n in range(100)], [f"annat{n}" for n in range(100)]], 7)
@given(st.lists(_WORDS, min_size=1, max_size=5), st.integers(1, 40))
def test_fingerprints_are_the_same_in_whatever_pieces_they_are_made(
    some: list[list[str]], at_once: int
) -> None:
    whole = of_words(*some)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passages, "_AT_ONCE", at_once)
        kept, places = of_words(*some)
    assert kept.tolist() == whole[0].tolist() and places.tolist() == whole[1].tolist()
    ends = np.cumsum([len(one) for one in some])
    for at in places.tolist():
        text = np.searchsorted(ends, at, "right")
        assert at + GRAM <= ends[text]


def test_one_in_three_runs_is_kept() -> None:
    kept, _ = of_words([f"ord{n}" for n in range(100_000)])
    assert 0.32 < len(kept) / 100_000 < 0.35


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 1), _TEXT, _TEXT), min_size=2, max_size=14),
    st.integers(1, 5),
    st.sampled_from([1, 7, 1_000_000]),
)
def test_what_is_told_is_what_comparing_every_twelve_words_finds(
    some: list[tuple[int, str, str]], segment: int, at_once: int
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "SEGMENT", segment)
        patch.setattr(wording, "_AT_ONCE", at_once)
        folder = Path(name)
        for round_ in range(2):
            rows = [
                row(f"P{n}", f"{n}. {description}", motivation)
                for n, (its, description, motivation) in enumerate(some)
                if its == round_
            ]
            heading = f"# Regionens beslut om projekt X 203{round_}:1"
            (folder / f"{round_}.txt").write_text(document(*rows, heading=heading), "utf-8")
        build([*sorted(folder.glob("*.txt"))], folder / "index", workers=1)
        engine = Searcher.open(folder / "index")
        every = [one for one in map(engine.get, engine.identifiers()) if one is not None]
        assert len(every) == len(some)
        for decision in every:
            assert [*shown(wording_of(engine, decision))] == [*expected(decision, every)]
        engine.close()


def shown(found: Wording) -> Iterator[object]:
    for one in found.passages:
        others = {other.decision.id: other.words for other in one.others}
        if one.decisions > len(others):  # the oldest alone
            others = {}
        yield one.field, one.words, one.kind, one.decisions, one.of, others


def expected(decision: Decision, every: Sequence[Decision]) -> Iterator[object]:
    """The same by comparing all runs of twelve words with all."""
    others = [one for one in every if one.id != decision.id]
    in_round = [one for one in others if one.round == decision.round]
    for field in FIELDS:
        here = words_in(decision, field)
        grams = {
            one.id: {gram for name in FIELDS for gram in runs_of(words_in(one, name))}
            for one in others
        }
        common = {
            one: [at for at, gram in enumerate(runs_of(here)) if gram in grams[one]]
            for one in grams
        }
        having = Counter(place for one in in_round for place in covered(common[one.id]))
        size = len(in_round) + 1
        standard = {
            at for at in range(len(here)) if (having[at] + 1) * 10 > size and having[at] + 1 >= 3
        }
        phrases = [one for one in stretches(standard) if len(one) >= PASSAGE]
        taken = {at for one in phrases for at in one}
        left = {
            one: [at for at in some if not taken & {*range(at, at + PASSAGE)}]
            for one, some in common.items()
        }
        found = [
            (one[0], (field, len(one), "standard", min(having[at] + 1 for at in one), size, {}))
            for one in phrases
        ]
        for places in passages_of(sorted({at for some in left.values() for at in some})):
            words = {
                one: len(covered(some) & places)
                for one, some in left.items()
                if covered(some) & places
            }
            told_ = words if len(words) <= wording.SHOWN else {}
            found.append((min(places), (field, len(places), "shared", len(words), 0, told_)))
        yield from (one for _, one in sorted(found, key=lambda pair: pair[0]))


def words_in(decision: Decision, field: str) -> list[str]:
    return [*map(surface_of, find_words(texts(decision)[field]))]


def runs_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + PASSAGE]) for at in range(len(words) - PASSAGE + 1)]


def covered(starts: Sequence[int]) -> set[int]:
    return {place for at in starts for place in range(at, at + PASSAGE)}


def stretches(places: set[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for place in sorted(places):
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    return found


def passages_of(starts: Sequence[int]) -> list[set[int]]:
    """The words of runs that overlap, together."""
    found: list[set[int]] = []
    for at in starts:
        run = {*range(at, at + PASSAGE)}
        if found and found[-1] & run:
            found[-1] |= run
        else:
            found.append(run)
    return found
