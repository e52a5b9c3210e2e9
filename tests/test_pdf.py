"""PDF without ruled tables: columns that line up, and running text. Printed by Chromium."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Sequence
from html import escape

import pytest
from playwright.sync_api import Browser

from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.readers import pdf
from index.documents.readers.table import Passage
from index.errors import ReadError
from tests.test_hostile_files import pages

Print = Callable[..., bytes]
HEADER = ["Projektägare", "Projektnamn", "Diarienummer", "Beslutsdatum", "Beviljat belopp"]
HEADING = "Region Norrbottens beslut om projektmedel ESF 2026:1"
INTRO = (
    "<p>Beslutade av regionala utvecklingsnämnden den 5 mars 2026. Listan omfattar alla projekt "
    "som har beviljats medel under våren.</p>"
)
OWNERS = (
    "Luleå kommun", "Föreningen Norrsken", "Stiftelsen Tornedalens museum", "Region Norrbotten",
    "Älvsbyns kommun i samverkan med Stiftelsen Tornedalens museum", "Bodens kommun",
    "Hushållningssällskapet Norr", "Kiruna ridklubb", "Arjeplogs sameförening",
)  # fmt: skip
TITLES = (
    "Digital mötesplats för unga", "Skogens hus", "Grön omställning i småföretag",
    "Kompetens för framtidens industri i Norrbotten och Västerbotten",
    "Vandringsleder längs älven med skyltar på nordsamiska, lulesamiska och sydsamiska",
    "Matkultur 2026", "Innovation i gruvnäringen: nya metoder för återvinning av vatten",
)  # fmt: skip
TEXT = (
    "Nämnden har under året arbetat med att utveckla stödet till föreningar och företag i hela "
    "länet. Arbetet har skett i samverkan med kommunerna, och flera nya former av stöd har "
    "prövats. Under våren beslutade nämnden att öka anslaget till kulturella projekt. "
)


def rows(count: int) -> list[list[str]]:
    """Made-up decisions; amounts with no-break spaces, as lists have them."""
    chance = random.Random(count)
    return [
        [
            OWNERS[at % len(OWNERS)],
            f"{TITLES[at % len(TITLES)]} etapp {at // 7 + 1}",
            f"RUN {100 + 7 * at}-2026",
            f"2026-0{1 + at % 9}-{10 + at % 18}",
            f"{chance.randrange(20, 4000) * 1000:,}".replace(",", "\xa0"),
        ]
        for at in range(count)
    ]


def cells(row: Sequence[str], tag: str = "td") -> str:
    return "".join(f"<{tag} class=c{at}>{escape(text)}</{tag}>" for at, text in enumerate(row))


def table(body: Sequence[Sequence[str]], head: Sequence[str] | str = HEADER) -> str:
    top = head if isinstance(head, str) else f"<tr>{cells(head, 'th')}</tr>"
    lines = "".join(f"<tr>{cells(row)}</tr>" for row in body)
    return f"<table><thead>{top}</thead><tbody>{lines}</tbody></table>"


def page(body: str, css: str = "", landscape: bool = False) -> str:
    size = "A4 landscape" if landscape else "A4"
    return (
        f'<!doctype html><html lang="sv"><meta charset="utf-8"><style>@page{{size:{size};margin:'
        "18mm}body{font:10pt sans-serif}table{border-collapse:collapse;width:100%}"
        "td,th{padding:3pt 6pt;vertical-align:top;text-align:left}.c4{white-space:nowrap}"
        f"{css}</style><body>{body}"
    )


@pytest.fixture(scope="module")
def printed(browser: Browser) -> Print:
    """Prints HTML; keywords are those of Playwright's own."""
    context = browser.new_page()

    def print_(html: str, **options: object) -> bytes:
        context.set_content(html)
        return context.pdf(prefer_css_page_size=True, print_background=True, **options)

    return print_


def read(content: bytes) -> list[list[str]]:
    """All rows, the header once, cells as lines."""
    found = [
        [" ".join(cell.split()) for cell in row.cells]
        for one in pdf.read(content)
        for row in one.rows
    ]
    return found[:1] + [row for row in found[1:] if row != found[0]]


def lines(table_: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[" ".join(cell.split()) for cell in row] for row in table_]


def extracted(content: bytes) -> Extract:
    return extract(pdf.read(content), Document("lista.pdf", "ab" * 32, "2030-01-02T03:04:05Z"))


LAYOUTS: dict[str, tuple[int, str]] = {
    "left aligned": (12, ""),
    "amounts right aligned": (12, ".c4{text-align:right}"),
    "centred": (12, "td,th{text-align:center}"),
    "cells in the middle of their row": (12, "td,th{vertical-align:middle}td.c1{width:30mm}"),
    "cells at the bottom of their row": (12, "td,th{vertical-align:bottom}td.c1{width:30mm}"),
    "no white between rows": (12, "td,th{padding:0 6pt}"),
    "header not bold": (12, "th{font-weight:normal}"),
    "horizontal rules": (12, "td,th{border-bottom:.5pt solid #888}"),
    "rule below the header": (12, "th{border-bottom:1pt solid}"),
    "even rows striped": (12, "tbody tr:nth-child(even){background:#ddd}"),
    "odd rows striped": (12, "tbody tr:nth-child(odd){background:#ddd}th{background:#cde}"),
    "narrow gaps": (12, "td,th{padding:1pt 2pt;font-size:8pt}table{width:auto}"),
    "browser's own padding": (12, "td,th{padding:1px}table{border-collapse:separate}"),
    "serif": (12, "body{font-family:serif}"),
    "three rows": (3, ""),
    "sixty rows over pages": (60, ".c4{text-align:right}"),
    "sixty rows, rows whole": (60, "tr{break-inside:avoid}"),
    "sixty rows, header not repeated": (60, "thead{display:table-row-group}"),
    "sixty striped rows": (60, "tbody tr:nth-child(even){background:#ddd}"),
    "sixty rows in the middle": (60, "td,th{vertical-align:middle}"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("landscape", [False, True])
def test_every_row_of_an_unruled_table_is_read(
    layout: str, landscape: bool, printed: Print
) -> None:
    count, css = LAYOUTS[layout]
    content = printed(page(f"<h1>{HEADING}</h1>{INTRO}{table(rows(count))}", css, landscape))
    assert read(content) == lines([HEADER, *rows(count)])


def test_columns_of_a_grid_are_read_as_those_of_a_table(printed: Print) -> None:
    grid = "".join(f"<div>{escape(cell)}</div>" for row in [HEADER, *rows(10)] for cell in row)
    css = ".g{display:grid;grid-template-columns:46mm 48mm 28mm 26mm 22mm;gap:4pt 3mm}"
    assert read(printed(page(f"<div class=g>{grid}</div>", css))) == lines([HEADER, *rows(10)])


def test_decisions_come_out_of_an_unruled_list_with_its_round(printed: Print) -> None:
    total = ["Summa 30 projekt", "", "", "", "9 000 000"]
    note = "<p>Beloppen avser hela projekttiden.</p><p>* Preliminärt beslut.</p>"
    found = extracted(printed(page(f"<h1>{HEADING}</h1>{table([*rows(30), total])}{note}")))
    assert [(one.owner, one.case_number) for one in found.decisions] == [
        (row[0], row[2]) for row in rows(30)
    ]
    assert {one.round.name for one in found.decisions} == {"ESF 2026:1"}
    assert found.declared is not None
    assert (found.declared.count, found.declared.sum) == (30, 9_000_000)
    assert [one.what for one in found.problems if "summaraden" not in one.what] == []


def test_a_column_that_is_mostly_empty_stays_a_column(printed: Print) -> None:
    sparse = [
        [*row[:2], row[2] if at % 9 == 4 else "", *row[3:]] for at, row in enumerate(rows(40))
    ]
    assert read(printed(page(table(sparse)))) == lines([HEADER, *sparse])


def test_a_row_without_amount_is_a_row(printed: Print) -> None:
    some = [[*row[:4], "" if at % 6 == 2 else row[4]] for at, row in enumerate(rows(20))]
    assert read(printed(page(table(some)))) == lines([HEADER, *some])


def test_an_amount_that_is_broken_over_lines_is_one(printed: Print) -> None:
    broken = [[*row[:4], row[4].replace("\xa0", " ")] for row in rows(12)]
    css = "td.c4{white-space:normal;width:12mm}"
    assert read(printed(page(table(broken), css))) == lines([HEADER, *broken])


UNREAD = "raderna i tabellen på sida 1 går inte att skilja åt"


def refusal(content: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        pdf.read(content)
    return caught.value.what


@pytest.mark.parametrize("padding", ["0 6pt", "1pt 6pt", "3pt 6pt"])
@pytest.mark.parametrize(
    "css",
    ["", "th{text-align:center}", "th{vertical-align:bottom}td,th.y{text-align:right}",
     "th{vertical-align:middle;text-align:center}", ".s{border-bottom:.5pt solid}"],
)  # fmt: skip
def test_names_over_several_columns_refuse_the_file(css: str, padding: str, printed: Print) -> None:
    head = (
        "<tr><th rowspan=2>Projektägare<th rowspan=2>Projektnamn<th colspan=3 class=s>Beviljat</tr>"
        "<tr><th class=y>2025<th class=y>2026<th class=y>Totalt</tr>"
    )
    body = [[row[0], row[1], f"{at}\xa0500", "7\xa0000", row[4]] for at, row in enumerate(rows(9))]
    content = printed(page(table(body, head), f"td,th{{padding:{padding}}}{css}"))
    assert refusal(content) == UNREAD


def test_two_groups_of_columns_refuse_the_file(printed: Print) -> None:
    head = (
        "<tr><th>Projektägare<th>Projektnamn<th colspan=2>Sökt<th colspan=2>Beviljat</tr>"
        "<tr><th><th><th>2025<th>2026<th>2025<th>2026</tr>"
    )
    body = [[row[0], row[1], row[4], row[4], "7\xa0000", row[4]] for row in rows(9)]
    assert refusal(printed(page(table(body, head), "th{text-align:center}"))) == UNREAD


@pytest.mark.parametrize("place", ["bottom", "middle"])
def test_rows_without_white_whose_figures_are_not_on_top_refuse_the_file(
    place: str, printed: Print
) -> None:
    css = f"td,th{{padding:0 6pt;vertical-align:{place}}}"
    assert refusal(printed(page(f"<h1>{HEADING}</h1>{table(rows(12))}", css))) == UNREAD


def test_rows_without_white_of_which_one_has_no_figure_refuse_the_file(printed: Print) -> None:
    some = [
        [*row[:2], "" if at == 4 else row[2], *["" if at == 4 else cell for cell in row[3:]]]
        for at, row in enumerate(rows(12))
    ]
    assert refusal(printed(page(table(some), "td,th{padding:0 6pt}"))) == UNREAD


def test_a_page_that_cannot_be_read_is_not_left_out_before_one_that_can(printed: Print) -> None:
    second = f"<div style='break-before:page'>{table(rows(9))}</div>"
    css = ".x tr:nth-child(even) td{position:relative;left:60pt}"
    content = printed(page(f"<div class=x>{table(rows(9))}</div>{second}", css))
    assert refusal(content) == UNREAD


def test_a_period_that_is_broken_over_lines_is_one(printed: Print) -> None:
    periods = [[*row[:3], "2025–2027", row[4]] for row in rows(9)]
    css = "table{width:auto}td.c3{width:9mm}th{font-size:5pt}"
    found = read(printed(page(table(periods), css)))
    assert [row[3] for row in found[1:]] == ["2025–2027"] * 9


def test_stripes_whose_table_is_not_read_refuse_the_file(printed: Print) -> None:
    some = [["", *row[1:3], "", row[0]] for row in rows(9)]
    css = "tbody tr:nth-child(even){background:#ddd}"
    assert refusal(printed(page(table(some, ""), css))) == UNREAD


def test_what_is_repeated_on_each_page_is_in_no_row(printed: Print) -> None:
    content = printed(
        page(f"<h1>{HEADING}</h1>{table(rows(60))}"),
        display_header_footer=True,
        header_template="<div style='font-size:8pt;width:100%;margin:0 18mm'>Region Norrbotten"
        "<span style='float:right'>Sida <span class=pageNumber></span></span></div>",
        footer_template="<div style='font-size:8pt;margin:0 18mm'>Box 123, 971 07 Luleå</div>",
    )
    assert read(content) == lines([HEADER, *rows(60)])


NO_TABLES: dict[str, str] = {
    "newsletter": "<h1>Nyhetsbrev</h1><div style='columns:2'>"
    + f"<h3>Projektägare i fokus</h3><p>{TEXT * 3}</p>" * 5
    + "</div>",
    "three columns": f"<div style='columns:3'>{f'<p>{TEXT * 3}</p>' * 6}</div>",
    "letter": "<table><tr><td>Region Norrbotten<td>Datum<td>2026-03-05</tr><tr><td>Box 123"
    "<td>Diarienummer<td>RUN 12-2026</tr><tr><td>971 07 Luleå<td>Handläggare<td>Anna Berg</tr>"
    f"</table><h2>Beslut om bidrag</h2>{f'<p>{TEXT}</p>' * 4}",
    "columns that do not line up": "<b>Projektägare&emsp;&emsp;Projektnamn&emsp;&emsp;Belopp</b>"
    + "".join(
        f"<div>{owner}{'&emsp;' * (2 + at * 7 % 5)}{title}{'&emsp;' * (2 + at * 3 % 4)}{at}00 kr"
        "</div>"
        for at, (owner, title) in enumerate(zip(OWNERS * 3, TITLES * 4, strict=False))
    ),
    "contents with dot leaders": "".join(
        f"<div>{title[:40]} {'.' * (90 - len(title[:40]))} {at}</div>"
        for at, title in enumerate(TITLES)
    ),
    "text with lists": f"<p>{TEXT}</p><ul>"
    + "".join(f"<li>{owner}: {TITLES[0]}" for owner in OWNERS)
    + f"</ul><p>{TEXT}</p><ol>{f'<li>{TEXT}' * 5}</ol>",
    "labels with values": "<table>"
    + "<tr><td>Projektägare:<td>Luleå kommun</tr><tr><td>Belopp:<td>200 000 kr</tr>" * 5
    + "</table>",
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_what_is_no_table_gives_none(kind: str, printed: Print) -> None:
    assert pdf.read(printed(page(NO_TABLES[kind]))) == ()


def test_a_page_whose_rows_cannot_be_told_apart_refuses_the_file(printed: Print) -> None:
    shifted = f"<div class=x style='break-before:page'>{table(rows(9))}</div>"
    css = "td,th{padding:0 6pt}.x td.c1{position:relative;top:5pt}"
    with pytest.raises(ReadError) as caught:
        pdf.read(printed(page(table(rows(9)) + shifted, css)))
    assert caught.value.what == "raderna i tabellen på sida 2 går inte att skilja åt"


PROTOCOL = (
    "<h1>Protokoll för regionala utvecklingsnämnden</h1>"
    f"<p>{TEXT * 2}</p><h2>§ 47 Bidrag till Digital mötesplats</h2><p><b>Beslut</b></p>"
    "<p>Regionala utvecklingsnämnden beslutar att bevilja Luleå kommun 2 540 000 kronor för "
    "projektet Digital mötes&shy;plats för unga i hela länet under 2026.</p>"
    "<div>Projektägare: Luleå kommun</div><div>Projektnamn: Digital mötesplats för unga i hela "
    "länet med särskild inriktning på glesbygd och dem som står långt från arbetsmarknaden</div>"
    "<div>Belopp: 2 540 000 kr</div><h2>§ 48 Grön omställning</h2>"
    "<table style='width:auto'><tr><td style='width:45mm'>Projektägare:<td>Bodens kommun</tr>"
    "<tr><td>Projektnamn:<td style='width:60mm'>Grön omställning i småföretag och föreningar i "
    "hela Norrbottens län</tr><tr><td>Beviljat belopp:<td>100 000 kr</tr></table>"
    f"<p><b>Motivering:</b> {TEXT}</p><p>• Första punkten</p><p>• Andra punkten</p>"
)


def passages(printed: Print, body: str, css: str = "") -> tuple[Passage, ...]:
    return pdf.passages(printed(page(body, css)))


def test_paragraphs_headings_and_labels_are_passages(printed: Print) -> None:
    found = passages(printed, PROTOCOL)
    assert [(one.level, one.item, one.text) for one in found] == [
        (1, False, "Protokoll för regionala utvecklingsnämnden"),
        (0, False, (TEXT * 2).strip()),
        (2, False, "§ 47 Bidrag till Digital mötesplats"),
        (3, False, "Beslut"),
        (0, False, "Regionala utvecklingsnämnden beslutar att bevilja Luleå kommun 2 540 000 kronor"
         " för projektet Digital mötesplats för unga i hela länet under 2026."),
        (0, False, "Projektägare: Luleå kommun"),
        (0, False, "Projektnamn: Digital mötesplats för unga i hela länet med särskild inriktning "
         "på glesbygd och dem som står långt från arbetsmarknaden"),
        (0, False, "Belopp: 2 540 000 kr"),
        (2, False, "§ 48 Grön omställning"),
        (0, False, "Projektägare: Bodens kommun"),
        (0, False, "Projektnamn: Grön omställning i småföretag och föreningar i hela Norrbottens "
         "län"),
        (0, False, "Beviljat belopp: 100 000 kr"),
        (0, False, f"Motivering: {TEXT.strip()}"),
        (0, True, "Första punkten"),
        (0, True, "Andra punkten"),
    ]  # fmt: skip
    assert [one.number for one in found] == [*range(1, 16)]
    assert {one.page for one in found} == {"sida 1"}


def test_the_bold_beginning_of_a_passage_is_counted(printed: Print) -> None:
    found = {one.text[:10]: one.bold for one in passages(printed, PROTOCOL)}
    assert (found["Motivering"], found["Nämnden ha"], found["Beslut"]) == (11, 0, 6)


def test_labels_beside_values_need_no_colon(printed: Print) -> None:
    body = "<table><tr><td>Sökande<td>Kiruna ridklubb</tr><tr><td>Dnr<td>RUN 7-2026</tr></table>"
    assert [one.text for one in passages(printed, f"<p>{TEXT}</p>{body}")][1:] == [
        "Sökande: Kiruna ridklubb",
        "Dnr: RUN 7-2026",
    ]


def test_a_value_is_put_together_wherever_its_label_stands(printed: Print) -> None:
    body = (
        "<table style='width:auto'><tr><td>Projektägare:<td>Kiruna ridklubb</tr><tr>"
        f"<td>Projektnamn:<td style='width:60mm'>{TITLES[4]}</tr><tr><td>Belopp:<td>20 000 kr</tr>"
        "</table>"
    )
    for place in ("top", "middle"):
        css = f"td,th{{vertical-align:{place}}}"
        assert [one.text for one in passages(printed, f"<p>{TEXT}</p>{body}", css)][1:] == [
            "Projektägare: Kiruna ridklubb",
            f"Projektnamn: {TITLES[4]}",
            "Belopp: 20 000 kr",
        ]


def test_a_paragraph_that_a_page_break_parts_is_one(printed: Print) -> None:
    numbered = "".join(f"<p>{at}. {TEXT * 3}</p>" for at in range(1, 16))
    content = printed(
        page(numbered, "p{orphans:1;widows:1}"),
        display_header_footer=True,
        header_template="<div style='font-size:8pt;width:100%;margin:0 18mm'>Region Norrbotten"
        "<span style='float:right'>Sida <span class=pageNumber></span></span></div>",
        footer_template="<div style='font-size:8pt;margin:0 18mm'>Justerandes signatur</div>",
    )
    found = pdf.passages(content)
    assert [one.text for one in found] == [f"{at}. {(TEXT * 3).strip()}" for at in range(1, 16)]
    assert len({one.page for one in found}) > 1


def test_a_table_is_no_running_text(printed: Print) -> None:
    found = passages(printed, f"<h1>{HEADING}</h1>{table(rows(8))}<p>{TEXT}</p>")
    assert [one.text for one in found] == [HEADING, TEXT.strip()]


def test_labels_that_every_page_begins_with_are_kept(printed: Print) -> None:
    form = "<p>Projektägare: Luleå kommun</p><div>Projektnamn: Etapp {0}</div>" + f"<p>{TEXT}</p>"
    body = "<div style='break-after:page'></div>".join(form.format(at) for at in (1, 2, 3))
    texts = [one.text for one in passages(printed, body)]
    assert texts.count("Projektägare: Luleå kommun") == 3


def test_a_pdf_cut_off_says_so(printed: Print) -> None:
    content = printed(page(f"<h1>{HEADING}</h1>{table(rows(60))}"))
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(ReadError) as caught:
            pdf.read(content[: int(len(content) * share)])
        assert caught.value.what == "PDF-filen är avkortad eller skadad"
        assert caught.value.remedy == "hämta dokumentet på nytt"


def test_a_whole_pdf_with_something_after_its_end_is_read(printed: Print) -> None:
    content = printed(page(table(rows(5))))
    junk = zlib.compress(bytes(range(256)) * 64) + b"\0" * 4000
    assert read(content + junk) == lines([HEADER, *rows(5)])
    without = re.sub(rb"startxref\s+\d+\s+%%EOF\s*$", b"", content)
    assert without != content
    assert read(without) == lines([HEADER, *rows(5)])


def test_a_pdf_with_fewer_pages_than_it_counts_is_cut_off() -> None:
    content = pages(20)
    assert pdf.read(content) == ()
    cut = content[: content.index(b"12 0 obj")]
    with pytest.raises(ReadError) as caught:
        pdf.read(cut)
    assert caught.value.what == "PDF-filen är avkortad eller skadad"


def test_a_pdf_without_an_end_is_cut_off_where_a_page_has_lost_its_text() -> None:
    objects = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj\n"
    )
    trailer = b"trailer<</Size 5/Root 1 0 R>>\n"
    stream = b"4 0 obj<</Length 3>>stream\nq Q\nendstream endobj\n"
    assert pdf.read(objects + stream + trailer) == ()
    with pytest.raises(ReadError) as caught:
        pdf.read(objects + trailer)
    assert caught.value.what == "PDF-filen är avkortad eller skadad"
