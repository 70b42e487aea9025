"""``haidang city``: what the live city keeps, and the moving of its history by hand."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import click

from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.cli.work import run


@click.group()
def city() -> None:
    """Storage of the city's history (docs/operating.md). Lưu trữ lịch sử."""


@city.command()
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def storage(*, as_json: bool) -> None:
    """Show rows, values, bytes and bytes a value by tier. Dung lượng theo tầng."""

    async def work(conn: Connection, settings: Settings) -> dict[str, Any]:
        from haidang.base.clock import SystemClock  # noqa: PLC0415 - lazy commands
        from haidang.city.tiers.storage import figures  # noqa: PLC0415

        return await figures(conn, settings, SystemClock(), await _terms(conn, settings))

    found = run(work)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{'Tầng / tier':34}{'hàng/rows':>14}{'giá trị/values':>16}{'byte':>16}{'B/value':>9}  từ – đến"
    )
    for tier in found["tiers"]:
        name = f"{tier['vi']} / {tier['en']}"
        mark = "~" if tier["estimated"] else ""
        each = "–" if tier["bytes_per_value"] is None else f"{tier['bytes_per_value']:.2f}"
        span = f"{(tier['oldest'] or '–')[:10]} – {(tier['newest'] or '–')[:10]}"
        click.echo(
            f"{name:34}{_number(tier['rows'], mark):>14}{_number(tier['values'], mark):>16}"
            f"{_number(tier['bytes']):>16}{each:>9}  {span}"
        )
        for said in (tier["lag_vi"], tier["problem"] and tier["problem"]["vi"]):
            if said:
                click.echo(f"  ! {said}")
        for said in (tier["lag_en"], tier["problem"] and tier["problem"]["en"]):
            if said:
                click.echo(f"    {said}")


@city.command()
def move() -> None:
    """Erase, pack and export now what is due, as the server does every hour. Chạy ngay việc nén, xuất."""
    from haidang.base.clock import SystemClock  # noqa: PLC0415 - lazy commands
    from haidang.base.opening import opened  # noqa: PLC0415
    from haidang.base.settings import load_settings  # noqa: PLC0415
    from haidang.city.store.tiers import runs  # noqa: PLC0415
    from haidang.city.tiers.jobs import move_history  # noqa: PLC0415

    async def inside() -> list[tuple[Any, ...]]:
        settings = load_settings()
        async with opened(settings) as db:
            async with db.transaction() as conn:
                terms = await _terms(conn, settings)
            await move_history(db, SystemClock(), settings, terms)
            async with db.transaction() as conn:
                return await runs(conn)

    failed = False
    for job, seconds, done, problem in asyncio.run(inside()):
        failed = failed or problem is not None
        click.echo(f"{'✗' if problem else '✓'} {job} {seconds:.1f} s {problem or done}")
    if failed:
        raise SystemExit(1)


async def _terms(conn: Connection, settings: Settings) -> Any:
    from haidang.city.service import site_terms  # noqa: PLC0415 - lazy commands

    return await site_terms(conn, settings)


def _number(value: int | None, mark: str = "") -> str:
    return "–" if value is None else mark + f"{value:,}".replace(",", ".")
