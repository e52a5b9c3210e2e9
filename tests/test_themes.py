"""The theme file: what it may say, what it finds, and how it is edited while the site is up."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

import search.themes
from index.swedish import (
    analyze,
    is_function_word,
    load_lexicon,
    stem_beginning,
    stem_of,
)
from search.searcher import THEME_ANALYSIS
from search.staff_file import MAX_LINE, decode
from search.staff_file import FileError as ThemesError
from search.staff_file import FileProblem as ThemesProblem
from search.theme_remarks import MUTUAL, OVERLAP, REPEATED, UNKNOWN, remarks
from search.themes import (
    MAX_GROUPS,
    Analysis,
    ThemeExpansion,
    Themes,
    ThemesFile,
    parse,
)

SHIPPED = Path(search.themes.__file__).with_name("themes.txt")


def plain(text: str) -> tuple[str, ...]:
    """Stems enough to read a test by: small letters, a final -en or -er off, no *och* or *i*."""
    words = (word for word in re.findall(r"\w+", text.casefold()) if word not in {"och", "i"})
    return tuple(re.sub(r"(?<=...)(en|er)$", "", word) for word in words)


def beginning(text: str) -> str:
    return "".join(plain(text)[:1])[:2]


PLAIN = Analysis(plain, beginning, lambda text: beginning(text)[:1])


def swedish(text: str) -> tuple[str, ...]:
    return tuple(token.stem for token in analyze(text) if not is_function_word(token.surface))


def found(themes: Themes, query: str) -> list[tuple[str, list[str]]]:
    """Return each matched run of the query with the phrases it expands to."""
    stems = plain(query)
    return [
        (" ".join(stems[match.start : match.end]), [other.phrase for other in match.expansions])
        for match in themes.find(stems)
    ]


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ThemesError) as caught:
        parse(text, PLAIN)
    assert all(problem.remedy for problem in caught.value.problems)
    return [(problem.line, problem.message) for problem in caught.value.problems]


# --- What a line says ---


def test_equal_terms_find_each_other() -> None:
    themes = parse("suicid ~ självmord", PLAIN)
    assert found(themes, "suicid") == [("suicid", ["självmord"])]
    assert found(themes, "självmord") == [("självmord", ["suicid"])]


def test_widening_goes_one_way() -> None:
    themes = parse("fängelse > häkte, anstalt", PLAIN)
    assert found(themes, "fängelse") == [("fängelse", ["häkte", "anstalt"])]
    assert found(themes, "häkte") == []


def test_an_expansion_says_how_it_is_written_and_where() -> None:
    (match,) = parse("# IT\n\nAI ~ artificiell intelligens", PLAIN).find(("ai",))
    assert match.expansions == (
        ThemeExpansion(
            "artificiell intelligens", ("artificiell", "intelligens"), equal=True, line=3
        ),
    )


def test_equality_does_not_reach_across_lines() -> None:
    themes = parse("skola ~ läroanstalt\nläroanstalt ~ lärosäte", PLAIN)
    assert found(themes, "skola") == [("skola", ["läroanstalt"])]
    assert found(themes, "läroanstalt") == [("läroanstalt", ["skola", "lärosäte"])]


def test_a_term_of_several_lines_gets_the_union_with_the_equal_ones_first() -> None:
    themes = parse("hälsa > motion\nhälsa ~ välmående", PLAIN)
    assert found(themes, "hälsa") == [("hälsa", ["välmående", "motion"])]


def test_equal_wins_over_widening_to_the_same_term() -> None:
    (match,) = parse("mat > livsmedel\nmat ~ livsmedel", PLAIN).find(("mat",))
    assert [(other.equal, other.line) for other in match.expansions] == [(True, 2)]


def test_an_expansion_that_is_the_same_to_the_search_is_dropped() -> None:
    assert found(parse("skog ~ skogen", PLAIN), "skog") == []
    assert found(parse("skog ~ skogen ~ timmer", PLAIN), "skog") == [("skog", ["timmer"])]
    assert found(parse("skog > skogen, timmer", PLAIN), "skog") == [("skog", ["timmer"])]


def test_comments_blank_lines_and_spacing_say_nothing() -> None:
    themes = parse("# Hälsa\r\n\r\n  a~b   # båda\r\tc  >d,  e\tf \n", PLAIN)
    assert len(themes) == 2
    assert found(themes, "b c") == [("b", ["a"]), ("c", ["d", "e f"])]


def test_a_hash_inside_a_word_is_no_comment() -> None:
    assert found(parse("programspråk > C#", PLAIN), "programspråk") == [("programspråk", ["C#"])]


def test_letters_written_in_two_pieces_are_put_together() -> None:
    (match,) = parse("vard ~ ha\u0308lsa", PLAIN).find(("vard",))
    assert match.expansions[0].phrase == "hälsa"


# --- What is found in a query ---


def test_terms_are_found_by_stem_and_without_function_words() -> None:
    themes = parse("fond i norr ~ norrfonden", PLAIN)
    assert found(themes, "sök fonden och norr") == [("fond norr", ["norrfonden"])]


def test_the_longest_term_comes_first_and_shorter_ones_are_found_too() -> None:
    themes = parse("psykisk hälsa ~ mental hälsa\npsykisk > själslig\nhälsa > motion", PLAIN)
    assert found(themes, "bättre psykisk hälsa nu") == [
        ("psykisk hälsa", ["mental hälsa"]),
        ("psykisk", ["själslig"]),
        ("hälsa", ["motion"]),
    ]


def test_a_term_broken_off_by_the_end_of_the_query_is_not_found() -> None:
    themes = parse("lokalt ledd utveckling ~ leader", PLAIN)
    assert found(themes, "lokalt ledd") == []
    assert found(themes, "lokalt bra ledd utveckling") == []


def test_nothing_is_found_in_nothing() -> None:
    assert parse("a ~ b", PLAIN).find(()) == ()
    assert parse("", PLAIN).find(("a",)) == ()
    assert len(parse("", PLAIN)) == 0


# --- What is wrong with a line ---


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hälsa", "raden har varken ~ eller >."),
        ("hälsa, vård", "raden har varken ~ eller >."),
        ("hälsa ~ vård > omsorg", "raden har både ~ och >."),
        ("hälsa > vård > omsorg", "raden har mer än ett >."),
        ("hälsa ~", "ett ord saknas."),
        ("~ hälsa", "ett ord saknas."),
        ("hälsa > vård,, omsorg", "ett ord saknas."),
        ("hälsa > # vård", "ett ord saknas."),
        ("hälsa ~ och", "”och” består bara av småord, som sökningen hoppar över."),
        ("hälsa ~ 112", "”112” har inga bokstäver."),
        ("hälsa, vård ~ omsorg", "”hälsa, vård” har ett komma."),
        ("hälsa, vård > omsorg", "”hälsa, vård” har ett komma."),
        ("hälsa ~ vård ~ Hälsa", "”Hälsa” står mer än en gång."),
        ("hälsa > vård, vård", "”vård” står mer än en gång."),
        ("a ~ a b c d e f g h", None),
        ("a ~ a b c d e f g h j", "”a b c d e f g h j” har 9 ord; högst 8 går."),
        ("hälsa ~ vår\u00add", "raden innehåller ett osynligt tecken (U+00AD)."),
        ("hälsa ~\x0bvård", "raden innehåller ett osynligt tecken (U+000B)."),
        ("# hälsa \x00", "raden innehåller ett osynligt tecken (U+0000)."),
        (f"a ~ {'b' * (MAX_LINE - 4)}", None),
        (f"a ~ {'b' * (MAX_LINE - 3)}", "raden är 1001 tecken lång; högst 1000 går."),
    ],
)
def test_a_line_that_cannot_be_meant_is_told(line: str, message: str | None) -> None:
    if message is None:
        assert len(parse(line, PLAIN)) == 1
    else:
        assert problems(f"# Tema\n{line}\n") == [(2, message)]


def test_all_problems_are_told_at_once_in_line_order() -> None:
    assert problems("a ~ b\nc\n ~ 7\nd ~ \x7f\ne > f") == [
        (2, "raden har varken ~ eller >."),
        (3, "ett ord saknas."),
        (3, "”7” har inga bokstäver."),
        (4, "raden innehåller ett osynligt tecken (U+007F)."),
    ]


@pytest.mark.parametrize("again", ["b ~ A", "a ~ b # igen"])
def test_the_same_equal_group_twice_is_told(again: str) -> None:
    assert problems(f"a ~ b\n{again}") == [(2, "samma grupp står redan på rad 1.")]


def test_the_same_widening_twice_is_told_but_the_other_way_round_is_another() -> None:
    assert problems("a > b, c\na > c, b") == [(2, "samma grupp står redan på rad 1.")]
    assert len(parse("a > b\nb > a\na ~ b", PLAIN)) == 3


def test_too_many_groups_are_told_once() -> None:
    groups = [f"a{n} ~ b{n}" for n in range(MAX_GROUPS)]
    assert len(parse("\n".join(groups), PLAIN)) == MAX_GROUPS
    told = problems("\n".join([*groups, "c ~ d", "fel"]))
    assert told == [(MAX_GROUPS + 1, "filen har fler än 10000 grupper; resten lästes inte.")]


def test_a_long_term_is_shortened_in_the_message() -> None:
    ((_, message),) = problems(f"a ~ {'1' * 500}")
    assert message == f"”{'1' * 59}…” har inga bokstäver."


def test_a_problem_reads_as_a_sentence_with_what_to_do() -> None:
    problem = ThemesProblem(7, "ett ord saknas.", "Skriv ett.")
    assert str(problem) == "rad 7: ett ord saknas. Skriv ett."
    assert str(ThemesError([problem, problem])).count("rad 7") == 2


def test_a_file_in_another_encoding_is_told_with_its_line() -> None:
    with pytest.raises(ThemesError) as caught:
        decode("a ~ b\nhälsa ~ vård".encode("cp1252"))
    assert [problem.line for problem in caught.value.problems] == [2]
    assert decode("hälsa".encode("utf-8-sig")) == "hälsa"


# --- Laws ---

words = st.text("abcdeå", min_size=1, max_size=4)
terms = st.lists(words, min_size=1, max_size=3).map(" ".join)
groups = st.lists(terms, min_size=2, max_size=5, unique=True)


def finds(themes: Themes, source: str) -> set[tuple[str, ...]]:
    stems = plain(source)
    whole = [match for match in themes.find(stems) if match.end - match.start == len(stems)]
    return {other.stems for match in whole for other in match.expansions}


@given(groups)
def test_equality_is_symmetric(group: list[str]) -> None:
    themes = parse(" ~ ".join(group), PLAIN)
    for a in group:
        assert finds(themes, a) == {plain(b) for b in group} - {plain(a)}


@given(groups)
def test_widening_is_not_symmetric(group: list[str]) -> None:
    head, *rest = group
    themes = parse(f"{head} > {', '.join(rest)}", PLAIN)
    assert finds(themes, head) == {plain(b) for b in rest} - {plain(head)}
    for b in rest:
        assert plain(b) == plain(head) or finds(themes, b) == set()


@given(st.lists(groups, max_size=5), st.lists(words, max_size=12))
def test_every_run_that_is_a_term_is_found(lines: list[list[str]], query: list[str]) -> None:
    try:
        themes = parse("\n".join(map(" ~ ".join, lines)), PLAIN)
    except ThemesError:  # the same group twice
        return
    stems = plain(" ".join(query))
    known = {plain(term) for line in lines for term in line if finds(themes, term)}
    ends = range(1, len(stems) + 1)
    runs = [(i, j) for i in range(len(stems)) for j in ends if stems[i:j] in known]
    matches = themes.find(stems)
    assert [(match.start, match.end) for match in matches] == sorted(runs, key=longest_first)


def longest_first(run: tuple[int, int]) -> tuple[int, int]:
    return run[0], -run[1]


@given(st.text() | st.text("ab ~>,#\n\r\t\x00\u00ad1") | st.text(st.characters()))
def test_any_text_is_either_themes_or_told_what_is_wrong(text: str) -> None:
    try:
        parse(text, THEME_ANALYSIS)
    except ThemesError as error:
        lines = [problem.line for problem in error.problems]
        assert lines == sorted(lines)
        assert lines[0] >= 1
        assert lines[-1] <= len(re.split(r"\r\n|\r|\n", text))


@given(st.binary())
def test_any_bytes_are_either_text_or_told_what_is_wrong(data: bytes) -> None:
    try:
        decode(data)
    except ThemesError as error:
        assert len(error.problems) == 1


@given(st.text() | st.text("ab-:'s_1 ÅKT\u00ad") | st.sampled_from(["studie- och", "KTHs 1_000"]))
def test_stems_without_parts_are_those_of_the_analysis(text: str) -> None:
    assert THEME_ANALYSIS.stems(text) == swedish(text)


def test_stems_of_the_shipped_terms_are_those_of_the_analysis() -> None:
    assert [THEME_ANALYSIS.stems(term) for term in shipped_terms()] == list(
        map(swedish, shipped_terms())
    )


# --- Remarks on a file that is valid ---


def remarked(text: str) -> list[tuple[str, int, str]]:
    told = remarks(
        parse(text, PLAIN).groups, plain, is_known=lambda word: "x" not in word.casefold()
    )
    assert all(one.remedy for one in told)
    return [(one.kind, one.line, one.message) for one in told]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a ~ b\nb ~ c",
            "”b” står också i gruppen på rad 1; grupperna hittar inte varandras övriga ord.",
        ),
        (
            "a ~ bok\nboken ~ c\nd ~ boken",
            "”boken” står också i gruppen på rad 1 och 2; "
            "grupperna hittar inte varandras övriga ord.",
        ),
    ],
)
def test_a_term_of_several_equal_groups_is_remarked_once(text: str, message: str) -> None:
    assert remarked(text) == [(OVERLAP, text.count("\n") + 1, message)]


@pytest.mark.parametrize(
    "text", ["a ~ b\nc ~ d", "a ~ b\nb > c", "a > b\nc > b", "skog ~ skogen ~ a"]
)
def test_terms_that_find_what_they_seem_to_are_not_remarked(text: str) -> None:
    assert remarked(text) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a ~ b\na > b, c", 2, "”a > b” behövs inte: orden står redan med ~ på rad 1."),
        ("b > a\na ~ b", 1, "”b > a” behövs inte: orden står redan med ~ på rad 2."),
        ("a > b, c\na > d, b", 2, "”a > b” sägs redan på rad 1."),
        ("a ~ b ~ c\nb ~ a", 2, "”a ~ b” sägs redan på rad 1."),
    ],
)
def test_what_another_line_says_already_is_remarked_once(
    text: str, line: int, message: str
) -> None:
    assert remarked(text) == [(REPEATED, line, message)]


def test_widenings_of_one_term_to_different_ones_are_no_repetition() -> None:
    assert remarked("a > b\na > c\na ~ d") == []


def test_widening_both_ways_is_remarked_as_equality() -> None:
    message = "”b > a” här och ”a > b” på rad 1 gör orden lika."
    assert remarked("a > b\nb > a, c") == [(MUTUAL, 2, message)]


@pytest.mark.parametrize("text", ["a > b\nb > c", "a > b\nc > a"])
def test_widenings_in_a_row_are_not_both_ways(text: str) -> None:
    assert remarked(text) == []


def test_widening_both_ways_beside_equality_is_only_repeated() -> None:
    assert {kind for kind, *_ in remarked("a > b\nb > a\na ~ b")} == {REPEATED}


def test_an_unknown_word_is_remarked_once() -> None:
    message = "”fxrskola” finns inte i ordlistan."
    assert remarked("dagis ~ öppen fxrskola\nfxrskola > b") == [(UNKNOWN, 1, message)]


@pytest.mark.parametrize("known", ["förskola", "XML", "XML-stöd", "xeno- och b"])
def test_known_words_and_capitals_and_open_hyphens_are_not_remarked(known: str) -> None:
    assert remarked(f"a ~ {known}") == []


def test_remarks_come_by_kind_and_then_by_line() -> None:
    told = remarked("x > a, b\na > x\nc ~ d\nk ~ e\ne ~ j\nf > b\nf > b, g\nh ~ d")
    assert [(kind, line) for kind, line, _ in told] == [
        (OVERLAP, 5), (OVERLAP, 8), (REPEATED, 7), (MUTUAL, 2), (UNKNOWN, 1),
    ]  # fmt: skip


def test_a_remark_reads_as_a_sentence_with_what_to_do() -> None:
    (remark,) = remarks(parse("a ~ b\na > b", PLAIN).groups, plain, is_known=bool)
    assert str(remark) == (
        "rad 2: ”a > b” behövs inte: orden står redan med ~ på rad 1. Ta bort ”b” från raden."
    )


# --- The file on disk ---


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "themes.txt"
    path.write_text("a ~ b\n", "utf-8")
    return path


def write(path: Path, data: str | bytes) -> None:
    """Write at a time of its own: two writings within one tick of the clock would look alike."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_an_edited_file_counts_at_once(path: Path) -> None:
    file = ThemesFile(path, PLAIN)
    assert found(file.current(), "a") == [("a", ["b"])]
    write(path, "a ~ c\n")
    assert found(file.current(), "a") == [("a", ["c"])]
    assert not file.problems


def test_an_unchanged_file_is_not_read_again(path: Path) -> None:
    file = ThemesFile(path, PLAIN)
    assert file.current() is file.current()


@pytest.mark.parametrize("bad", ["a", "a ~ b\nhälsa".encode("cp1252"), b"\xff\xfea\x00"])
def test_a_broken_file_keeps_the_last_good_themes_until_it_is_mended(
    path: Path, bad: str | bytes
) -> None:
    file = ThemesFile(path, PLAIN)
    good = file.current()
    write(path, bad)
    assert file.current() is good
    assert len(file.problems) == 1
    assert file.problems[0].startswith("themes.txt, rad ")
    write(path, "a ~ c\n")
    assert found(file.current(), "a") == [("a", ["c"])]
    assert not file.problems


def test_a_broken_file_is_not_read_again_until_it_changes(path: Path) -> None:
    calls: list[str] = []

    def counting(text: str) -> str:
        calls.append(text)
        return PLAIN.initial(text)

    write(path, "a ~ 1\n")
    file = ThemesFile(path, PLAIN._replace(initial=counting))
    assert file.problems and file.problems and not file.current()
    assert " ".join(calls) == "a 1"


def test_a_missing_file_is_no_themes_and_a_problem_until_it_comes(tmp_path: Path) -> None:
    file = ThemesFile(tmp_path / "themes.txt", PLAIN)
    assert len(file.current()) == 0
    assert "finns inte" in file.problems[0] and str(file.path) in file.problems[0]
    write(file.path, "a ~ b\n")
    assert len(file.current()) == 1
    assert not file.problems


def test_a_file_that_goes_missing_keeps_the_last_good_themes(path: Path) -> None:
    file = ThemesFile(path, PLAIN)
    good = file.current()
    path.unlink()
    assert file.current() is good
    assert len(file.problems) == 1


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    file = ThemesFile(tmp_path, PLAIN)
    assert len(file.current()) == 0
    assert "kan inte läsas" in file.problems[0]


def test_threads_that_come_at_once_read_it_once_and_see_the_same(path: Path) -> None:
    file = ThemesFile(path, PLAIN)
    seen: list[Themes] = []
    threads = [Thread(target=lambda: seen.append(file.current())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 16
    assert len(set(map(id, seen))) == 1


# --- The file that ships ---


@pytest.fixture(scope="module")
def shipped() -> Themes:
    return parse(decode(SHIPPED.read_bytes()), THEME_ANALYSIS)


def shipped_terms() -> list[str]:
    lines = decode(SHIPPED.read_bytes()).splitlines()
    groups = [line for line in lines if line and not line.startswith("#")]
    return [term.strip() for group in groups for term in re.split("[~>,]", group)]


def phrases(themes: Themes, query: str) -> set[str]:
    stems: Sequence[str] = swedish(query)
    return {other.phrase for match in themes.find(stems) for other in match.expansions}


def test_the_shipped_file_has_no_problems_and_many_groups() -> None:
    file = ThemesFile(SHIPPED, THEME_ANALYSIS)
    assert len(file.current()) >= 300
    assert not file.problems


def test_the_shipped_file_loses_no_term_to_function_words() -> None:
    """*utan arbete* would leave *arbete*: the opposite of what it says."""
    lost = [term for term in shipped_terms() if " " in term and len(swedish(term)) == 1]
    assert lost == []


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("suicid", "självmord"),
        ("självmord", "suicid"),
        ("AI", "artificiell intelligens"),
        ("artificiella intelligensen", "AI"),
        ("unga", "ung vuxen"),
        ("studie- och yrkesvägledning i skolan", "SYV"),
        ("kommunala aktivitetsansvaret", "KAA"),
        ("ESF", "Europeiska socialfonden"),
        ("Europeiska regionala utvecklingsfonden", "ERUF"),
        ("bättre psykisk hälsa", "psykisk ohälsa"),
        ("glesbygden", "landsbygd"),
        ("rennäringen", "renskötsel"),
    ],
)
def test_the_shipped_file_knows_everyday_words_and_abbreviations(
    shipped: Themes, query: str, other: str
) -> None:
    assert other in phrases(shipped, query)


@pytest.mark.parametrize(
    "common", ["projekt", "utveckling", "samverkan", "stärka", "insats", "kommun", "stöd"]
)
def test_the_shipped_file_leaves_words_of_every_decision_alone(
    shipped: Themes, common: str
) -> None:
    assert phrases(shipped, common) == set()


@pytest.mark.parametrize("common", ["projekt", "utveckling", "stärka", "insats", "kommun", "stöd"])
def test_no_term_of_the_shipped_file_leads_to_words_of_every_decision(common: str) -> None:
    assert common not in {term.casefold() for term in shipped_terms()}


def test_a_stem_begins_as_the_file_is_looked_up_by() -> None:
    """Terms are found by how their stems begin, worked out without stemming."""
    words = [*load_lexicon()._flags, *(word for term in shipped_terms() for word in term.split())]
    assert [word for word in words if stem_of(word)[:2] != stem_beginning(word)] == []
    content = [word for word in words if not is_function_word(word)]
    initial = THEME_ANALYSIS.initial
    assert [word for word in content if initial(word) != stem_of(word)[:1]] == []


def test_what_is_looked_up_at_once_is_what_is_found_when_asked_for() -> None:
    text = "suicid ~ självmord\npsykisk hälsa > suicid, oro\nkommun > region"
    at_once, when_asked = parse(text, PLAIN), parse(text, PLAIN)
    at_once.look_up_all()
    for query in ("suicid", "självmord", "psykisk hälsa", "kommun", "oro"):
        assert found(at_once, query) == found(when_asked, query)
    assert len(at_once._found) == 4
