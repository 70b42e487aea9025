"""``haidang indices``: methods of indices, and tables computed by them. Needs no database."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from haidang.base.errors import OperatorError
from haidang.base.problems import Problem
from haidang.base.settings import load_settings
from haidang.cli import LazyGroup
from haidang.cli.work import operator_error

COMMANDS = {
    "compute": ("haidang.cli.indices:compute", "Compute a table, compare with what was published. Tính."),
    "methods": ("haidang.cli.indices:list_methods", "List the methods that are known. Phương pháp."),
}
_DAY = "Day whose provinces are meant, where the year does not say it."


@click.group(cls=LazyGroup, lazy=COMMANDS)
def indices() -> None:
    """Composed indices: PCI, PAPI, PAR Index, DTI … (docs/indices.md). Chỉ số tổng hợp."""


@click.command()
@click.argument("method")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--year", type=click.IntRange(1990, 2100), help="Year of the table, where it has no such column."
)
@click.option("--units-on", type=click.DateTime(["%Y-%m-%d"]), help=_DAY)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def compute(method: str, file: Path, *, year: int | None, units_on: datetime | None, as_json: bool) -> None:
    """Compute every row of FILE (CSV) by METHOD and set it beside what was published.

    Exits with 0 where every row was read and no total differs, 1 where not, 2 where called wrongly.
    """
    from haidang.indicators.indices import methods, report, tables  # noqa: PLC0415 - lazy commands

    if file.stat().st_size > tables.SIZE_MAX:
        raise OperatorError("Tệp lớn hơn 2 MB.", "The file is larger than 2 MB.")
    try:
        chosen = methods.named(method, load_settings().data_dir)
        day = units_on.date() if units_on else None
        found = report.computed(chosen, tables.read(file.read_bytes(), chosen, year=year, units_on=day))
    except Problem as problem:
        raise operator_error(problem) from problem
    answer = report.report(found)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else _told(answer))
    told = answer["summary"]
    sys.exit(1 if told["faults"] or told["differing"] or told["parts_differing"] else 0)


@click.command("methods")
@click.option("--json", "as_json", is_flag=True, help="The methods as JSON.")
def list_methods(*, as_json: bool) -> None:
    """List the methods that are known: the product's and those in <data folder>/indices."""
    from haidang.indicators.indices import methods, report  # noqa: PLC0415 - lazy commands

    try:
        found = methods.known(load_settings().data_dir)
    except Problem as problem:
        raise operator_error(problem) from problem
    told = [report.method_line(each) for each in found.values()]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in told:
        years = f"{each['since']}–{each['until'] or ''}"
        state = "mẫu / template" if each["template"] else f"{each['components']} thành phần / components"
        click.echo(f"{each['method']:<10} {years:<10} {state:<28} {each['vi']}")


def _told(answer: dict[str, Any]) -> str:
    """Return the report as a person reads it."""
    head = f"{answer['vi']} ({answer['method']}, v{answer['version']})"
    lines = [head, f"{'':32}{'tính':>10}{'công bố':>10}{'lệch':>10}{'hạng':>6}"]
    for row in answer["rows"]:
        figures = "".join(f"{_figure(row[name]):>10}" for name in ("computed", "published", "difference"))
        mark = " !" if row["flagged"] else ""
        why = f"  {row['why_vi']}: {', '.join(row['missing'])}" if row["missing"] else ""
        lines.append(f"{row['name'][:31]:<32}{figures}{row['rank'] or '–':>6}{mark}{why}")
    total = answer["summary"]
    lines.append(
        f"{total['rated']}/{total['units']} đơn vị xếp hạng / rated · "
        f"{total['compared']} so sánh / compared · "
        f"lệch lớn nhất / largest difference {_figure(total['largest_difference'])} "
        f"(ngưỡng / tolerance {answer['tolerance']:g}) · {total['differing']} lệch / differ"
    )
    if total["parts_compared"]:
        lines.append(
            f"{total['parts_compared']} thành phần so sánh / components compared · lệch lớn nhất / largest "
            f"{_figure(total['largest_part_difference'])} · {total['parts_differing']} lệch / differ"
        )
    lines += [f"{note['vi']} / {note['en']}" for note in answer["notes"]]
    lines += [_fault(each) for each in answer["faults"]]
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _fault(each: dict[str, Any]) -> str:
    place = f"dòng/row {each['row']}" if each["row"] else "tệp/file"
    where = ", ".join(
        part for part in (place, each["column"], each["unit"], f"“{each['value']}”") if part != "“”"
    )
    return f"! {where}: {each['vi']} / {each['en']}"
