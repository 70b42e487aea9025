"""``haidang demo``: the demonstration province in a site that is there already."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import click
import msgspec

from haidang.base import log
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.opening import prepare
from haidang.base.postgres import running
from haidang.base.settings import Settings, load_settings

if TYPE_CHECKING:
    from haidang.demo.service import Demo

_SPEED_MAX = 30


@click.group(invoke_without_command=True)
@click.option("--reset", is_flag=True, help="Take the demonstration away with all that it made, and end.")
@click.option("--once", is_flag=True, help="Make the province with its past, and end.")
@click.option("--scale", type=click.FloatRange(0.01, 100), help="Size; 1 is about 450 devices.")
@click.pass_context
def demo(context: click.Context, *, reset: bool, once: bool, scale: float | None) -> None:
    """Make the demonstration province in this site and let it live until Ctrl-C.

    All it writes is marked as simulated. `haidang up --demo` does the same inside the server.

    Tạo tỉnh mô phỏng; mọi dữ liệu đều mang nhãn "dữ liệu mô phỏng".
    """
    settings = load_settings()
    if scale is not None:
        settings = msgspec.structs.replace(settings, demo_scale=scale)
    context.obj = settings
    if context.invoked_subcommand is None:
        _work(settings, lambda province: _live(province, reset=reset, once=once))


@demo.command()
@click.argument("name", required=False)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, _SPEED_MAX),
    default=1.0,
    help="How many times as fast; 1: about 20 minutes.",
)
@click.pass_obj
def story(settings: Settings, name: str | None, speed: float) -> None:
    """Let something happen in the demonstration province: `haidang demo story flood --speed 4`.

    Without a name it lists the stories. Ctrl-C leaves the rest to the living province.

    Diễn một tình huống trong tỉnh mô phỏng, để trực ban xử lý như thật.
    """
    from haidang.demo.stories import STORIES  # noqa: PLC0415 - the command line stays light until it works

    if name is None:
        for each in STORIES.values():
            _say(f"{each.name:10} {each.vi}", each.en)
        return
    if name not in STORIES:
        raise click.BadParameter(f"không có / none of: {', '.join(STORIES)}", param_hint="NAME")
    _work(settings, lambda province: _tell(province, name, speed))


@demo.command()
@click.pass_obj
def people(settings: Settings) -> None:
    """Print a new one-time link for each account of the demonstration; their passwords and sessions end.

    In đường dẫn đặt mật khẩu (dùng một lần) cho từng tài khoản mô phỏng.
    """
    _work(settings, lambda province: _links(province, settings))


def _work(settings: Settings, job: Callable[[Demo], Awaitable[None]]) -> None:
    log.configure(settings)
    with running(settings) as url, suppress(KeyboardInterrupt):
        asyncio.run(_run(settings, url, job))


async def _run(settings: Settings, url: str, job: Callable[[Demo], Awaitable[None]]) -> None:
    async with _opened(settings, url) as province:
        await job(province)


@asynccontextmanager
async def _opened(settings: Settings, url: str) -> AsyncIterator[Demo]:
    from haidang import organisation  # noqa: PLC0415 - the command line stays light until it works
    from haidang.city.service import City  # noqa: PLC0415
    from haidang.demo.service import Demo  # noqa: PLC0415

    await prepare(url, embedded=settings.database_url is None)
    clock = SystemClock()
    async with Database(url, pool_max=4) as db:
        await organisation.prepare(db, settings, clock)
        city = await City.open(db, settings, clock)
        try:
            yield Demo(db, city, clock, scale=settings.demo_scale)
        finally:
            await city.close()


async def _live(province: Demo, *, reset: bool, once: bool) -> None:
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


async def _tell(province: Demo, name: str, speed: float) -> None:
    await province.prepare()
    told = await province.begin(name, speed)
    _say(f"Tình huống mô phỏng: {told.story.vi}", f"Simulated story: {told.story.en}")
    passed = -1
    async for minute in province.tell(told):
        if int(minute) > passed:
            passed = int(minute)
            _say(f"phút {passed}/{told.story.minutes:.0f}", f"minute {passed} of {told.story.minutes:.0f}")
    _say("Tình huống đã kết thúc.", "The story is over.")


async def _links(province: Demo, settings: Settings) -> None:
    await province.prepare()
    for link in await province.links():
        sys.stdout.write(
            f"{link.username:18} {settings.address}/set-password?token={link.token}  {link.title}\n"
        )
    sys.stdout.flush()


def _say(vi: str, en: str) -> None:
    sys.stdout.write(f"{vi} / {en}\n")
    sys.stdout.flush()
