"""``haidang programme``: plan sheets in, and the ledger checked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from haidang.base.errors import OperatorError
from haidang.base.problems import Problem

if TYPE_CHECKING:
    from haidang.programme.sheets.description import Description

FILE_MAX = 32 << 20


@click.group()
def programme() -> None:
    """Programmes: plan sheets and the ledger (docs/programme.md). Chương trình, dự án, vốn."""


@programme.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheet", metavar="DESCRIPTION", help="A shipped description, or a YAML file of yours.")
@click.option("--page", help="Name of the worksheet; absent: the one that a description fits best.")
@click.option("--numbers", type=click.Choice(["vi", "en"]), help="How text numbers are written.")
@click.option("--unit", type=click.IntRange(1, 10**9), help="Unit in đồng, where the sheet does not say it.")
@click.option("--year", type=click.IntRange(1990, 2100), help="Year of the plan, where it is not said.")
@click.option("--dry-run", is_flag=True, help="Read and report; needs no database and writes nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def import_sheet(
    file: Path,
    *,
    sheet: str | None,
    page: str | None,
    numbers: Literal["vi", "en"] | None,
    unit: int | None,
    year: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read a plan sheet: projects, groups, sums, refused cells.

    Exits with 0 where every cell was taken and every group adds up, 1 where not, 2 where called wrongly.
    """
    from haidang.programme.sheets.reading import Asked, read  # noqa: PLC0415 - lazy commands
    from haidang.programme.sheets.report import clean, report_of, told  # noqa: PLC0415

    if file.stat().st_size > FILE_MAX:
        raise OperatorError("Tệp lớn hơn 32 MB.", "The file is larger than 32 MB.")
    content = file.read_bytes()
    try:
        asked = Asked(
            descriptions=_descriptions(sheet), page=page, numbers=numbers,
            unit=unit, year=year,
        )  # fmt: skip
        found = read(content, asked)
    except Problem as problem:
        if not as_json:
            raise OperatorError(problem.vi, problem.en) from problem
        click.echo(json.dumps(_unread(problem), ensure_ascii=False, indent=2))
        sys.exit(1)
    report = report_of(found, content)
    click.echo(json.dumps(report, ensure_ascii=False, indent=2) if as_json else told(found))
    sys.exit(0 if clean(found) else 1)


def _descriptions(name: str | None) -> tuple[Description, ...]:
    from haidang.programme.sheets.description import named, read_description  # noqa: PLC0415

    if name is None:
        return ()
    path = Path(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return (read_description(path.read_text("utf-8"), path.name),)
    return (named(name),)


def _unread(problem: Problem) -> dict[str, object]:
    """Return the report of a file that cannot be read at all: it has the same keys."""
    refused = {"cell": "", "code": problem.kind.code, "vi": problem.vi, "en": problem.en, "effect": "sheet"}
    return {
        "leaf_projects": 0, "groups": 0, "plan_total_dong": 0, "unreconciled": 0, "refused": [refused],
        "clean": False,
    }  # fmt: skip
