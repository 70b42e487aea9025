"""``haidang org``: agencies from a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from haidang.base.clock import SystemClock
from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.cli.work import run


@click.group()
def org() -> None:
    """Agencies: the tree, and who carries on whose work."""


@org.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_orgs(file: Path | None) -> None:
    """Bring the tree of agencies to what a YAML file says (docs/organisation.md); harmless to repeat.

    Without a file: the usual agencies of a province, for the province of this site.
    """

    async def work(connection: Connection, settings: Settings) -> str:
        from haidang.organisation import root_org  # noqa: PLC0415 - lazy commands
        from haidang.organisation.org_file import TEMPLATE, read_orgs, words_of  # noqa: PLC0415
        from haidang.organisation.permissions import system  # noqa: PLC0415
        from haidang.organisation.service.areas import get_area, today_of  # noqa: PLC0415
        from haidang.organisation.service.org_file import import_orgs as bring  # noqa: PLC0415

        code = settings.province_code
        if code:
            words = words_of((await get_area(connection, code, today_of(SystemClock()))).full_name)
        else:
            words = words_of((await root_org(connection)).name)
        done = await bring(connection, system("cli"), read_orgs(file or TEMPLATE, words))
        return (
            f"Thêm {done.added}, sửa {done.changed}, kế tục {done.successions}. "
            f"/ Added {done.added}, changed {done.changed}, successions {done.successions}."
        )

    click.echo(run(work))


@org.command()
@click.argument("name")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the document; today where left out.")
def resolve(name: str, on: datetime | None) -> None:
    """Say which agency a name meant on a day, and who carries on its work today."""

    async def work(connection: Connection, _: Settings) -> list[str]:
        from haidang.organisation import heirs_of, resolve_org  # noqa: PLC0415 - lazy commands
        from haidang.organisation.service.areas import today_of  # noqa: PLC0415
        from haidang.organisation.store import orgs  # noqa: PLC0415

        today = today_of(SystemClock())
        found = await resolve_org(connection, name, on.date() if on else today)
        lines = [f"{found.id}\t{found.name}"]
        inheritance = await heirs_of(connection, found.id, today)
        for heir in inheritance.heirs:
            now = await orgs.get(connection, heir.org_id)
            if now:
                lines.append(
                    f"→ {now.id}\t{now.name}\t{heir.scope or 'toàn bộ / all'}\t{heir.on_date:%d/%m/%Y}"
                )
        if inheritance.person_chooses:
            lines.append("→ cần người quyết định / a person must choose")
        return lines

    for line in run(work):
        click.echo(line)
