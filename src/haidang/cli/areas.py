"""``haidang areas``: administrative areas, and the outlines that a site imports."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from haidang.base.clock import SystemClock
from haidang.base.database import Connection
from haidang.base.errors import OperatorError
from haidang.base.settings import Settings
from haidang.cli.work import run

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Day for which the codes hold; today where left out."
)


@click.group()
def areas() -> None:
    """Administrative areas and their outlines."""


@areas.command("list")
@click.option("--parent", help="Only areas in this one, by code.")
@click.option("--name", help="Only names with this in them; accents do not matter.")
@_DAY
def list_areas(parent: str | None, name: str | None, on: datetime | None) -> None:
    """List areas; provinces where neither --parent nor --name is given."""

    async def work(connection: Connection, _: Settings) -> list[str]:
        from haidang.organisation.service import areas as service  # noqa: PLC0415 - lazy commands

        found = await service.list_areas(
            connection,
            _day(on),
            parent=parent,
            text=name,
            kinds=() if parent or name else ("province", "city"),
            limit=20_000,
        )
        return [f"{area.code}\t{area.full_name}\t{area.parent_code or '—'}" for area in found]

    for line in run(work):
        click.echo(line)


@areas.command()
@click.argument("code")
@_DAY
def resolve(code: str, on: datetime | None) -> None:
    """Say what a code means on a day, and what became of it."""

    async def work(connection: Connection, _: Settings) -> list[str]:
        from haidang.organisation.service import areas as service  # noqa: PLC0415 - lazy commands

        area = await service.get_area(connection, code, _day(on))
        until = f"{area.valid_to:%d/%m/%Y}" if area.valid_to else "nay / now"
        lines = [f"{area.code}\t{area.full_name}\t{area.valid_from:%d/%m/%Y} – {until}\t{area.source}"]
        for each in await service.area_today(connection, code, _day(on)):
            share = "toàn bộ / whole" if each.share_kind == "whole" else "một phần / part"
            lines.append(f"→ {each.area.code}\t{each.area.full_name}\t{share}")
        return lines

    for line in run(work):
        click.echo(line)


@areas.command("import")
@click.argument("file", type=_FILE)
@click.option("--note", help="Where the file comes from; kept with the outlines.")
@click.option("--code-field", default="code", show_default=True, help="Property with the area's code.")
def import_outlines(file: Path, note: str | None, code_field: str) -> None:
    """Import outlines of provinces or communes from a GeoJSON file; they replace those there were."""
    content = file.read_bytes()

    async def work(connection: Connection, _: Settings) -> list[str]:
        from haidang.organisation.permissions import system  # noqa: PLC0415 - lazy commands
        from haidang.organisation.service import areas as service  # noqa: PLC0415

        report = await service.import_outlines(
            connection, SystemClock(), system("cli"),
            file_name=file.name, content=content, note=note, code_field=code_field,
        )  # fmt: skip
        lines = [
            (
                f"Đã nhập {report.provinces} tỉnh, {report.communes} xã; từ chối {len(report.refused)}. "
                f"/ Imported {report.provinces} provinces, {report.communes} communes; "
                f"refused {len(report.refused)}."
            ),
            f"sha256 {report.sha256}",
        ]
        lines += [f"! {fault.value or fault.field}: {fault.vi} / {fault.en}" for fault in report.refused]
        return lines + [f"* {note}" for note in report.notes]

    for line in run(work):
        click.echo(line)


@areas.command()
@click.argument("file", type=_FILE)
@_DAY
def check(file: Path, on: datetime | None) -> None:
    """Compare our list with a newer one (CSV: code, full_name, province_code) and name every difference.

    Ends with code 1 where the lists differ.
    """
    from haidang.organisation.area_check import compare, read_csv  # noqa: PLC0415 - lazy commands

    try:
        theirs = read_csv(file.read_bytes())
    except ValueError as cause:
        raise OperatorError(f"Không đọc được {file}: {cause}", f"Cannot read {file}: {cause}") from cause
    level = (
        ("province", "city") if theirs and len(theirs[0].code) == 2 else ("commune", "ward", "special_zone")
    )

    async def work(connection: Connection, _: Settings) -> list[str]:
        from haidang.organisation.service import areas as service  # noqa: PLC0415 - lazy commands

        ours = await service.list_areas(connection, _day(on), kinds=level, limit=20_000)
        ours = [area for area in ours if area.source.startswith("vietnamadminunits")]
        return [
            f"{each.code}\t{each.what}\t{each.ours or '—'}\t{each.theirs or '—'}"
            for each in compare(ours, theirs)
        ]

    conflicts = run(work)
    for line in conflicts:
        click.echo(line)
    click.echo(f"{len(conflicts)} khác biệt / differences")
    if conflicts:
        raise SystemExit(1)


def _day(on: datetime | None) -> date:
    from haidang.organisation.service.areas import today_of  # noqa: PLC0415 - lazy commands

    return today_of(SystemClock(), on.date() if on else None)
