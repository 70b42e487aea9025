"""``haidang audit``: verify the audit log, in the database or in an export."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
import msgspec

from haidang.base.database import Connection
from haidang.base.errors import OperatorError
from haidang.base.settings import Settings
from haidang.cli.work import run

if TYPE_CHECKING:
    from haidang.organisation.chain import Verdict

AUDIT = "audit"
_LOG = click.option("--log", default=AUDIT, show_default=True, help="Which of the chained logs.")


@click.group()
def audit() -> None:
    """The audit log and every other hash chain."""


@audit.command()
@click.option("--log", help="Only this log. Without it: every log of the house.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An export.")
@click.option("--head", metavar="NO:HASH", help="A head noted earlier; shows whether the end was cut since.")
def verify(log: str | None, file: Path | None, head: str | None) -> None:
    """Check that no entry was changed, taken out or put in; print the head to note down elsewhere.

    Every log is checked: audit, tasks, alerts, shifts, and that of each incident, which must all be there.
    With --file nothing but the file is read; it and --head speak of one log (absent: audit). Ends with code 1
    where a chain is broken.
    """
    from haidang.organisation.chain import read_export  # noqa: PLC0415 - lazy commands
    from haidang.organisation.chain import verify as verify_entries  # noqa: PLC0415

    noted = _noted(head)
    one = log or (AUDIT if file or head else None)

    async def work(connection: Connection, _: Settings) -> list[Verdict]:
        from haidang.incidents.service import journal  # noqa: PLC0415 - lazy commands
        from haidang.organisation.service import verify_every, verify_log  # noqa: PLC0415

        if one is not None:
            return [await verify_log(connection, one, noted=noted)]
        return [each async for each in verify_every(connection, await journal.logs(connection))]

    if file:
        try:
            with file.open("rb") as lines:
                verdicts = [verify_entries(one or AUDIT, read_export(lines), noted=noted)]
        except (msgspec.DecodeError, UnicodeDecodeError) as cause:
            raise OperatorError(f"Không đọc được {file}: {cause}", f"Cannot read {file}: {cause}") from cause
    else:
        verdicts = run(work)
    for each in verdicts:
        _tell(each, quiet=each.sound and each.log.startswith("incident:") and len(verdicts) > 1)
    broken = [each.log for each in verdicts if not each.sound]
    if len(verdicts) > 1:
        entries = sum(each.entries for each in verdicts)
        click.echo(f"{len(verdicts)} nhật ký / logs, {entries} mục / entries, {len(broken)} hỏng / broken")
    if broken:
        raise SystemExit(1)


def _tell(verdict: Verdict, *, quiet: bool) -> None:
    """Print what was found of a log; sound ones of many incidents are only counted."""
    for each in verdict.breaks:
        click.echo(f"! {verdict.log} {each.no}: {each.vi} / {each.en}")
    if not quiet:
        state = "nguyên vẹn / sound" if verdict.sound else f"{len(verdict.breaks)} lỗi / breaks"
        click.echo(f"{verdict.log}: {verdict.entries} mục / entries, {state}")
        click.echo(f"head {verdict.head_no}:{verdict.head_hash}")


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
