"""``haidang demo``: the demonstration province in a site that is there already."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

import click
import msgspec

from haidang.base import log
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.opening import prepare
from haidang.base.postgres import running
from haidang.base.settings import Settings, load_settings


@click.command()
@click.option("--reset", is_flag=True, help="Remove all simulated entities of the demonstration, and end.")
@click.option("--once", is_flag=True, help="Make the province with its past, and end.")
@click.option("--scale", type=click.FloatRange(0.01, 100), help="Size; 1 is about 450 devices.")
def demo(*, reset: bool, once: bool, scale: float | None) -> None:
    """Make the demonstration province in this site and let it live until Ctrl-C.

    All it writes is marked as simulated. `haidang up --demo` does the same inside the server.

    Tạo tỉnh mô phỏng; mọi dữ liệu đều mang nhãn "dữ liệu mô phỏng".
    """
    settings = load_settings()
    if scale is not None:
        settings = msgspec.structs.replace(settings, demo_scale=scale)
    log.configure(settings)
    with running(settings) as url, suppress(KeyboardInterrupt):
        asyncio.run(_run(settings, url, reset=reset, once=once))


async def _run(settings: Settings, url: str, *, reset: bool, once: bool) -> None:
    from haidang import organisation  # noqa: PLC0415 - the command line stays light until it works
    from haidang.city.service import City  # noqa: PLC0415
    from haidang.demo.service import Demo  # noqa: PLC0415

    await prepare(url, embedded=settings.database_url is None)
    clock = SystemClock()
    async with Database(url, pool_max=4) as db:
        await organisation.prepare(db, settings, clock)
        city = await City.open(db, settings, clock)
        try:
            province = Demo(db, city, clock, scale=settings.demo_scale)
            if reset:
                removed = await province.remove()
                _say(f"Đã xóa {removed} thực thể mô phỏng.", f"Removed {removed} simulated entities.")
                return
            _say("Đang tạo tỉnh mô phỏng…", "Making the demonstration province…")
            await province.prepare()
            _say("Tỉnh mô phỏng đã có dữ liệu.", "The demonstration province is there.")
            if not once:
                _say("Đang chạy; nhấn Ctrl-C để dừng.", "It lives now; Ctrl-C stops it.")
                await province.live()
        finally:
            await city.close()


def _say(vi: str, en: str) -> None:
    sys.stdout.write(f"{vi} / {en}\n")
    sys.stdout.flush()
