"""``haidang prepare``: bring the database up to date, and say how the first administrator comes to be."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import click

from haidang.base import probe
from haidang.base.database import Database
from haidang.base.opening import prepare as prepare_database
from haidang.base.postgres import running
from haidang.base.settings import Settings, load_settings


@click.command()
@click.option("--create", is_flag=True, help="Create the database where it is missing.")
@click.option("--json", "as_json", is_flag=True, help="Answer with JSON, and a first administrator's link.")
def prepare(*, create: bool, as_json: bool) -> None:
    """Bring the database schema up to date; harmless to repeat."""
    settings = load_settings()
    with running(settings) as url:
        embedded = create or settings.database_url is None
        found = asyncio.run(_prepare(settings, url, create=embedded, with_link=as_json))
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        steps = found["migrations"] or ["—"]
        sys.stdout.write(f"Đã chạy / ran: {', '.join(steps)}\n")


async def _prepare(settings: Settings, url: str, *, create: bool, with_link: bool) -> dict[str, Any]:
    from haidang.organisation import service  # noqa: PLC0415 - only this step needs the room

    weak = [] if create else [fact for fact in await probe.look(url) if not fact.well]
    ran = await prepare_database(url, embedded=create)
    link = None
    if with_link:
        async with Database(url, pool_max=1) as db:
            link = await service.first_administrator_link(db, settings.address)
    return {
        "migrations": ran,
        "first_administrator": link,
        "weaknesses": [
            [f"{fact.name} = {fact.value}: {text}" for text in (fact.vi, fact.en)] for fact in weak
        ],
    }
