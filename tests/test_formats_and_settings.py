"""Numbers and times as a Swedish reader expects them, and settings from the environment."""

from __future__ import annotations

import unicodedata
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.amount import parse_amount
from index.limits import ReadingLimits
from index.problem import quoted
from search.request import SearchLimits
from web import formats
from web.settings import Settings, variable

_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (999, "999"), (20485293, "20\u00a0485\u00a0293"), (1000, "1\u00a0000")],
)
def test_a_number_is_grouped_with_no_break_spaces(value: int, written: str) -> None:
    assert formats.number(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2800000", "2\u00a0800\u00a0000\u00a0kr"),
        ("0", "0\u00a0kr"),
        ("400000.50", "400\u00a0000,50\u00a0kr"),
        (None, "belopp saknas"),
    ],
)
def test_money_is_written_in_kronor(value: str | None, written: str) -> None:
    assert formats.money(None if value is None else Decimal(value)) == written


def test_money_of_another_currency_says_which() -> None:
    assert formats.money(Decimal(1000), "EUR") == "1\u00a0000\u00a0EUR"


@given(st.decimals("-9999999999", "9999999999", places=2, allow_nan=False))
def test_an_amount_for_a_form_reads_back_and_has_no_unit(value: Decimal) -> None:
    assert parse_amount(formats.amount(value)).value == value
    assert "kr" not in formats.amount(value)


@pytest.mark.parametrize(
    ("timestamp", "written"),
    [
        ("2026-11-23T14:20:00Z", "23 november 2026 kl. 15:20"),
        ("2026-05-01T00:00:09Z", "1 maj 2026 kl. 02:00"),
    ],
)
def test_a_moment_is_written_in_swedish(timestamp: str, written: str) -> None:
    assert formats.moment(timestamp) == written


@pytest.mark.parametrize("timestamp", ["2026-11-23T14:20:00Z", "2026-11-23"])
def test_a_day_is_written_in_swedish(timestamp: str) -> None:
    assert formats.day(timestamp) == "23 november 2026"


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(1, 3, "33,3\u00a0%"), (0, 3, "0,0\u00a0%"), (3, 3, "100,0\u00a0%"), (0, 0, "–")],
)
def test_a_share_is_written_in_percent(part: int, whole: int, written: str) -> None:
    assert formats.percent(Decimal(part), Decimal(whole)) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0\u00a0sidor"), (1, "1\u00a0sida"), (2, "2\u00a0sidor"), (1000, "1\u00a0000\u00a0sidor")],
)
def test_plural_follows_the_number(count: int, written: str) -> None:
    assert formats.plural(count, "sida", "sidor") == written


@pytest.mark.parametrize("control", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2069")
def test_what_turns_the_direction_of_text_is_taken_out(control: str) -> None:
    assert formats.isolated(f"En {control}bro") == "En bro"


@pytest.mark.parametrize("text", ["אבג", "Bron مرحبا 12", "٣"])
def test_text_from_the_right_is_isolated(text: str) -> None:
    assert formats.isolated(text) == f"\u2068{text}\u2069"
    assert formats.isolated(f"\u202e\u2067{text}") == f"\u2068{text}\u2069"


@given(st.text())
def test_isolated_text_is_always_balanced(text: str) -> None:
    turned = [char for char in formats.isolated(text) if unicodedata.bidirectional(char) in _TURNS]
    assert turned in ([], ["\u2068", "\u2069"])


def test_without_variables_all_is_as_in_the_table() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"BESLUT_PORT": "", "PORT": "1", "HOME": "/"}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("index", "/srv/index", Path("/srv/index")),
        ("host", "0.0.0.0", "0.0.0.0"),
        ("port", "80", 80),
        ("workers", "4", 4),
        ("trusted_hosts", "beslut.example", "beslut.example"),
        ("cache_megabytes", "1", 1),
        ("search_seconds", "0.5", 0.5),
        ("search_seconds", "0", 0.0),
    ],
)
def test_a_variable_sets_a_setting(name: str, text: str, value: Any) -> None:
    assert getattr(Settings.from_environment({variable(name): text}), name) == value


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("port", "abc", "ett heltal från 1 till 65535"),
        ("port", "80.5", "ett heltal från 1 till 65535"),
        ("port", "0", "ett heltal från 1 till 65535"),
        ("port", "65536", "ett heltal från 1 till 65535"),
        ("workers", "0", "ett heltal från 1 till 256"),
        ("cache_megabytes", "1000000", "ett heltal från 1 till 65536"),
        ("page_size", "-1", "ett heltal från 1 till 1000"),
        ("source_shrink", "101", "ett heltal från 1 till 100"),
        ("search_seconds", "snabbt", "ett tal från 0 till 600"),
        ("search_seconds", "-1", "ett tal från 0 till 600"),
        ("search_seconds", "nan", "ett tal från 0 till 600"),
        ("search_seconds", "inf", "ett tal från 0 till 600"),
        ("access_log", "ja", "1 eller 0"),
        ("index", __file__, "en mapp"),
        ("themes", "/finns/inte.txt", "en fil som finns och får läsas"),
        ("themes", "/", "en fil som finns och får läsas"),
        ("host", "127.0.0.256", "en IP-adress eller ett värdnamn"),
        ("host", "http://localhost", "en IP-adress eller ett värdnamn"),
        ("host", "localhost:80", "en IP-adress eller ett värdnamn"),
        ("trusted_hosts", "https://beslut.example", "värdnamn med kommatecken mellan"),
        ("trusted_hosts", "beslut.example:8000", "värdnamn med kommatecken mellan"),
        ("trusted_hosts", "beslut.example,,b.example", "värdnamn med kommatecken mellan"),
        ("trusted_hosts", "*.example", "värdnamn med kommatecken mellan"),
        ("trusted_hosts", "::1", "värdnamn med kommatecken mellan"),
        ("trusted_hosts", "[b.example]", "värdnamn med kommatecken mellan"),
        ("base_url", "beslut.example", "en adress som börjar med https://"),
        ("base_url", "ftp://beslut.example", "en adress som börjar med https://"),
        ("base_url", "https://", "en adress som börjar med https://"),
        ("base_url", "https://beslut.example:http", "en adress som börjar med https://"),
        ("base_url", "https://beslut.example/?q=", "en adress som börjar med https://"),
        ("base_url", "https://beslut example", "en adress som börjar med https://"),
        ("licence", "CC0", "en adress som börjar med https://"),
        ("contact", "beslut.example", "en e-postadress"),
        ("contact", "mailto:vi@beslut.example", "en e-postadress"),
        ("contact", "vi@beslut", "en e-postadress"),
        ("accessibility", "Delvis", "helt, delvis eller inte"),
        ("accessibility_date", "2026-11-31", "en dag, t.ex. 2026-11-23"),
        ("accessibility_date", "20261123", "en dag, t.ex. 2026-11-23"),
        ("accessibility_date", "23 november 2026", "en dag, t.ex. 2026-11-23"),
        ("publisher", "Region\nVi", "text på en rad"),
    ],
)
def test_an_unusable_value_is_refused_with_its_variable_and_what_is_right(
    name: str, text: str, right: str
) -> None:
    with pytest.raises(ValueError) as caught:
        Settings.from_environment({variable(name): text})
    said = f"BESLUT_{name.upper()}: {quoted(text, 100)} ska vara {right}"
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("themes", __file__),
        ("host", "::1"),
        ("host", "0.0.0.0"),
        ("host", "beslut-1.intern"),
        ("trusted_hosts", "Beslut.example, www.beslut.example, 10.0.0.1, [2001:db8::1], my_app"),
        ("base_url", "https://beslut.örebro.example:8443/sok/"),
        ("licence", "https://creativecommons.org/publicdomain/zero/1.0/?a=b#c"),
        ("contact", "öppna.data+beslut@region.örebro.example"),
        ("accessibility", "delvis"),
        ("accessibility_date", "2026-11-23"),
        ("publisher", "Myndigheten för ”allt” & annat"),
        ("search_seconds", "600"),
        ("port", "65535"),
    ],
)
def test_what_is_right_is_taken_as_it_stands(name: str, text: str) -> None:
    value = getattr(Settings.from_environment({variable(name): text}), name)
    assert value == type(value)(text)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BESLUT_PROT", "menas BESLUT_PORT?"),
        ("BESLUT_TRUSTED_HOST", "menas BESLUT_TRUSTED_HOSTS?"),
        ("BESLUT_LICENSE", "menas BESLUT_LICENCE?"),
        ("beslut_port", "menas BESLUT_PORT?"),
        ("BESLUT_XYZZY", "de som finns står i docs/operating.md"),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest(name: str, said: str) -> None:
    for value in ("", "1"):
        with pytest.raises(ValueError) as caught:
            Settings.from_environment({name: value})
        assert str(caught.value) == f"{name}: det finns ingen sådan inställning; {said}"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = {"BESLUT_PROT": "1", "BESLUT_PORT": "0", "BESLUT_NESTING": "x", "BESLUT_PDF_PAGES": "0"}
    with pytest.raises(ValueError) as caught:
        Settings.from_environment(wrong)
    said = str(caught.value).splitlines()
    assert sorted(line.split(":")[0] for line in said) == sorted(wrong)


def test_an_option_comes_before_its_variable_and_is_held_to_the_same() -> None:
    environment = {"BESLUT_PORT": "abc", "BESLUT_HOST": "::1"}
    chosen = Settings.from_environment(environment, port="80", host=None)
    assert (chosen.port, chosen.host) == (80, "::1")
    with pytest.raises(ValueError, match="--port: ”0” ska vara ett heltal från 1 till"):
        Settings.from_environment({}, port="0")


def test_every_setting_has_a_default_of_its_type_and_a_meaning() -> None:
    table = Settings.table()
    tables = (Settings, SearchLimits, ReadingLimits)
    assert len(table) == sum(len(fields(one)) for one in tables) - 2  # that hold the other two
    for name, default, meaning in table:
        assert name.startswith("BESLUT_") and name.isupper()
        assert meaning
        assert Settings.from_environment({name: default}) == Settings()


@pytest.mark.parametrize(("name", "kind"), [("limits", SearchLimits), ("reading", ReadingLimits)])
def test_every_limit_is_a_setting(name: str, kind: type[Any]) -> None:
    assert getattr(Settings(), name) == kind()
    for limit in fields(kind):
        value = 1 if isinstance(limit.default, bool) else limit.default + 1
        changed = Settings.from_environment({variable(limit.name): str(value)})
        assert getattr(getattr(changed, name), limit.name) == value
