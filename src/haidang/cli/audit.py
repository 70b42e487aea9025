"""``haidang audit``: verify the audit log, in the database or in an export."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click
import msgspec

from haidang.base.database import Connection
from haidang.base.errors import OperatorError
from haidang.base.settings import Settings
from haidang.cli.work import run

_LOG = click.option("--log", default="audit", show_default=True, help="Which of the chained logs.")


@click.group()
def audit() -> None:
    """The audit log and every other hash chain."""


@audit.command()
@_LOG
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An export.")
@click.option("--head", metavar="NO:HASH", help="A head noted earlier; shows whether the end was cut since.")
def verify(log: str, file: Path | None, head: str | None) -> None:
    """Check that no entry was changed, taken out or put in; print the head to note down elsewhere.

    With --file nothing but the file is read. Ends with code 1 where the chain is broken.
    """
    from haidang.organisation.chain import Verdict, read_export  # noqa: PLC0415 - lazy commands
    from haidang.organisation.chain import verify as verify_entries  # noqa: PLC0415

    noted = _noted(head)

    async def work(connection: Connection, _: Settings) -> Verdict:
        from haidang.organisation.service import verify_log  # noqa: PLC0415 - lazy commands

        return await verify_log(connection, log, noted=noted)

    if file:
        try:
            with file.open("rb") as lines:
                verdict = verify_entries(log, read_export(lines), noted=noted)
        except (msgspec.DecodeError, UnicodeDecodeError) as cause:
            raise OperatorError(f"Không đọc được {file}: {cause}", f"Cannot read {file}: {cause}") from cause
    else:
        verdict = run(work)
    for each in verdict.breaks:
        click.echo(f"! {each.no}: {each.vi} / {each.en}")
    click.echo(
        f"{verdict.entries} mục / entries, "
        + ("nguyên vẹn / sound" if verdict.sound else f"{len(verdict.breaks)} lỗi / breaks")
    )
    click.echo(f"head {verdict.head_no}:{verdict.head_hash}")
    if not verdict.sound:
        raise SystemExit(1)


@audit.command()
@_LOG
@click.argument("target", type=click.File("wb"), default="-")
def export(log: str, target: IO[bytes]) -> None:
    """Write a log as JSON lines, which `haidang audit verify --file` can check anywhere."""

    async def work(connection: Connection, _: Settings) -> int:
        from haidang.organisation.store import chain  # noqa: PLC0415 - lazy commands

        count = 0
        async for row in chain.read(connection, log):
            target.write(msgspec.json.encode(row) + b"\n")
            count += 1
        return count

    click.echo(f"{run(work)} mục / entries", err=True)


def _noted(head: str | None) -> tuple[int, str] | None:
    if head is None:
        return None
    number, _, digest = head.partition(":")
    if not (number.isdigit() and digest):
        raise OperatorError("--head cần dạng SỐ:MÃ_BĂM", "--head needs NO:HASH")
    return int(number), digest.lower()
