"""Documents -> a generation and a report: what is read, kept, told apart, counted once, refused."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import Report, build, roll_back, try_out
from index.decision import Decision, granted
from index.documents import readers
from index.documents.memory import RULES
from index.documents.reading import MAX_PROBLEMS
from index.documents.report import (
    ReadingProgress,
    SourceReport,
    TableReport,
    source_data,
    source_report,
)
from index.documents.sources import Reading
from index.errors import IndexUnusable, ReadError
from index.limits import ReadingLimits
from index.naming import content_digest, names
from index.storage.columns import NO_AMOUNT, Columns, kronor
from index.storage.store import Store
from tests.conftest import HEADER, ROOT, SAMPLE, SMALL, document, stored
from tests.test_structure import imported

BRO = "Ankeby kommun\tEn bro\tBron byggs.\t400 000"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a document into a folder of sources and gives its path."""

    def write_(name: str, text: str | bytes) -> Path:
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    (tmp_path / "sources").mkdir()
    return write_


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return tmp_path / "sources"


def identifiers(index: Path) -> dict[str, str]:
    """Title and owner -> identifier."""
    return {f"{one.title}, {one.owner}": one.id for one in stored(index)}


def identifiers_of(index: Path) -> list[str]:
    return [one.id for one in stored(index)]


def total(index: Path) -> Decimal:
    """The sum over the column of amounts, in SEK."""
    amounts = Columns.open(Store(index).current().columns).amounts
    return kronor(int(amounts[amounts != NO_AMOUNT].sum()))


def states(report: Report) -> dict[str, str]:
    return {source.file: source.state for source in report.sources}


def whats(report: Report) -> list[tuple[str, int | None, str]]:
    return [(problem.file, problem.row, problem.what) for problem in report.problems]


# What a build holds and reports


def test_the_real_document_is_indexed_as_it_was_read(index: Path) -> None:
    report = build([SAMPLE], index)
    found = stored(index)
    assert (report.generation, report.decisions, report.sum) == (1, 9, 20_485_293)
    assert (len(found), granted(found), total(index)) == (9, 20_485_293, 20_485_293)
    (source,) = report.sources
    assert source == SourceReport(
        file=SAMPLE.name,
        sha256=hashlib.sha256(SAMPLE.read_bytes()).hexdigest(),
        state="read",
        rows=9,
        decisions=9,
        sum=Decimal(20_485_293),
        declared=source.declared,
        problems=(),
    )
    assert source.tallies
    assert (report.problems, report.duplicates) == ((), ())


def test_the_report_adds_up_over_sources(write: Write, sources: Path, index: Path) -> None:
    write("a.txt", SMALL)
    write("b/c.txt", document(BRO, "Öbo\tVäg\t\t1 000 euro", "Summa 3 projekt\t\t\t400 000"))
    write("tom.txt", "")
    report = build([sources], index)
    assert states(report) == {"a.txt": "read", "b/c.txt": "read", "tom.txt": "failed"}
    assert [(one.rows, one.decisions, one.sum) for one in report.sources] == [
        (4, 4, Decimal("6600000.50")),
        (2, 2, Decimal(400_000)),
        (0, 0, Decimal(0)),
    ]
    assert [one.tallies for one in report.sources] == [None, False, None]
    assert (report.decisions, report.sum) == (6, Decimal("7000000.50"))
    assert (len(stored(index)), total(index)) == (6, report.sum)
    assert whats(report) == [
        ("a.txt", 6, "belopp saknas"),
        ("b/c.txt", 6, "summaraden anger 3 projekt men 2 lästes"),
        ("tom.txt", None, "filen är tom"),
    ]


def test_progress_goes_from_nothing_to_all(write: Write, index: Path) -> None:
    seen: list[tuple[int, int]] = []
    build([write("a.txt", SMALL)], index, lambda done, of: seen.append((done, of)))
    assert seen == [(0, 4), (4, 4)]


def test_documents_in_the_columns_are_those_of_whoosh(small_index: Path) -> None:
    columns = Columns.open(Store(small_index).current().columns)
    keyword = columns.keywords["owner"]
    owners = [keyword.names[at] for at in keyword.ordinals]
    assert owners == [one.owner for one in stored(small_index)]


def test_an_index_that_does_not_read_back_is_not_published(
    write: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.txt", SMALL)
    build([path], index)
    before = stored(index)
    monkeypatch.setattr("index.build.content_digest", lambda decision: 0)
    write("a.txt", SMALL + "Ny\tRad\t\t1\n")
    with pytest.raises(IndexUnusable, match="kunde inte läsas tillbaka"):
        build([path], index)
    monkeypatch.undo()
    assert stored(index) == before
    assert not list(index.glob(".build-*"))


# Identifiers


def test_identifiers_are_the_same_after_every_import(
    write: Write, index: Path, tmp_path: Path
) -> None:
    path = write("a.txt", SMALL)
    build([path], index)
    before = identifiers(index)
    build([path], index)
    build([path], tmp_path / "other")
    assert identifiers(index) == identifiers(tmp_path / "other") == before
    assert before["Skola på ön, Rädda Ön"] == "esf-2030-2/skola-pa-on"


def test_identifiers_survive_that_the_file_is_renamed(
    write: Write, sources: Path, index: Path
) -> None:
    path = write("a.txt", SMALL)
    build([sources], index)
    before = identifiers(index)
    (sources / "arkiv").mkdir()
    path.rename(sources / "arkiv" / "b.txt")
    report = build([sources], index)
    assert identifiers(index) == before
    assert {one.source.file for one in stored(index)} == {"arkiv/b.txt"}
    assert whats(report) == [("arkiv/b.txt", 6, "belopp saknas")]


COLLIDING = [
    document(BRO, "Öbo\tEn bro\tBron rivs.\t7"),
    document("Öbo\tEn bro\tBron målas.\t7", "Öbo\tEn väg\tVäg.\t7"),
    document("Ånge\tEn  bro!\t\t1"),
]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_identifiers_do_not_depend_on_the_order_of_files(
    write: Write, index: Path, order: list[int]
) -> None:
    report = build([write(f"{at}.txt", COLLIDING[at]) for at in order], index)
    found = {plain(one): one.id for one in stored(index)}
    assert report.decisions == 5
    assert found["Bron byggs."] == "x-2030-1/en-bro--ankeby-kommun"
    assert found[""] == "x-2030-1/en-bro--ange"
    assert found["Väg."] == "x-2030-1/en-vag"
    for text in ("Bron rivs.", "Bron målas."):
        assert found[text] == f"x-2030-1/en-bro--obo-{digest(index, text)}"


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Åre", "Öbo"]), st.sampled_from(["Bro", "Väg"]), st.sampled_from("abc")
    ),
    min_size=1,
    max_size=8,
)


def test_a_case_number_tells_apart_what_owner_and_title_do_not(write: Write, index: Path) -> None:
    header = "Diarienummer\tProjektägare\tProjektnamn\tBelopp\n"
    rows = "".join(f"2026/{n}\tÅnge\tBro\t{n}\n" for n in (1, 2)) + "\tÅnge\tBro\t3\n"
    build([write("lista.txt", header + rows)], index)
    last = f"lista/bro--ange-{content_digest(stored(index)[2]):016x}"[:-8]
    assert identifiers_of(index) == ["lista/bro--ange--2026-1", "lista/bro--ange--2026-2", last]


@given(ROWS)
@settings(max_examples=10)
def test_every_name_leads_to_its_decisions_and_an_identifier_to_one(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    lines = (f"{owner}\t{title}\t{text}\t5" for owner, title, text in rows)
    (folder / "a.txt").write_text(document(*lines), "utf-8")
    build([folder / "a.txt"], folder / "index")
    found = stored(folder / "index")
    count = Counter(name for one in found for name in names(one))
    for one in found:
        unique = [name for name in names(one) if count[name] == 1]
        assert one.id == unique[0]


def plain(one: Decision) -> str:
    return " ".join(block.text for block in one.description)


def digest(index: Path, text: str) -> str:
    """The first eight digits of what tells apart decisions that share title and owner."""
    one = next(one for one in stored(index) if plain(one) == text)
    return f"{content_digest(one):016x}"[:8]


@settings(deadline=None, max_examples=20)
@given(ROWS, st.randoms(use_true_random=False))
def test_every_decision_has_an_identifier_of_its_own_in_any_order(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    random: Random,
) -> None:
    found = []
    for shuffled in (rows, random.sample(rows, len(rows))):
        folder = tmp_path_factory.mktemp("rows")
        lines = (f"{owner}\t{title}\t{text}\t5" for owner, title, text in shuffled)
        (folder / "a.txt").write_text(document(*lines), "utf-8")
        report = build([folder / "a.txt"], folder / "index")
        assert (report.decisions, len(report.duplicates)) == (
            len(set(rows)),
            len(rows) - len(set(rows)),
        )
        found.append(
            {(one.owner, one.title, plain(one)): one.id for one in stored(folder / "index")}
        )
    assert found[0] == found[1]
    assert len(set(found[0].values())) == len(set(rows))


# Duplicates


def test_a_decision_that_stands_twice_in_a_file_counts_once(write: Write, index: Path) -> None:
    report = build([write("a.txt", document(BRO, "Öbo\tVäg\t\t7", BRO))], index)
    (duplicate,) = report.duplicates
    assert str(duplicate) == (
        "a.txt, rad 6: samma beslut finns redan i a.txt, rad 4. Det räknas en gång."
    )
    assert (report.decisions, report.sum, report.sources[0].decisions) == (2, 400_007, 3)
    assert identifiers(index)["En bro, Ankeby kommun"] == "x-2030-1/en-bro"


def test_a_decision_that_stands_in_two_files_counts_once(write: Write, index: Path) -> None:
    paths = [write("a.txt", document(BRO)), write("b.txt", document("Öbo\tVäg\t\t7", BRO))]
    for _ in range(2):  # read, and then taken over
        report = build(paths, index)
        assert [str(one) for one in report.duplicates] == [
            "b.txt, rad 5: samma beslut finns redan i a.txt, rad 4. Det räknas en gång."
        ]
        assert (report.decisions, report.sum, total(index)) == (2, 400_007, 400_007)


def test_a_duplicate_is_told_with_its_sheet_and_that_of_the_first(
    tmp_path: Path, index: Path
) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("Våren", "Hösten"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Projektägare", "Projektnamn", "Belopp"])
            sheet.write_row(1, 0, ["Ånge", "Bro", 5])
    report = build([tmp_path / "a.xlsx"], index)
    assert [str(one) for one in report.duplicates] == [
        "a.xlsx, Hösten, rad 2: samma beslut finns redan i a.xlsx, Våren, rad 2. "
        "Det räknas en gång."
    ]


FUNDED = '{"owner": "Ånge", "title": "Bro", "amount": 5, "round": "X 2030:1", "funder": "%s"}\n'


def test_one_file_that_lists_a_decision_under_two_funders_lists_it_twice(
    write: Write, index: Path
) -> None:
    lines = (FUNDED % "Region Norr") + (FUNDED % "Region Syd")
    report = build([write("a.jsonl", lines)], index)
    assert [str(one) for one in report.duplicates] == [
        "a.jsonl, rad 2: samma beslut finns redan i a.jsonl, rad 1 med finansiären Region Norr. "
        "Det räknas en gång."
    ]
    assert [one.round.funder for one in stored(index)] == ["Region Norr"]


def test_two_funders_that_grant_as_much_in_files_of_their_own_are_two_decisions(
    write: Write, index: Path
) -> None:
    paths = [write(f"{name}.jsonl", FUNDED % name) for name in ("Norr", "Syd")]
    for _ in range(2):
        report = build(paths, index)
        assert (report.decisions, report.duplicates) == (2, ())
    assert len(set(identifiers_of(index))) == 2


def test_a_copy_of_a_file_adds_nothing(write: Write, sources: Path, index: Path) -> None:
    write("a.txt", SMALL)
    write("b.txt", SMALL)
    for _ in range(2):
        report = build([sources], index)
        assert (report.decisions, len(report.duplicates)) == (4, 4)
        assert {one.source.file for one in stored(index)} == {"a.txt"}


def test_copies_whose_names_stand_in_for_the_round_stay_apart(
    write: Write, sources: Path, index: Path
) -> None:
    table = "Projektägare\tProjektnamn\tBelopp\nAnkeby kommun\tEn bro\t400 000\n"
    write("våren.txt", table)
    write("hösten.txt", table)
    for _ in range(2):
        assert build([sources], index).duplicates == ()
        assert [one.id for one in stored(index)] == ["hosten/en-bro", "varen/en-bro"]


# Unchanged, changed and lost sources


def refuse(content: bytes, limits: ReadingLimits) -> Sequence[readers.Table]:
    raise AssertionError("the file was parsed again")


def test_an_unchanged_source_is_not_parsed_again(
    write: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [write("a.txt", SMALL), SAMPLE]
    first = build(paths, index)
    before = stored(index)
    monkeypatch.setattr(readers, "read", refuse)
    second = build(paths, index)
    assert set(states(second).values()) == {"unchanged"}
    assert stored(index) == before
    assert (second.generation, second.published) == (1, False)
    for one, other in zip(first.sources, second.sources, strict=True):
        assert (one.rows, one.decisions, one.sum, one.declared, one.problems, one.tallies) == (
            other.rows, other.decisions, other.sum, other.declared, other.problems, other.tallies
        )  # fmt: skip


def test_only_what_has_changed_is_parsed(
    write: Write, sources: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", SMALL)
    write("b.txt", document(BRO))
    build([sources], index)
    write("b.txt", document(BRO, "Öbo\tVäg\t\t7"))
    read, parsed = readers.read, index.parent / "parsed"  # by a process of its own

    def remember(content: bytes, limits: ReadingLimits) -> Sequence[readers.Table]:
        with parsed.open("ab") as file:
            file.write(content)
        return read(content, limits)

    monkeypatch.setattr(readers, "read", remember)
    report = build([sources], index)
    assert states(report) == {"a.txt": "unchanged", "b.txt": "read"}
    assert parsed.read_bytes() == (sources / "b.txt").read_bytes()
    assert (report.decisions, total(index)) == (6, Decimal("7000007.50"))


def test_a_report_comes_back_from_the_manifest_as_it_was(write: Write, index: Path) -> None:
    report = build(
        [write("a.txt", SMALL), write("b.jsonl", '{"owner": "y", "title": "x"}\n[1]\n')], index
    ).sources
    for one in report:
        data = json.loads(json.dumps(source_data(one)))
        again = source_report(data, "read")
        assert (again, source_data(again)) == (one, source_data(one))
    assert [problem.left_out for problem in report[1].problems] == [1, 0]
    assert (report[1].rows, report[1].decisions) == (2, 1)


def test_a_loss_beyond_what_is_listed_is_a_loss(write: Write, index: Path) -> None:
    line = '{"owner": "Öbo", "title": "Väg %d", "amount": "%s"}\n'
    notes = "".join(line % (n, "ingen") for n in range(MAX_PROBLEMS))
    for after, lost in ((line % (-1, "ingen"), False), ("[1]\n", True)):
        (source,) = build([write("a.jsonl", notes + after)], index).sources
        assert (source.problems[-1].what, source.problems[-1].lost) == (
            "1 anmärkningar till", lost,
        )  # fmt: skip


def test_when_a_limit_of_reading_changes_everything_is_parsed_again(
    write: Write, index: Path
) -> None:
    path = write("a.txt", SMALL)
    build([path], index)
    other = Reading(ReadingLimits(refused=True))
    assert states(build([path], index, reading=other)) == {"a.txt": "read"}


def test_when_the_rules_of_reading_change_everything_is_parsed_again(
    write: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.txt", SMALL)
    build([path], index)
    monkeypatch.setattr("index.documents.memory.rules", lambda limits: "other rules")
    assert states(build([path], index)) == {"a.txt": "read"}
    assert states(build([path], index)) == {"a.txt": "unchanged"}


def test_the_rules_of_reading_are_all_the_modules_that_reading_imports() -> None:
    todo, rules = sorted((ROOT / "index" / "documents").rglob("*.py")), set[str]()
    while todo:
        for name in imported(todo.pop()):
            path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
            if name.count(".") == 1 and path.is_file() and name not in rules:
                rules.add(name)
                todo.append(path)
    assert rules - {"index.errors"} == {f"index.{name}" for name in RULES}


@pytest.mark.parametrize("damage", [None, b"", b"\xff\xfe\x00\xd8", b"PK\x03\0", b"Ingen tabell"])
def test_a_source_that_can_no_longer_be_read_keeps_its_decisions(
    write: Write, index: Path, damage: bytes | None
) -> None:
    a, b = write("a.txt", SMALL), write("b.txt", document(BRO))
    build([a, b], index)
    if damage is None:
        a.unlink()
    else:
        a.write_bytes(damage)
    for _ in range(2):  # again and again, without saying more each time
        report = build([a, b], index)
        assert states(report) == {"a.txt": "kept", "b.txt": "unchanged"}
        assert (report.generation, report.published) == (1, False)
        assert (report.decisions, total(index)) == (5, Decimal("7000000.50"))
        first, *rest = report.problems
        assert first.remedy.endswith("beslut från förra läsningen är kvar")
        assert [problem.what for problem in rest] == ["belopp saknas"]


def test_a_source_that_can_be_read_again_is_well_again(write: Write, index: Path) -> None:
    path = write("a.txt", document(BRO))
    build([path], index)
    write("a.txt", "")
    assert states(build([path], index)) == {"a.txt": "kept"}
    write("a.txt", document(BRO))
    report = build([path], index)
    assert (states(report), report.problems) == ({"a.txt": "unchanged"}, ())


def test_a_decision_that_is_taken_out_of_the_source_disappears(write: Write, index: Path) -> None:
    rows = [f"Öbo\tVäg {number}\t\t7" for number in range(3)]
    path = write("a.txt", document(*rows))
    build([path], index)
    write("a.txt", document(*rows[1:]))
    assert build([path], index).decisions == 2
    assert [one.title for one in stored(index)] == ["Väg 1", "Väg 2"]


def test_a_source_that_is_taken_out_of_the_folder_disappears(
    write: Write, sources: Path, index: Path
) -> None:
    write("a.txt", SMALL)
    write("b.txt", document(BRO)).unlink()
    write("c.txt", document(BRO))
    build([sources], index)
    (sources / "a.txt").unlink()
    report = build([sources], index)
    assert states(report) == {"c.txt": "unchanged", "a.txt": "gone"}
    assert whats(report) == [("a.txt", None, "finns inte längre, 4 beslut borttagna")]
    assert [one.title for one in stored(index)] == ["En bro"]
    assert states(build([sources], index)) == {"c.txt": "unchanged"}


def test_what_a_source_gave_is_not_taken_over_from_a_damaged_file(
    write: Write, index: Path
) -> None:
    path = write("a.txt", document(BRO))
    build([path], index)
    lines = Store(index).current().decisions(0)
    lines.write_bytes(lines.read_bytes().replace(b"Bron", b"Bran"))
    assert states(build([path], index)) == {"a.txt": "read"}
    assert plain(stored(index)[0]) == "Bron byggs."


def test_text_with_rare_line_separators_is_taken_over_whole(write: Write, index: Path) -> None:
    path = write("a.txt", document("Å\u2028nge\x1ckommun\tBro\x85\u2029en\tEn\u2028rad\t5"))
    build([path], index)
    before = stored(index)
    assert (before[0].owner, plain(before[0])) == ("Å ngekommun", "En rad")
    build([path], index)
    assert stored(index) == before


def test_an_index_that_cannot_be_opened_is_built_anew(write: Write, index: Path) -> None:
    path = write("a.txt", document(BRO))
    build([path], index)
    (index / "gen-1" / "manifest.json").write_text("[]", "utf-8")
    report = build([path], index)
    assert (states(report), report.generation) == ({"a.txt": "read"}, 2)
    assert len(stored(index)) == 1


# Compared with last time


def numbered(count: int, amount: int = 1000) -> str:
    """A list of so many decisions."""
    return document(*(f"Öbo\tVäg {n}\tOm väg {n}.\t{amount}" for n in range(count)))


def test_a_source_that_has_lost_more_than_a_third_keeps_what_it_gave(
    write: Write, index: Path
) -> None:
    path = write("a.txt", numbered(50))
    build([path], index)
    write("a.txt", numbered(10))
    for _ in range(2):  # until somebody says that it is right
        report = build([path], index)
        (source,) = report.sources
        assert (source.state, source.decisions, source.before, source.difference) == (
            "held", 50, 50, -40,
        )  # fmt: skip
        assert [str(one) for one in report.problems] == [
            "a.txt: 10 beslut, 40 färre än förra läsningen. Beslut från förra läsningen är kvar; "
            "kontrollera filen, och kör om med --accept om den är rätt."
        ]
        assert (report.published, len(stored(index))) == (False, 50)
    report = build([path], index, reading=Reading(accept=True))
    (source,) = report.sources
    assert (source.state, source.decisions, source.before) == ("read", 10, 50)
    assert (report.problems, len(stored(index))) == ((), 10)
    assert states(build([path], index)) == {"a.txt": "unchanged"}


@pytest.mark.parametrize(
    ("count", "percent", "state"),
    [(67, 33, "read"), (66, 33, "held"), (49, 50, "held"), (50, 50, "read"), (1, 100, "read")],
)
def test_how_much_may_be_gone_is_a_setting(
    write: Write, index: Path, count: int, percent: int, state: str
) -> None:
    path = write("a.txt", numbered(100))
    build([path], index)
    write("a.txt", numbered(count))
    reading = Reading(ReadingLimits(source_shrink=percent))
    assert states(build([path], index, reading=reading)) == {"a.txt": state}


def test_one_of_three_is_no_more_than_a_third(write: Write, index: Path) -> None:
    path = write("a.txt", numbered(3))
    build([path], index)
    write("a.txt", numbered(2))
    assert states(build([path], index)) == {"a.txt": "read"}


def test_what_the_short_file_says_of_itself_is_told_where_it_is_held(
    write: Write, index: Path
) -> None:
    path = write("a.txt", numbered(9))
    build([path], index)
    write("a.txt", document("Öbo\tVäg\t\tingen"))
    fewer, amount = build([path], index).problems
    assert fewer.what == "1 beslut, 8 färre än förra läsningen"
    assert (amount.row, amount.what) == (4, "beloppet ”ingen” kan inte tolkas")


def test_a_held_source_stays_held_when_the_rules_of_reading_are_the_reason(
    write: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.txt", numbered(9))
    build([path], index)
    read = readers.read

    def less(content: bytes, limits: ReadingLimits) -> Sequence[readers.Table]:
        return read(b"\n".join(content.splitlines()[:5]), limits)

    monkeypatch.setattr(readers, "read", less)
    monkeypatch.setattr("index.documents.memory.rules", lambda limits: "other rules")
    write("b.txt", document(BRO))
    for _ in range(2):
        report = build([path, path.with_name("b.txt")], index)
        assert states(report)["a.txt"] == "held"


def test_a_sum_that_falls_as_much_is_noted_once(write: Write, index: Path) -> None:
    path = write("a.txt", numbered(3, 1000))
    build([path], index)
    write("a.txt", numbered(3, 10))
    report = build([path], index)
    assert [str(one).replace("\u00a0", " ") for one in report.problems] == [
        "a.txt: summan är 30 kr, 2 970 kr mindre än förra läsningen. "
        "Kontrollera att beloppen lästes rätt."
    ]
    assert (states(report), total(index)) == ({"a.txt": "read"}, 30)
    assert build([path], index).problems == ()


def test_a_list_that_grows_is_read(write: Write, index: Path) -> None:
    path = write("a.txt", numbered(3))
    build([path], index)
    write("a.txt", numbered(30))
    (source,) = build([path], index).sources
    assert (source.state, source.difference, source.news) == ("read", 27, ())


def test_a_file_that_is_written_to_while_it_is_read_is_not_taken(
    write: Write, sources: Path, index: Path
) -> None:
    line = '{"owner": "Öbo", "title": "Väg %d", "amount": 5}\n'
    path = write("a.jsonl", "".join(line % n for n in range(600)))
    build([sources], index)
    write("a.jsonl", "".join(line % n for n in range(700)))

    def append(progress: ReadingProgress) -> None:
        if progress.decisions == 500:
            with path.open("a") as file:
                file.write(line % 900)

    report = build([sources], index, reading=Reading(progress=append))
    assert states(report) == {"a.jsonl": "kept"}
    assert [str(one) for one in report.problems] == [
        "a.jsonl: filen ändrades medan den lästes. Kör om när den är färdigskriven; "
        "beslut från förra läsningen är kvar."
    ]
    assert build([sources], index).decisions == 701
    generation = Store(index).check()
    assert [path.name for path in generation.path.joinpath("originals").iterdir()] == ["0.jsonl"]


def test_a_renamed_file_that_cannot_be_read_keeps_what_it_gave_under_the_old_name(
    write: Write, sources: Path, index: Path
) -> None:
    write("z.txt", document("Ånge\tHamn\t\t1"))
    write("gammal.txt", document(BRO))
    build([sources], index)
    (sources / "gammal.txt").rename(sources / "ny.txt")
    (sources / "ny.txt").write_bytes(b"\0\1\2\xff\xfe")
    for _ in range(2):
        report = build([sources], index)
        assert states(report) == {"ny.txt": "failed", "z.txt": "unchanged", "gammal.txt": "kept"}
        assert str(report.problems[-1]) == (
            "gammal.txt: filen finns inte längre, men kan vara ny.txt, som inte kan läsas. "
            "Beslut från förra läsningen är kvar; rätta ny.txt, eller kör om med --accept om de "
            "ska bort."
        )
        assert (report.decisions, report.published) == (2, False)
    write("ny.txt", document(BRO))
    assert states(build([sources], index)) == {"ny.txt": "unchanged", "z.txt": "unchanged"}


def test_what_is_kept_under_an_old_name_goes_when_that_is_accepted(
    write: Write, sources: Path, index: Path
) -> None:
    write("gammal.txt", document(BRO))
    write("z.csv", "Projektägare;Projektnamn\nÅnge;Hamn\n")
    build([sources], index)
    (sources / "gammal.txt").unlink()
    write("ny.txt", "")
    report = build([sources], index, reading=Reading(accept=True))
    assert states(report) == {"ny.txt": "failed", "z.csv": "unchanged", "gammal.txt": "gone"}
    assert [one.title for one in stored(index)] == ["Hamn"]


def test_an_unreadable_file_of_another_kind_is_no_new_name(
    write: Write, sources: Path, index: Path
) -> None:
    write("a.txt", document(BRO))
    write("z.txt", document("Ånge\tHamn\t\t1"))
    build([sources], index)
    (sources / "a.txt").unlink()
    write("ny.pdf", "")
    assert states(build([sources], index)) == {
        "ny.pdf": "failed", "z.txt": "unchanged", "a.txt": "gone",
    }  # fmt: skip


def test_what_a_folder_held_that_is_not_there_is_kept(
    write: Write, sources: Path, index: Path
) -> None:
    write("delad/a.txt", document(BRO))
    z = write("egen/z.txt", document("Ånge\tHamn\t\t1"))
    build([sources / "delad", z.parent], index)
    (sources / "delad").rename(sources / "bort")
    report = build([sources / "delad", z.parent], index)
    assert states(report) == {"delad": "failed", "z.txt": "unchanged", "a.txt": "kept"}
    assert (report.decisions, len(stored(index))) == (2, 2)


def test_a_folder_that_is_elsewhere_is_told(
    write: Write, sources: Path, index: Path, tmp_path: Path
) -> None:
    write("a.txt", document(BRO))
    (tmp_path / "annan").mkdir()
    (sources / "länk").symlink_to(tmp_path / "annan")
    assert whats(build([sources], index)) == [("länk", None, "länken leder ut ur mappen")]


# Nothing has changed


def test_a_run_that_changes_nothing_publishes_nothing(
    write: Write, sources: Path, index: Path
) -> None:
    write("a.txt", document(BRO, BRO))
    write("b.txt", document(BRO, "Öbo\tVäg\t\t7"))
    first = build([sources], index)
    before = Store(index).stamp()
    second = build([sources], index)
    assert (second.generation, second.published) == (1, False)
    assert (second.decisions, second.sum, {*second.duplicates}) == (
        first.decisions, first.sum, {*first.duplicates},
    )  # fmt: skip
    assert len(second.duplicates) == 2
    assert (second.known, first.known) == ({*first.duplicates}, set())
    assert Store(index).stamp() == before
    assert not list(index.glob(".build-*"))


def test_going_back_leads_to_before_the_last_change(
    write: Write, sources: Path, index: Path
) -> None:
    write("a.txt", document(BRO))
    build([sources], index)
    write("a.txt", document(BRO, "Öbo\tVäg\t\t7"))
    for _ in range(3):
        build([sources], index)
    assert roll_back(index).manifest["restored"] == "gen-1"
    assert len(stored(index)) == 1
    report = build([sources], index)
    assert (report.published, report.decisions) == (True, 2)


def differently(kind: str, sources: Path, index: Path) -> tuple[list[Path], Reading]:
    """Something that the next generation has to differ in."""
    paths, reading = [sources / "a.txt", sources / "b.txt"], Reading()
    if kind == "order":
        paths.reverse()
    elif kind == "name":
        paths[0].rename(sources / "c.txt")
        paths[0] = sources / "c.txt"
    elif kind == "mapping":
        (sources / "a.toml").write_text('funder = "Region Vi"\n', "utf-8")
    elif kind == "originals":
        reading = Reading(originals=False)
    elif kind == "fewer":
        paths.pop()
    elif kind == "damage":
        path = index / "gen-1" / "columns" / "amounts.npy"
        path.write_bytes(path.read_bytes()[:-1] + b"\1")
    elif kind == "broken":
        (index / "CURRENT").write_text("gen-7\n", "utf-8")
    return paths, reading


@pytest.mark.parametrize(
    "kind", ["order", "name", "mapping", "originals", "fewer", "damage", "broken"]
)
def test_whatever_differs_is_published(write: Write, sources: Path, index: Path, kind: str) -> None:
    build([write("a.txt", document(BRO)), write("b.txt", document("Öbo\tVäg\t\t7"))], index)
    paths, reading = differently(kind, sources, index)
    report = build(paths, index, reading=reading)
    assert report.published
    assert Store(index).check().number == report.generation
    assert not build(paths, index, reading=reading).published


# A trial


def test_a_trial_says_what_is_read_and_touches_nothing(
    write: Write, sources: Path, index: Path
) -> None:
    write("a.txt", numbered(5))
    report = try_out([sources], index)
    assert not index.exists()
    (source,) = report.sources
    assert (source.state, source.decisions, source.before) == ("read", 5, None)
    assert (report.generation, report.published, report.decisions) == (None, False, 5)
    assert [one.title for one in report.first["a.txt"]] == ["Väg 0", "Väg 1", "Väg 2"]


def test_a_trial_reads_anew_and_compares_with_the_index(
    write: Write, sources: Path, index: Path
) -> None:
    write("a.txt", numbered(50))
    write("b.txt", document(BRO))
    build([sources], index)
    write("a.txt", numbered(10))
    write("b.txt", "")
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    held, failed = try_out([sources], index).sources
    assert (held.state, held.decisions, held.before, held.difference) == ("held", 10, 50, -40)
    assert (failed.state, failed.decisions) == ("failed", 0)
    (alone,) = try_out([sources / "a.txt"], index).sources  # the others are not missed
    assert alone.file == "a.txt"
    write("a.txt", numbered(50))
    assert states(try_out([sources / "a.txt"], index)) == {"a.txt": "read"}
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before


def test_a_failed_source_carries_the_headers_it_has(
    write: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(content: bytes, limits: ReadingLimits) -> Sequence[readers.Table]:
        raise ReadError("ingen tabell", "rätta den", ("Part", "Ärende"))

    monkeypatch.setattr(readers, "read", refused)
    (source,) = build([write("a.txt", SMALL)], index).sources
    assert source.tables == (TableReport(None, unused=("Part", "Ärende")),)


# Sources that give nothing


def big(path: Path) -> None:
    path.write_bytes(document(BRO).encode() + b"\n" * 2000)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "filen finns inte"),
    "empty": (lambda path: path.write_bytes(b""), "filen är tom"),
    "blank": (lambda path: path.write_bytes(b" \n\t\n"), "filen är tom"),
    "no table": (
        lambda path: path.write_bytes(b"Hej\n"),
        "ingen tabell med projektägare och projektnamn hittades",
    ),
    "binary": (lambda path: path.write_bytes(bytes(range(256))), "filformatet känns inte igen"),
    "broken": (lambda path: path.write_bytes(b"a\x81"), "tecknen är inte charmap (byte 1)"),
    "too large": (big, "filen är större än 20 MB"),
    "fifo": (os.mkfifo, "det är ingen vanlig fil"),
    "loop": (lambda path: path.symlink_to(path), "länken leder ut ur mappen"),
    "outside": (lambda path: path.symlink_to(SAMPLE), "länken leder ut ur mappen"),
    "dangling": (lambda path: path.symlink_to("/nowhere/at/all"), "länken leder ut ur mappen"),
}
LINKS = {"loop", "outside", "dangling"}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_told_and_takes_nothing_with_it(
    write: Write, sources: Path, index: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("index.documents.reading.MEGABYTE", 50)
    make, what = BAD[kind]
    good, bad = write("bra.txt", document(BRO)), sources / "dålig.txt"
    make(bad)
    report = build([sources] if kind in LINKS else [good, bad], index)
    assert states(report) == {"bra.txt": "read", "dålig.txt": "failed"}
    assert whats(report) == [("dålig.txt", None, what)]
    assert (report.decisions, len(stored(index))) == (1, 1)


@pytest.mark.parametrize("kind", sorted(BAD.keys() - {"missing"}))
def test_only_bad_files_leave_the_index_as_it_was(
    write: Write, sources: Path, index: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    build([write("bra.txt", document(BRO))], index)
    (sources / "bra.txt").unlink()
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.name != "LOCK"}
    monkeypatch.setattr("index.documents.reading.MEGABYTE", 50)
    make, what = BAD[kind]
    make(sources / "dålig.txt")
    report = build([sources], index)
    assert (report.generation, report.published, report.decisions) == (1, False, 1)
    assert states(report) == {"dålig.txt": "failed", "bra.txt": "kept"}
    assert report.problems[0].what == what
    after = {path: path.stat().st_mtime_ns for path in index.rglob("*") if path.name != "LOCK"}
    assert {path for path in before if path != index} <= after.keys()
    assert all(after[path] == before[path] for path in before if path.is_file())


def test_a_table_without_decisions_publishes_nothing(write: Write, index: Path) -> None:
    report = build([write("a.txt", HEADER)], index)
    assert report.generation is None
    assert whats(report) == [("a.txt", None, "tabellen har inga beslut")]
    assert Store(index).current_name() is None


def test_a_folder_without_files_publishes_nothing(sources: Path, write: Write, index: Path) -> None:
    assert build([sources], index) == Report((), (), 0, Decimal(0), None, published=False)


def test_a_file_of_just_the_largest_size_is_read(
    write: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = document(BRO)
    path = write("a.txt", text + "\n" * (-len(text.encode()) % 20))
    monkeypatch.setattr("index.documents.reading.MEGABYTE", path.stat().st_size // 20)
    assert states(build([path], index)) == {"a.txt": "read"}


# Which files


def test_hidden_files_and_folders_are_left_out(write: Write, sources: Path, index: Path) -> None:
    write("a.txt", document(BRO))
    write(".hidden.txt", SMALL)
    write(".git/b.txt", SMALL)
    write("c/.d/e.txt", SMALL)
    assert states(build([sources], index)) == {"a.txt": "read"}


def test_a_folder_may_itself_be_hidden_or_a_link(
    write: Write, sources: Path, index: Path, tmp_path: Path
) -> None:
    write(".in/a.txt", document(BRO))
    (tmp_path / "link").symlink_to(sources / ".in")
    assert states(build([sources / ".in"], index)) == {"a.txt": "read"}
    assert states(build([tmp_path / "link"], index)) == {"a.txt": "unchanged"}


def test_a_file_is_read_once_however_often_it_is_named(
    write: Write, sources: Path, index: Path
) -> None:
    path = write("a.txt", document(BRO))
    (sources / "länk.txt").symlink_to("a.txt")
    report = build([sources, path, sources / ".." / "sources", sources / "länk.txt"], index)
    assert states(report) == {"a.txt": "read"}


def test_files_of_one_name_are_told_apart_by_their_folders(
    write: Write, sources: Path, index: Path
) -> None:
    one = write("2029/beslut.txt", document(BRO))
    write("2030/beslut.txt", document("Öbo\tVäg\t\t7"))
    folders = [sources / "2029", sources / "2030"]
    assert states(build(folders, index)) == {"2029/beslut.txt": "read", "2030/beslut.txt": "read"}
    one.write_bytes(b"")
    report = build(folders, index)
    assert states(report) == {"2029/beslut.txt": "kept", "2030/beslut.txt": "unchanged"}
    assert (report.duplicates, report.decisions) == ((), 2)
