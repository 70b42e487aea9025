"""Public projects as CSV (RFC 4180, UTF-8 with its mark, so that spreadsheets show the letters); pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = (
    "public_id", "name", "owner", "status", "sector", "project_group", "project_kind", "project_phase",
    "start_on", "finish_on", "total_dong", "area_codes", "place", "simulated", "changed_at",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written(projects: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the table; what is not known is an empty cell, and no text is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for project in projects:
        writer.writerow([_cell(project[name]) for name in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(str(each) for each in value)
    said = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{said}" if isinstance(value, str) and said.startswith(_FORMULA) else said
