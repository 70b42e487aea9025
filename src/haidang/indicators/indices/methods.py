"""The methods that are known: the product's, and over them a site's own in ``<data folder>/indices``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.base.problems import Problem, kind
from haidang.indicators.indices.model import Method, faults

BAD = kind("index-method", 422, "Phương pháp tính chỉ số không hợp lệ", "The method of an index is not valid")
UNKNOWN = kind("index-method-unknown", 404, "Không có phương pháp này", "There is no such method")
SHIPPED = Path(__file__).parent / "data"
SIZE_MAX = 256 << 10
_HUGE = 10**9


def read_method(text: str, name: str = "") -> Method:
    """Return the method in a YAML text; ``Problem`` (index-method) says what is wrong with it."""
    if len(text.encode()) > SIZE_MAX:
        raise _bad(name, "lớn hơn 256 KB", "larger than 256 KB")
    try:
        found = msgspec.convert(yaml.safe_load(text), Method, dec_hook=_number)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError, RecursionError) as cause:
        raise _bad(name, str(cause)[:300], str(cause)[:300]) from cause
    if wrong := faults(found):
        raise _bad(name or found.method, "; ".join(wrong[:10]), "; ".join(wrong[:10]))
    return found


def _number(kind_: type, value: Any) -> Any:
    """Read a number of a method exactly: 5, 0.25 or 10/3."""
    if kind_ is not Fraction:
        raise NotImplementedError(kind_)
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 30:
        raise ValueError(f"{value!r} is no number")
    try:
        found = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as cause:
        raise ValueError(f"{value!r} is no number") from cause
    if abs(found) > _HUGE or found.denominator > _HUGE:
        raise ValueError(f"{value!r} is no number of an index")
    return found


def _bad(name: str, vi: str, en: str) -> Problem:
    return Problem(BAD, f"{name}: {vi}", f"{name}: {en}")


@cache
def shipped() -> dict[str, Method]:
    """Return the methods that come with the product, by code."""
    return dict(_read(SHIPPED))


def known(data_dir: Path | None = None) -> dict[str, Method]:
    """Return all methods by code; a site's own go before the product's."""
    own = dict(_read(data_dir / "indices")) if data_dir is not None else {}
    return dict(sorted((shipped() | own).items()))


def named(code: str, data_dir: Path | None = None) -> Method:
    """Return a method by its code; ``Problem`` (404) lists what there is."""
    found = known(data_dir)
    if code in found:
        return found[code]
    listed = ", ".join(found)
    raise Problem(UNKNOWN, f"Không có {code}; có: {listed}.", f"There is no {code}; there are: {listed}.")


def for_year(index: str, year: int, data_dir: Path | None = None) -> Method | None:
    """Return the method by which an index was made in a year."""
    return next((each for each in known(data_dir).values() if each.index == index and each.holds(year)), None)


def digest(method: Method) -> str:
    """Return the SHA-256 of what a method says; a loaded table keeps it."""
    return hashlib.sha256(msgspec.json.encode(method, enc_hook=str, order="sorted")).hexdigest()


def _read(folder: Path) -> Iterator[tuple[str, Method]]:
    for file in sorted(folder.glob("*.yaml")):
        if file.stat().st_size > SIZE_MAX:
            raise _bad(file.name, "lớn hơn 256 KB", "larger than 256 KB")
        found = read_method(file.read_text("utf-8"), file.name)
        if found.method != file.stem:
            raise _bad(file.name, f"tên tệp phải là {found.method}", f"the file must be named {found.method}")
        yield found.method, found
