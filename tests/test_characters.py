"""Bytes -> text: the encoding is known, recognised and said, or refused; no character costs more
than itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from index.decision import Decision
from index.documents import readers
from index.documents.document import Document
from index.documents.html import legible
from index.documents.lists.extract import extract
from index.documents.readers.characters import decode, is_text
from index.documents.readers.table import Row, Table
from index.documents.reading import line_of
from index.documents.sources import Reading, read_all
from index.errors import ReadError

SWEDISH = (
    "Projektägare;Projektnamn;Belopp\nÅnge kommun;Bättre hälsa för äldre;5\n"
    "Föreningen Öbo;Lärande på landsbygden, år två;7\n"
)
WESTERN = {
    "Swedish": SWEDISH,
    "Swedish capitals": "PROJEKTÄGARE;FÖRENING\nÅNGE KOMMUN;BÄTTRE HÄLSA FÖR ÄLDRE\n",
    "one name": "Projekt;Ort\nBron;Besançon\n",
    "typography": "Projekt;Om\nIt’s “the” bridge – §\xa05;100\xa0m²\n”Bro” – ny;”Väg”\n",
    "Danish": "Støttemodtager;Projekttitel\nÅrhus Kommune;Grøn vækst på Fyn og Lolland-Falster\n",
    "Norwegian": "Søker;Prosjekt\nTromsø kommune;Økt sysselsetting, språk og læring\n",
    "Finnish": "Hakija;Hanke\nPääkaupunkiseudun yhdistys;Työllisyyden edistäminen Jyväskylässä\n",
    "German": "Begünstigter;Vorhaben\nStadt Köln;Förderung für Beschäftigte in Gießereien\n",
    "French": "Bénéficiaire;Opération\nRégion Île-de-France;Accompagnement d’élèves âgés à Nîmes\n",
    "Spanish": "Beneficiario;Operación\nDiputación de Cádiz;Formación de jóvenes, diseño del año\n",
    "Portuguese": "Beneficiário;Operação\nCâmara de Évora;Formação de jovens, inovação e coesão\n",
    "Italian": "Beneficiario;Attività\nCittà di Forlì;Qualità e mobilità, più università\n",
    "Icelandic": "Styrkþegi;Verkefni\nReykjavíkurborg;Menntun og þjálfun fólks á Íslandi\n",
    "several": "Åre;Sjön\nKøbenhavn;Grøn vækst\nKöln;Straße\nCádiz;diseño\nNîmes;élèves âgés à\n",
}
FOREIGN = {
    "Polish": ("cp1250 iso8859_2", "Gmina Łódź;Aktywizacja zawodowa osób, wsparcie mieszkańców\n"),
    "Czech": ("cp1250 iso8859_2", "Město Brno;Výstavba mostu přes řeku\n"),
    "Slovak": ("cp1250 iso8859_2", "Mesto Košice;Vzdelávanie zamestnancov a mladých ľudí, školy\n"),
    "Hungarian": ("cp1250 iso8859_2", "Győr városa;Munkahelyi képzés és jövőbeli működés\n"),
    "Romanian": ("cp1250 iso8859_2", "Judeţul Iaşi;Formarea şomerilor în învăţământ\n"),
    "Slovene": ("cp1250 iso8859_2", "Občina Škofja Loka;Spodbujanje težje zaposljivih žensk\n"),
    "Lithuanian": ("cp1257 iso8859_4 iso8859_13", "Šiaulių miestas;Įgūdžių ugdymas ir žinios\n"),
    "Latvian": (
        "cp1257 iso8859_4 iso8859_13",
        "Rīgas dome;Bezdarbnieku apmācība, jauniešu darbs\n",
    ),
    "Turkish": ("cp1254 iso8859_9", "İzmir Belediyesi;Gençlerin istihdamı, eğitimi ve işbirliği\n"),
    "Greek": ("cp1253 iso8859_7", "Beneficiary;Project\nΔήμος Αθηναίων;Γέφυρα\n"),
    "Russian": ("cp1251 koi8_r iso8859_5 cp866", "Owner;Project\nГород Мурманск;Мост\n"),
    "Bulgarian": ("cp1251 iso8859_5", "Община Пловдив;Обучение на безработни лица\n"),
}
FOREIGN_FILES = [
    pytest.param(text.encode(encoding), id=f"{language} in {encoding}")
    for language, (encodings, text) in FOREIGN.items()
    for encoding in encodings.split()
]


def decisions(content: bytes) -> list[Decision]:
    return list(extract(readers.read(content), Document("a", "ab" * 32, "T")).decisions)


# Which encoding


@pytest.mark.parametrize("language", WESTERN)
def test_text_of_western_europe_is_read_as_windows_1252_and_that_is_said(language: str) -> None:
    text, doubt = decode(WESTERN[language].encode("cp1252"))
    assert text == WESTERN[language]
    assert doubt == "filen är inte UTF-8 och lästes som Windows-1252"


@pytest.mark.parametrize("language", ["Swedish", "Swedish capitals", "Finnish", "German"])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp437", "DOS-text (cp850)"),
        ("cp850", "DOS-text (cp850)"),
        ("mac_roman", "Mac-text (Mac Roman)"),
    ],
)
def test_text_of_dos_and_old_macs_is_recognised_and_said(
    language: str, encoding: str, name: str
) -> None:
    text, doubt = decode(WESTERN[language].encode(encoding))
    assert text == WESTERN[language]
    assert doubt == f"filen är inte UTF-8 och lästes som {name}"


@pytest.mark.parametrize("content", FOREIGN_FILES)
def test_text_in_other_code_pages_is_refused_and_never_guessed_at(content: bytes) -> None:
    what = "filen är inte UTF-8 och inte heller Windows-1252"
    with pytest.raises(ReadError, match=what) as error:
        readers.read(content)
    assert error.value.remedy == "spara filen som UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_byte_order_mark_is_recognised(encoding: str) -> None:
    assert decode(SWEDISH.encode(encoding)) == (SWEDISH, None)
    assert decisions(SWEDISH.encode(encoding))[0].title == "Bättre hälsa för äldre"


@pytest.mark.parametrize("content", [b"\x01\0\x02\0\x03\0" * 99, bytes(range(256)) * 4, b"\0" * 64])
def test_binary_data_is_no_text(content: bytes) -> None:
    assert not is_text(content)


def test_a_few_bytes_that_are_no_utf8_cost_themselves_and_are_said() -> None:
    content = SWEDISH.encode() + "Åre;Sjö;8\n".encode("cp1252")
    text, doubt = decode(content)
    assert text == SWEDISH + "Åre;Sjö;8\n"
    assert doubt == "filen är UTF-8 utom 2 tecken, som lästes som Windows-1252"


def test_a_byte_that_windows_1252_has_not_costs_itself_and_is_said() -> None:
    text, doubt = decode(SWEDISH.encode("cp1252") + b"Ed;A\x81s;9\n")
    assert text == SWEDISH + "Ed;A\ufffds;9\n"
    assert doubt is not None and doubt.endswith("å, ä och ö ser ut att vara förvanskade")


def test_an_encoding_that_a_page_declares_is_followed_unless_it_is_utf() -> None:
    page = "<table><tr><td>Łódź</table>"
    assert decode(page.encode("iso8859_2"), "iso-8859-2") == (page, None)
    swedish = "<table><tr><td>Växjö, Ånge</table>"
    assert decode(swedish.encode("cp1252"), "utf-16")[0] == swedish


# Misread before


@pytest.mark.parametrize("as_if", ["cp1252", "latin-1"])
def test_utf8_that_was_saved_as_if_it_were_windows_1252_is_put_right_and_said(as_if: str) -> None:
    text = SWEDISH.replace("Å", "Ö").replace("hälsa", "hälsa – nu’s")
    misread = text.encode().decode(as_if)
    assert decode(misread.encode()) == (
        text,
        "å, ä och ö var UTF-8 som sparats som Windows-1252, och rättades",
    )


@pytest.mark.parametrize(
    "text", ["Ã…re;BÃ¤ttre hÃ¤lsa i Öbo;5", "Ånge;B\ufffdttre h\ufffdlsa;5", "H├ñlsa;├Ñr;5"]
)
def test_what_cannot_be_put_right_is_said(text: str) -> None:
    assert decode(text.encode()) == (text, "å, ä och ö ser ut att vara förvanskade")


@given(st.text(st.sampled_from("abc ÅÄÖåäöéü–’”€§;\n")))
def test_a_misread_text_comes_back_whatever_it_says(text: str) -> None:
    text = f"Å{text}"
    assert decode(text.encode().decode("latin-1").encode())[0] == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="ÃâÂ├\ufffd")))
def test_utf8_is_read_as_it_is_and_without_doubt(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode()) == (text, None)


# Characters that are none

STRAYS = {
    "surrogate": ("\ud800", ""),
    "NUL": ("\0", ""),
    "control": ("\x01", ""),
    "apostrophe of Windows-1252": ("\x92", "’"),
    "dash of Windows-1252": ("\x96", "–"),
    "dots of Windows-1252": ("\x85", "…"),
    "what Windows-1252 has not": ("\x81", ""),
}


def as_utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("kind", STRAYS)
@pytest.mark.parametrize("markup", ["", "<p>Ny.</p>"])
@pytest.mark.parametrize("format_", ["CSV", "text", "HTML", "UTF-16"])
def test_a_stray_character_costs_itself(kind: str, markup: str, format_: str) -> None:
    stray, meant = STRAYS[kind]
    rows = [
        ["Projektägare", "Projektnamn", "Beskrivning", "Belopp"],
        [f"Ånge{stray} kommun", f"Bro{stray}n", f"{markup}Sten{stray}bron", "5"],
        ["Öbo", "Väg", "Lång", "7"],
    ]
    if format_ == "HTML":
        lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
        content = as_utf8("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>")
    else:
        delimiter = "\t" if format_ == "text" else ";"
        text = "".join(delimiter.join(row) + "\n" for row in rows)
        utf16 = format_ == "UTF-16"
        content = text.encode("utf-16", "surrogatepass") if utf16 else as_utf8(text)
    one, other = decisions(content)
    assert (one.owner, one.title) == (f"Ånge{meant} kommun", f"Bro{meant}n")
    assert one.description[-1].text == f"Sten{meant}bron"
    assert (other.owner, other.title, other.amount) == ("Öbo", "Väg", 7)


def test_control_characters_in_a_spreadsheet_cost_themselves() -> None:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Projektägare", "Projektnamn", "Beskrivning", "Belopp"])
    sheet.write_row(1, 0, ["Ånge\x01", "Bro\x92n", "<p>Ny.</p>Sten\x00bron\x96", 5])
    book.close()
    (one,) = decisions(written.getvalue())
    assert (one.owner, one.title) == ("Ånge", "Bro’n")
    assert [block.text for block in one.description] == ["Ny.", "Stenbron–"]


def test_a_decision_can_be_written_whatever_the_heading_of_its_table_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (Row(1, ("Projektägare", "Projektnamn", "Belopp")), Row(2, ("Ånge", "Bro", "5")))
    table = Table(None, rows, heading=("Beslut \ud800 hösten",))
    monkeypatch.setattr(readers, "read", lambda content, limits: (table,))
    (tmp_path / "a.txt").write_text("x", "utf-8")
    (source,) = read_all([tmp_path / "a.txt"], tmp_path / "x", None, Reading(originals=False))
    assert [one.round.title for one in source.decisions()] == ["Beslut ? hösten"]


@given(st.text(st.characters(codec=None), max_size=50))
def test_no_cell_of_a_decision_has_what_cannot_be_written(text: str) -> None:
    rows = (
        Row(1, ("Projektägare", "Projektnamn", "Beskrivning")),
        Row(2, ("Ånge", f"Bro {text}", f"<p>a{text}</p>b")),
    )
    (one,) = extract([Table(None, rows)], Document("a", "ab" * 32, "T")).decisions
    assert legible(one.title) == one.title
    assert line_of(one).encode()
