"""The strict reader: what German offices write is read exactly, and nothing ambiguous is read at all."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats import german

quick = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("7", "7"),
        ("007", "7"),
        ("1234", "1234"),
        ("1.234", "1234"),
        ("12.345.678", "12345678"),
        ("1.234,5", "1234.5"),
        ("0,123", "0.123"),
        ("-3,7", "-3.7"),
        ("+3,7", "3.7"),
        ("\u22123,7", "-3.7"),
        ("12,3 %", "12.3"),
        ("12,3\u00a0%", "12.3"),
        ("5.000,00\u202f€", "5000.00"),
        ("\u00a042\u00a0", "42"),
        ("1\u00ad234", "1234"),
    ],
)
def test_comma_notation_is_read(text: str, value: str) -> None:
    assert german.read_number(text, "comma") == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "–", ".", "/", "*", "x", "k. A.", "#NV", "#DIV/0!", "NA", "null", "None", "nan", "inf"),
        *("1.5", "0.123", "01.234", "1.23", "1.2345", "12.34.567", "1,234.5", "1,2,3", ",5", "5,", "1 234", "1e3"),
        *("01.02.2023", "2023-01-01", "Dez 24", "31.12.24"),
        *("(7)", "7)", "--7", "7-", "- 7", "5 %%", "€ 5", "0x10", "1_000", "٣", "１２", "²"),
        *("1000000000000000", "1" * 40),
    ],
)
def test_ambiguous_or_foreign_text_is_no_number_in_comma_notation(text: str) -> None:
    with pytest.raises(ValueError):
        german.read_number(text, "comma")


@pytest.mark.parametrize(
    ("text", "value"), [("1.5", "1.5"), ("1.234", "1.234"), ("1e3", "1000"), ("2.5E-3", "0.0025"), ("-7", "-7")]
)
def test_point_notation_is_read(text: str, value: str) -> None:
    assert german.read_number(text, "point") == Decimal(value)


@pytest.mark.parametrize("text", ["1,5", "1.234.567", "1e", "e3", "1e999999999999999999999", "1e15", ".5", "5.", "٣"])
def test_comma_and_endless_exponents_are_no_number_in_point_notation(text: str) -> None:
    with pytest.raises(ValueError):
        german.read_number(text, "point")


def _in_german(value: Decimal, grouped: bool) -> str:
    text = f"{value:,f}" if grouped else f"{value:f}"
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


@quick
@given(st.decimals(-(10**14), 10**14, allow_nan=False, places=8) | st.decimals(-9999, 9999, places=2), st.booleans())
def test_german_notation_and_back_is_the_same_decimal(value: Decimal, grouped: bool) -> None:
    assert german.read_number(_in_german(value, grouped), "comma") == value


@quick
@given(st.text(alphabet="0123456789.,-+eE %€()\u00a0\u2212x/*", max_size=12))
def test_a_number_read_with_a_comma_is_never_another_number_read_with_a_point(text: str) -> None:
    try:
        with_comma = german.read_number(text, "comma")
        with_point = german.read_number(text, "point")
    except ValueError:
        return
    # `1.234` alone is both: a thousand in one notation and a fraction in the other, as declared.
    assert with_comma == with_point or "." in text


@quick
@given(st.text(max_size=12))
def test_any_text_is_a_value_or_a_value_error(text: str) -> None:
    for decimal in ("comma", "point"):
        try:
            figure = german.read_figure(text, decimal)
        except ValueError:
            continue
        assert (figure.value is None) == (figure.status in ("missing", "suppressed"))
    for read in (lambda: german.read_date(text, "Europe/Berlin"), lambda: german.read_year(text)):
        try:
            read()
        except ValueError:
            continue


def test_missing_suppressed_and_zero_are_three_things() -> None:
    read = {text: german.read_figure(text, "comma") for text in ("", "-", "*", "0")}
    assert read[""] == german.Figure(None, None, "missing")
    assert read["-"] == german.Figure(None, "-", "missing")
    assert read["*"] == german.Figure(None, "*", "suppressed")
    assert read["0"] == german.Figure(Decimal(0), None, "final")


@pytest.mark.parametrize("sign", sorted(german.SIGNS))
def test_no_sign_is_ever_a_value(sign: str) -> None:
    for text in (sign, f" {sign}\u00a0"):
        assert german.read_figure(text, "comma") == german.Figure(None, sign, german.SIGNS[sign])
    with pytest.raises(ValueError):
        german.read_number(sign, "comma")


def test_a_bracketed_figure_is_uncertain_and_keeps_its_value() -> None:
    assert german.read_figure("(7)", "comma") == german.Figure(Decimal(7), "()", "estimated")
    assert german.read_figure("(1.234,5)", "comma").value == Decimal("1234.5")
    for text in ("()", "(-)", "(7", "((7))", "(1.5)"):
        with pytest.raises(ValueError):
            german.read_figure(text, "comma")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.02.2023", dt.date(2023, 2, 1)),
        ("1.2.2023", dt.date(2023, 2, 1)),
        ("2023-02-01", dt.date(2023, 2, 1)),
        ("\u00a001.02.2023 ", dt.date(2023, 2, 1)),
        ("2024-01-12 09:15:22 UTC", dt.date(2024, 1, 12)),
        ("2024-01-12T23:30:00Z", dt.date(2024, 1, 13)),
        ("2024-07-12 22:30:00 +0000", dt.date(2024, 7, 13)),
        ("2024-01-12 23:30:00", dt.date(2024, 1, 12)),
        ("2024-01-12T23:30:00.123+01:00", dt.date(2024, 1, 12)),
    ],
)
def test_dates_are_local_days(text: str, day: dt.date) -> None:
    assert german.read_date(text, "Europe/Berlin") == day


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "45657",
            "31.12.24",
            "Dez 24",
            "2023",
            "02/01/2023",
            "31.02.2023",
            "2023-02-30",
            "1.2.0023",
            "01.01.3023",
        ),
        *("2023-2-1", "20230201", "2024-01-12 25:00:00", "2024-01-12T09:15", "٠١.٠٢.٢٠٢٣"),
    ],
)
def test_what_might_be_another_day_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        german.read_date(text, "Europe/Berlin")


@quick
@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_dates_survive_both_notations(day: dt.date) -> None:
    assert german.read_date(day.strftime("%d.%m.%Y"), "Europe/Berlin") == day
    assert german.read_date(day.isoformat(), "Europe/Berlin") == day


def test_years_come_from_years_and_dates() -> None:
    assert german.read_year(" 2018 ") == "2018"
    assert german.read_year("31.12.2018") == "2018"
    assert german.read_year("2018-12-31T23:30:00Z", "Europe/Berlin") == "2019"
    for text in ("18", "20180", "1818", "2018,0", "1.2.0018"):
        with pytest.raises(ValueError):
            german.read_year(text)


def test_a_bare_year_as_reference_date_is_its_last_day() -> None:
    assert german.read_reference_date("2018", "Europe/Berlin") == dt.date(2018, 12, 31)
    assert german.read_reference_date("30.06.2018", "Europe/Berlin") == dt.date(2018, 6, 30)


def test_area_names_are_compared_without_case_hyphens_blanks_and_sharp_s() -> None:
    names = (
        "Innenstadt-Nord",
        "INNENSTADT NORD",
        " innenstadt\u00a0nord",
        "Innenstadt–Nord",
        "Innen\u00adstadt\u2011Nord",
    )
    assert len({german.name_key(name) for name in names}) == 1
    assert german.name_key("Große Heide") == german.name_key("GROSSE-HEIDE")
    assert german.name_key("Ho\u0308rde") == german.name_key("Hörde")
    assert german.name_key("Innenstadt-Nord") != german.name_key("Innenstadt-Ost")


@given(st.text(st.characters(max_codepoint=0x17F)))
def test_text_without_umlauts_is_cleaned_like_any_other(text: str) -> None:
    assert german.clean(text) == german.clean(text + "\u00a0")  # a hard space takes the long way
