"""``haidang programme``: plan sheets in, and the ledger checked."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from haidang.base.clock import SystemClock
from haidang.base.database import Connection
from haidang.base.errors import OperatorError
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.cli import LazyGroup

if TYPE_CHECKING:
    from haidang.programme.sheets.description import Description
    from haidang.programme.sheets.reading import Sheet

FILE_MAX = 32 << 20


COMMANDS = {
    "import": (
        "haidang.cli.programme:import_sheet",
        "Read a plan sheet, compare it, take it. Nhập kế hoạch vốn.",
    ),
    "check": ("haidang.cli.programme_check:check", "Recount the ledger from its rows. Kiểm tra sổ cái."),
    "backtest": ("haidang.cli.backtest:backtest", "Hold forecasts against the past. Kiểm nghiệm dự báo."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def programme() -> None:
    """Programmes: plan sheets and the ledger (docs/programme.md). Chương trình, dự án, vốn."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheet", metavar="DESCRIPTION", help="A described sheet by name, or a YAML file of yours.")
@click.option("--page", help="Name of the worksheet; absent: the one that a description fits best.")
@click.option("--numbers", type=click.Choice(["vi", "en"]), help="How text numbers are written.")
@click.option("--unit", type=click.IntRange(1, 10**9), help="Unit in đồng, where the sheet does not say it.")
@click.option("--year", type=click.IntRange(1990, 2100), help="Year of the plan, where it is not said.")
@click.option("--program", metavar="CODE", help="Programme; absent: KH-<year>, made where there is none.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="Absent: 1 January of the year.")
@click.option("--approve", metavar="DOCUMENT", help="Number of the decision; writes what the sheet changes.")
@click.option("--signed-on", type=click.DateTime(["%Y-%m-%d"]), help="Day of that decision.")
@click.option("--reason", default="", help="Why it is taken although groups do not add up.")
@click.option("--dry-run", is_flag=True, help="Read and report; needs no database and writes nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def import_sheet(file: Path, *, sheet: str | None, dry_run: bool, as_json: bool, **said: Any) -> None:
    """Read a plan sheet and compare it with the register; with --approve, write what it changes.

    Exits with 0 where every cell was taken and every group adds up, 1 where not, 2 where called wrongly.
    """
    from haidang.programme.sheets import open_json  # noqa: PLC0415 - lazy commands
    from haidang.programme.sheets.reading import Asked, read  # noqa: PLC0415
    from haidang.programme.sheets.report import clean, report_of, told  # noqa: PLC0415

    if said["approve"] and (dry_run or said["signed_on"] is None):
        raise click.UsageError("--approve needs --signed-on and no --dry-run")
    if file.stat().st_size > FILE_MAX:
        raise OperatorError("Tệp lớn hơn 32 MB.", "The file is larger than 32 MB.")
    content = file.read_bytes()
    try:
        descriptions = _descriptions(sheet)
        asked = Asked(descriptions=descriptions, **{name: said[name] for name in _OPTIONS})
        found = open_json.read(content) if open_json.is_json(content) else read(content, asked)
    except Problem as problem:
        if not as_json:
            raise OperatorError(problem.vi, problem.en) from problem
        click.echo(json.dumps(_unread(problem), ensure_ascii=False, indent=2))
        sys.exit(1)
    report = report_of(found, content)
    if not dry_run and found.year is not None:
        report["import"] = _brought(file.name, content, found, said)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo("\n".join([told(found), *_import_told(report.get("import"))]))
    sys.exit(0 if clean(found) else 1)


_OPTIONS = ("page", "numbers", "unit", "year")


def _descriptions(name: str | None) -> tuple[Description, ...]:
    from haidang.base.settings import load_settings  # noqa: PLC0415 - lazy commands
    from haidang.programme.sheets.description import known, named, read_description  # noqa: PLC0415

    data_dir = load_settings().data_dir
    if name is None:
        return known(data_dir)
    path = Path(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return (read_description(path.read_text("utf-8"), path.name),)
    return (named(name, data_dir),)


def _unread(problem: Problem) -> dict[str, object]:
    """Return the report of a file that cannot be read at all: it has the same keys."""
    refused = {"cell": "", "code": problem.kind.code, "vi": problem.vi, "en": problem.en, "effect": "sheet"}
    return {
        "leaf_projects": 0, "groups": 0, "plan_total_dong": 0, "unreconciled": 0, "refused": [refused],
        "clean": False,
    }  # fmt: skip


def _brought(name: str, content: bytes, found: Sheet, said: dict[str, Any]) -> dict[str, Any]:
    """Register the sheet as an import, and approve it where that was asked; return what became of it."""
    from haidang.cli.work import run  # noqa: PLC0415 - lazy commands
    from haidang.programme.sheets import importing  # noqa: PLC0415

    year = found.year or 0
    valid_from = said["valid_from"].date() if said["valid_from"] else date(year, 1, 1)

    async def work(connection: Connection, settings: Settings) -> dict[str, Any]:
        from haidang.organisation.permissions import system  # noqa: PLC0415 - lazy commands
        from haidang.programme.service.desk import desk_of  # noqa: PLC0415

        desk, who = desk_of(settings, SystemClock()), system("cli")
        program = await importing.program_for(connection, desk, who, said["program"], found)
        kept = await importing.keep(settings, name, content)
        made, diff = await importing.take_in(
            connection, desk, who, program.id, kept=kept, sheet=found, valid_from=valid_from,
            options=importing.Options(**{each: said[each] for each in _OPTIONS}),
        )  # fmt: skip
        if said["approve"]:
            by = importing.ByDecision(doc_number=said["approve"], signed_on=said["signed_on"].date())
            approval = importing.Approval(diff=diff.hash, decision=by, reason=said["reason"])
            made = await importing.approve(
                connection, desk, who, made.id, approval=approval, sheet=found, version=made.version
            )
        return {
            "id": made.id, "program": program.code, "state": made.state, "valid_from": str(valid_from),
            "diff": diff.counts(), "missing": len(diff.missing), "result": made.result,
        }  # fmt: skip

    return run(work)


def _import_told(brought: dict[str, Any] | None) -> list[str]:
    if brought is None:
        return []
    counts = ", ".join(f"{name} {count}" for name, count in brought["diff"].items())
    return [f"Lần nhập / import {brought['id']} ({brought['program']}): {brought['state']} · {counts}"]
