"""Comparing our list of areas with another one (CSV), such as a newer official list. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Literal

import msgspec

from haidang.base.text import fold
from haidang.organisation.area_source import kind_of
from haidang.organisation.model import Area


class Listed(msgspec.Struct, frozen=True):
    """A row of the other list."""

    code: str
    full_name: str
    parent_code: str | None


class Conflict(msgspec.Struct, frozen=True):
    """A place where the two lists differ; values are ours and theirs."""

    code: str
    what: Literal["missing-here", "missing-there", "kind", "name", "parent"]
    ours: str | None
    theirs: str | None


def read_csv(content: bytes) -> list[Listed]:
    """Read a list with the columns ``code``, ``full_name`` and, for communes, ``province_code``.

    Raises ``ValueError`` where the columns are not there.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    wanted = {"code", "full_name"} - set(reader.fieldnames or ())
    if wanted:
        raise ValueError(f"missing columns: {', '.join(sorted(wanted))}")
    return [
        Listed(row["code"].strip(), " ".join(row["full_name"].split()), row.get("province_code") or None)
        for row in reader
        if row["code"]
    ]


def _kind(row: Listed) -> str | None:
    try:
        return kind_of(row.full_name, row.code)
    except ValueError:
        return None


def compare(ours: Iterable[Area], theirs: Iterable[Listed]) -> list[Conflict]:
    """Return every difference between units of the same level; names are compared without accents."""
    here = {area.code: area for area in ours}
    there = {row.code: row for row in theirs}
    found = [
        Conflict(code, "missing-here", None, there[code].full_name) for code in sorted(set(there) - set(here))
    ]
    found += [
        Conflict(code, "missing-there", here[code].full_name, None) for code in sorted(set(here) - set(there))
    ]
    for code in sorted(set(here) & set(there)):
        area, row = here[code], there[code]
        if area.kind != _kind(row):
            found.append(Conflict(code, "kind", area.full_name, row.full_name))
        elif fold(area.full_name) != fold(row.full_name):
            found.append(Conflict(code, "name", area.full_name, row.full_name))
        if row.parent_code is not None and row.parent_code != area.parent_code:
            found.append(Conflict(code, "parent", area.parent_code, row.parent_code))
    return found
