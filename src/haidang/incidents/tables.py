"""Reading the decision tables: those that ship, each replaced by the site's own file of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from haidang.base.problems import Problem, kind
from haidang.incidents.model.tables import (
    Kind,
    KindTable,
    ReactionRow,
    ReactionTable,
    Row,
    SeverityRow,
    SeverityTable,
    decide,
)

FOLDER = Path(__file__).parent / "data"
BAD_TABLE = kind(
    "bad-incident-table", 500, "Bảng quyết định sự cố không hợp lệ", "An incident table is not valid"
)
Table = TypeVar("Table", SeverityTable, ReactionTable, KindTable)


class Tables(msgspec.Struct, frozen=True):
    """The tables of a site."""

    kinds: dict[str, Kind]
    severity: SeverityTable
    reaction: ReactionTable

    def kind(self, name: str) -> Kind:
        """Return a kind; one nobody described shows under its own name."""
        return self.kinds.get(name) or Kind(kind=name, vi=name, en=name)

    def severity_of(self, facts: Mapping[str, Any]) -> SeverityRow:
        """Return the row that decides the severity; the last row of a table takes what is left."""
        return _decided(self.severity.rows, facts)

    def reaction_of(self, facts: Mapping[str, Any]) -> ReactionRow:
        """Return the row that says by when what must have happened."""
        return _decided(self.reaction.rows, facts)


def _decided(rows: tuple[Row, ...], facts: Mapping[str, Any]) -> Row:
    return decide(rows, facts) or rows[-1]


@lru_cache(maxsize=16)
def load_tables(data_dir: Path | None = None) -> Tables:
    """Read all tables; raise ``Problem`` that names the file and what is wrong in it."""
    severity = _read(data_dir, "severity.yaml", SeverityTable)
    reaction = _read(data_dir, "reaction.yaml", ReactionTable)
    _check("severity.yaml", severity.rows, [(each.facts, each.row) for each in severity.examples])
    _check("reaction.yaml", reaction.rows, [(each.facts, each.row) for each in reaction.examples])
    kinds = _read(data_dir, "kinds.yaml", KindTable)
    return Tables({each.kind: each for each in kinds.kinds}, severity, reaction)


def _read(data_dir: Path | None, name: str, type_: type[Table]) -> Table:
    own = data_dir / "incidents" / name if data_dir else None
    path = own if own is not None and own.is_file() else FOLDER / name
    try:
        return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), type_)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as cause:
        raise _bad(name, str(cause), str(cause)) from cause


def _check(name: str, rows: tuple[Row, ...], examples: list[tuple[dict[str, Any], str]]) -> None:
    if not rows or rows[-1].when:
        raise _bad(name, "dòng cuối phải có when: {}", "the last row must have when: {}")
    if len({row.row for row in rows}) < len(rows):
        raise _bad(name, "trùng tên dòng", "a row's name stands twice")
    for facts, wanted in examples:
        found = _decided(rows, facts).row
        if found != wanted:
            raise _bad(
                name, f"ví dụ {facts}: cần {wanted}, được {found}", f"example {facts}: {wanted}, not {found}"
            )


def _bad(name: str, vi: str, en: str) -> Problem:
    return Problem(BAD_TABLE, f"Tệp {name} không hợp lệ: {vi}", f"The file {name} is not valid: {en}")
