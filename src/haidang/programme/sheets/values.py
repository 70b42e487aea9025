"""What the text of a cell means: numbers, money, years and days as Vietnamese sheets write them.

Money is a ``Decimal`` of the sheet's unit until it is whole đồng; no float ever holds it. What can be read in
two ways is asked, never guessed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import msgspec

from haidang.base.text import fold
from haidang.documents.numbers import Amiss, clean
from haidang.programme.model.money import DONG_MAX

YEAR_FIRST, YEAR_LAST = 1975, 2100
NOISE = Decimal("4e-16")
"""The share of a number that is only how a spreadsheet stores it: two units in the last place of a double."""
PLACES = Decimal("1e-3")
"""Parts of a đồng that are noise whatever the size of the number."""

NONE_SIGNS = frozenset(("-", "–", "—", "_", "x", "..."))
"""What people write where there is nothing; ``x`` in forms that close a column."""

UNITS = {
    "dong": 1, "vnd": 1, "nghin dong": 10**3, "ngan dong": 10**3, "1.000 dong": 10**3, "1000 dong": 10**3,
    "trieu dong": 10**6, "trd": 10**6, "tr.d": 10**6, "trieu": 10**6, "1.000.000 dong": 10**6,
    "ty dong": 10**9, "ti dong": 10**9, "ty": 10**9,
}  # fmt: skip
_UNIT = re.compile(r"(?:don vi(?: tinh)?|dvt|dv tinh|\bdv)\s*[:.]?\s*(.*)")
_BRACKETED = re.compile(r"\(\s*(?:dvt\s*:?\s*)?([^()]*(?:dong|trd|tr\.d))\s*\)")


class Money(msgspec.Struct, frozen=True):
    """An amount in whole đồng, and what rounding took away."""

    dong: int
    remainder: Decimal = Decimal(0)
    """Parts of a đồng beyond what the storage of a number explains; they are told."""


def money(value: Decimal, unit: int, *, negative: bool = False) -> Money | Amiss:
    """Return an amount of ``unit`` đồng as whole đồng; ``negative`` where the column takes corrections."""
    if value < 0 and not negative:
        return Amiss("negative", "số âm ngoài cột điều chỉnh", "a negative amount outside an adjustment")
    with localcontext() as context:
        context.prec = 60
        exact = value * unit
        if abs(exact) > DONG_MAX:
            return Amiss("too-large", "số tiền quá lớn, kiểm tra đơn vị tính", "the amount is beyond reason")
        whole = exact.to_integral_value(rounding=ROUND_HALF_EVEN)
        rest = exact - whole
        if abs(rest) <= max(PLACES, abs(exact) * NOISE):
            rest = Decimal(0)
    return Money(int(whole), rest)


def unit_of(text: str) -> int | Amiss | None:
    """Return the đồng of a unit line (``ĐVT: Triệu đồng``), what is amiss with it, or None: it is none."""
    folded = fold(clean(text))
    if found := _BRACKETED.search(folded):
        return UNITS.get(found[1].strip(" .:"))
    found = _UNIT.match(folded.strip("( "))
    if found is None or len(folded) > 60:
        return None
    said = found[1].strip(" .:()")
    if said in UNITS:
        return UNITS[said]
    if not said or ("dong" not in said and not re.fullmatch(r"[a-z. ]{1,12}", said)):
        return Amiss("unit-unknown", "đơn vị tính không đọc được", "the unit cannot be read")
    return Amiss("unit-unknown", "không có đơn vị tính này", "there is no such unit")


_YEARS = re.compile(
    r"(?:tu )?(?:nam )?(?:\d{1,2}[/.])?(\d{4})(?: ?(?:-|–|—|den|toi) ?(?:nam )?(?:\d{1,2}[/.])?(\d{4}))?"
)


def years(text: str) -> tuple[int, int] | Amiss:
    """Return start and end of a period: ``2015-2019``, ``2017 – 2020``, ``12/2019-6/2021``, ``2020``."""
    found = _YEARS.fullmatch(fold(clean(text)))
    if found is None:
        return Amiss("not-a-period", "không phải là khoảng năm", "is not a period of years")
    first, last = int(found[1]), int(found[2] or found[1])
    if not YEAR_FIRST <= first <= last <= YEAR_LAST:
        return Amiss("period-impossible", "khoảng năm không hợp lý", "the period cannot be")
    return first, last


_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")


def day(text: str) -> date | Amiss:
    """Return a day written ``dd/mm/yyyy``, ``d.m.yy``, ``d-m-yyyy`` or ``yyyy-mm-dd``; never month first."""
    said = clean(text)
    try:
        if found := _ISO.fullmatch(said):
            return _reasonable(date(int(found[1]), int(found[2]), int(found[3])))
        if found := _DAY.fullmatch(said):
            year = int(found[3])
            year += (2000 if year < 70 else 1900) if len(found[3]) == 2 else 0
            return _reasonable(date(year, int(found[2]), int(found[1])))
    except ValueError:
        return Amiss("no-such-day", "không có ngày này", "there is no such day")
    return Amiss("not-a-day", "không phải là ngày (ngày/tháng/năm)", "is not a day (day/month/year)")


def serial(value: Decimal, *, epoch_1904: bool) -> date | Amiss:
    """Return the day of a spreadsheet's serial number in the calendar of 1900 or of 1904."""
    if value != value.to_integral_value() and not 0 <= value < 10**6:
        return Amiss("not-a-day", "không phải là ngày", "is not a day")
    whole = int(value)
    if not 1 <= whole < 110_000 or (whole == 60 and not epoch_1904):
        return Amiss("no-such-day", "không có ngày này", "there is no such day")
    if epoch_1904:
        return _reasonable(date(1904, 1, 1) + timedelta(days=whole))
    # The calendar of 1900 has a 29 February that never was.
    return _reasonable(date(1899, 12, 31 if whole < 60 else 30) + timedelta(days=whole))


def _reasonable(found: date) -> date | Amiss:
    if not YEAR_FIRST <= found.year <= YEAR_LAST:
        return Amiss("day-unlikely", "năm không hợp lý", "the year cannot be")
    return found
