"""Texts to put where a value stands: right and wrong numbers, times, codes, identifiers, lengths and blanks."""

from __future__ import annotations

from collections.abc import Iterator


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LENGTHS = (16, 17, 18, 19, 35, 36, 60, 61, 150, 151, 512, 513)
NUMBERS = _words(
    """
    0 00 -0 +1 1 01 -1 1.0 1. .5 -.5 . - 1e3 1E+2 INF NaN 0x1 1,5 1_000 --1 2 5 7 8 11 15 27 999 1000 999999 1000000 9223372036854775807
    9223372036854775808 -9223372036854775808 -9223372036854775809 99999999999999999999999999999 0.00000000000000000000000000001 0.01 0.001 0.010 0.5 1.00
    1.01 1.0001 1.00001 1.00000 12.3456 12.34567 \u0663 \uff11
    """
)
BOOLEANS = _words("true false TRUE True yes")
DAYS = _words(
    """
    2026-02-28 2024-02-29 2026-02-29 2026-13-01 2026-00-10 2026-04-31 2026-1-1 26-01-01 20260101 2026-01-01Z 2026-01-01+01:00 -0044-03-15 12026-01-01
    0000-01-01 2026-W05-1
    """
)
TIMES = _words(
    """
    2026-01-01T00:00Z 2026-02-29T00:00Z 2024-02-29T00:00Z 2026-01-01T24:00Z 2026-01-01T23:60Z 2026-01-01T00:00 2026-01-01T00:00+01:00 2026-01-01T00:00:00
    2026-01-01T00:00:00Z 2026-02-29T00:00:00Z 2024-02-29T23:59:59Z 2026-06-31T00:00:00Z 2026-01-01T00:00:00+01:00 2026-01-01T00:00:00-00:00
    2026-01-01T00:00:00+0100 2026-01-01T00:00:00+01 2026-01-01T00:00:00+14:00 2026-01-01T00:00:00+14:01 2026-01-01T00:00:00-14:30
    2026-01-01T00:00:00+15:00 2026-01-01T00:00:00+01:60 2026-01-01T24:00:00Z 2026-01-01T24:00:01Z 2026-12-31T24:00:00.000Z 2026-01-01T23:59:60Z
    2026-01-01T25:00:00Z 2026-01-01T00:60:00Z 2026-01-01T00:00:00.5Z 2026-01-01T00:00:00.0Z 2026-01-01T00:00:00.12345678901234Z 2026-01-01T00:00:00.Z
    2026-01-01T00:00:00,5Z 2026-01-01t00:00:00z 12026-01-01T00:00:00Z -0044-01-01T00:00:00Z 0000-01-01T00:00:00Z 0001-01-01T00:00:00Z
    0001-01-01T00:00:00+14:00 9999-12-31T23:59:59Z 9999-12-31T23:59:59-14:00 9999-12-31T24:00:00Z
    """
)
DURATIONS = _words(
    """
    PT15M PT30M PT60M PT1H P1D P1M P1Y P1W PT0S P0D -PT15M +PT15M P PT P1DT -P PT1.5S PT1.S PT.5S PT1.5M PT15m pt15m 15M PT15M0S P0Y0M0DT0H15M0.000S
    PT1M1H P1M1Y PT1H15M PT99999999999999999999S P-1D PT\u0661M
    """
)
CODES = _words(
    """
    A01 A02 A03 A04 A05 A06 A07 A08 A10 A13 A14 A16 A17 A26 A44 A45 A50 A99 B11 C76 Z01 Z99 ZZZ a01 E17 E18 E23 E65 E66 D06 23 9 MDR DGL KWH MWH KWT K3
    MAH NAT NDK NUS XX VAT AIIDA load loadIncrease 8716867000016 8716867000047 8716867000030 Accepted Rejected Requested Available
    """
)
NAMES = _words(
    """
    d3ae4836-55b1-4084-b54e-34107b22648c D3AE4836-55B1-4084-B54E-34107B22648C {d3ae4836-55b1-4084-b54e-34107b22648c} d3ae483655b14084b54e34107b22648c
    d3ae4836-55b1-4084-b54e-34107b22648g urn:uuid:d3ae4836-55b1-4084-b54e-34107b22648c 3.1.0 3.0.0 3.2.0 3.1 3.10.1 v3.1.0 \u0663.1.0 a.nl a.b.nl A.nl
    -a.nl a-.nl a..nl a.n a.nl. xn--a.nl a_b.nl nl 1.nl a.b1 Europe/Amsterdam Europe/Berlin Europe/Nowhere Europe/Rome/Trastevere Europe/ europe/amsterdam
    America/Argentina/Buenos_Aires America/Port-au-Prince Asia/Tokyo UTC CET Pacific/Auckland Africa/../Europe/Rome Europe/LONDON ean.123456789012
    ean.12345678901 ean.1234567890123456789012345678901234 ean.12345678901234567890123456789012345 EAN.123456789012 ean.12345678901a ea1.2026-01.nl.a:x
    ea1.2026-99.nl.a:x ea1.2026-1.nl.a:x ea1.2026-01.:x ea1.2026-01.nl.a: ea1.2026-01.nl.a ea2.2026-01.nl.a:x EUR DKK XTS EU EURO eur Eur \u20ac None x
    \xe9\u4e2d\U0001f600 <&>\"'
    """
)
BLANKS = ("", " ", "  ", "\t", "\n", "\u00a0")
WITH_BLANKS = ("1 000", "2026-01-01 00:00:00Z", "ea1.2026-01.a b:c d", "x y")


def texts() -> Iterator[tuple[str, str]]:
    """(name, text) of every text to try."""
    for text in dict.fromkeys((*NUMBERS, *BOOLEANS, *DAYS, *TIMES, *DURATIONS, *CODES, *NAMES, *BLANKS, *WITH_BLANKS)):
        yield f"set {shown(text)}", text
    for length in LENGTHS:
        yield f"set {length} letters", "x" * length
        yield f"set {length} characters", "\u00e9" * length
    yield "set 245 and 1 after ea1", f"ea1.2026-01.{'n' * 245}:x"
    yield "set 244 and 244 after ea1", f"ea1.2026-01.{'n' * 244}:{'x' * 244}"
    yield "set 244 and 245 after ea1", f"ea1.2026-01.{'n' * 244}:{'x' * 245}"


def changes(text: str) -> Iterator[tuple[str, str]]:
    """(name, text) of what can be done to the text that stands there."""
    for name, changed in (
        ("blank before", " " + text),
        ("blank after", text + " "),
        ("break before", "\n  " + text),
        ("break after", text + "\n  "),
        ("tab after", text + "\t"),
        ("hard blank after", text + "\u00a0"),
        ("hard blank before", "\u00a0" + text),
        ("wide blank after", text + "\u2003"),
        ("control after", text + "\u0085"),
        ("blank within", text[:1] + " " + text[1:]),
        ("upper case", text.upper()),
        ("lower case", text.lower()),
        ("twice", text + text),
        ("cut", text[:-1]),
        ("begun late", text[1:]),
        ("zero before", "0" + text),
        ("zero after", text + "0"),
        ("minus before", "-" + text),
        ("plus before", "+" + text),
        ("point after", text + "."),
    ):
        if changed != text:
            yield name, changed


def shown(text: str) -> str:
    """A text as the name of a mutation shows it: in quotes, what is no plain ASCII escaped.

    >>> shown("a\\u00a0")
    "'a\\\\xa0'"
    """
    return ascii(text)
