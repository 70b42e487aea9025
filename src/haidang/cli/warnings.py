"""``haidang warnings``: CAP messages of others, by file or address."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from haidang.base.clock import SystemClock
from haidang.base.problems import Problem
from haidang.base.settings import load_settings


@click.group()
def warnings() -> None:
    """Warnings of others (CAP 1.0, 1.1, 1.2)."""


@warnings.command("import")
@click.argument("source", metavar="FILE|URL")
def import_warnings(source: str) -> None:
    """Take a CAP document of others, from a file or from an address (also a feed, Atom or RSS).

    What somebody must act upon becomes an alert; what has come before is only named. An address of the
    site's own network must stand in cap_allow_hosts.
    """
    from haidang.cli.work import operator_error  # noqa: PLC0415 - lazy commands

    try:
        lines = asyncio.run(_taken(source))
    except Problem as problem:
        raise operator_error(problem) from problem
    for line in lines:
        click.echo(line)


async def _taken(source: str) -> list[str]:
    from haidang.alerts.cap.service import importing, polling  # noqa: PLC0415 - lazy commands
    from haidang.alerts.cap.service.desk import desk_of  # noqa: PLC0415
    from haidang.base.opening import opened  # noqa: PLC0415
    from haidang.organisation import prepare  # noqa: PLC0415

    settings, clock = load_settings(), SystemClock()
    desk = desk_of(settings, clock)
    async with opened(settings) as db:
        await prepare(db, settings, clock)
        if source.startswith(("http://", "https://")):
            found = await polling.from_address(db, desk, source)
        else:
            content = await asyncio.to_thread(_content, source)
            async with db.transaction() as connection:
                name = Path(source).name.encode("utf-8", "replace").decode()
                found = [await importing.take(connection, desk, content, source=name)]
    lines = []
    for each in found:
        why = f": {each.vi} / {each.en}" if each.vi else ""
        lines.append(f"{each.outcome}\tCAP {each.version}\t{each.identifier}\t{each.headline}{why}")
        lines += [f"* {note}" for note in each.notes]
    return lines


def _content(source: str) -> bytes:
    from haidang.alerts.cap.xml.reading import SIZE_MAX  # noqa: PLC0415 - lazy commands
    from haidang.base.errors import OperatorError  # noqa: PLC0415

    try:
        with Path(source).open("rb") as file:
            return file.read(SIZE_MAX + 1)
    except OSError as cause:
        raise OperatorError(
            f"Không đọc được {source}: {cause.strerror}", f"Cannot read {source}: {cause.strerror}"
        ) from cause
