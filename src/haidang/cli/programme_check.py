"""``haidang programme check``: recount the ledger of programmes from its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.cli.work import run

if TYPE_CHECKING:
    from haidang.programme.service.ledger import Checked


@click.command()
@click.option("--json", "as_json", is_flag=True, help="What was found, as JSON.")
def check(as_json: bool) -> None:
    """Recount every total of programmes from its rows and name what does not reconcile.

    Plans that overlap, more allocated than planned, more paid than allocated, recovered than advanced or
    accepted than contracted, lines whose printed total differs, sums by period against sums by project. The
    same runs each night. Ends with code 1 where anything is found.
    """

    async def work(connection: Connection, settings: Settings) -> Checked:
        from haidang.base.clock import SystemClock  # noqa: PLC0415 - lazy commands
        from haidang.programme.service import ledger  # noqa: PLC0415
        from haidang.programme.service.desk import desk_of  # noqa: PLC0415

        return await ledger.check_and_log(connection, desk_of(settings, SystemClock()), "system:cli")

    found = run(work)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        _tell(found)
    if not found.sound:
        raise SystemExit(1)


def _tell(found: Checked) -> None:
    for each in found.findings:
        figures = " / ".join("-" if amount is None else f"{amount:,}" for amount in each.dong)
        click.echo(f"! {each.about}: {each.vi} / {each.en}: {figures} đồng")
    click.echo(
        f"{found.rules} quy tắc / rules, {found.years} năm kế hoạch / plan years, "
        f"{found.confirmed_dong:,} đồng đã xác nhận / confirmed, {len(found.findings)} sai lệch / findings"
    )
