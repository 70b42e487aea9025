"""``haidang prepare``: bring the database up to date, and say how the first administrator comes to be."""

from __future__ import annotations

import asyncio
import json
import sys

import click

from haidang.base.database import Database
from haidang.base.opening import prepare as prepare_database
from haidang.base.postgres import running
from haidang.base.settings import Settings, load_settings


@click.command()
@click.option("--create", is_flag=True, help="Create the database where it is missing.")
@click.option("--address", help="Address of the server, for the first administrator's link.")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as one JSON object.")
def prepare(*, create: bool, address: str | None, as_json: bool) -> None:
    """Bring the database schema up to date; harmless to repeat."""
    settings = load_settings()
    with running(settings) as url:
        found = asyncio.run(_prepare(settings, url, address, create=create or settings.database_url is None))
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        steps = found["migrations"] or ["—"]
        sys.stdout.write(f"Đã chạy / ran: {', '.join(steps)}\n")


async def _prepare(
    settings: Settings, url: str, address: str | None, *, create: bool
) -> dict[str, list[str] | str | None]:
    from haidang.organisation import service  # noqa: PLC0415 - only this step needs the room

    ran = await prepare_database(url, embedded=create)
    link = None
    if address:
        async with Database(url, pool_max=1) as db:
            link = await service.first_administrator_link(db, settings.public_url or address)
    return {"migrations": ran, "first_administrator": link}
