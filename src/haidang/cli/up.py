"""``haidang up``: the whole centre as one process tree, in the foreground, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from haidang.base.settings import Settings, load_settings
from haidang.cli.house import House


@click.command()
@click.option("--host", help="Address to listen on (default: 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port (default: 8080).")
@click.option("--data-dir", type=click.Path(path_type=Path, readable=False), help="The data folder.")
@click.option("--demo", is_flag=True, help="Let the demonstration province live in this server.")
def up(host: str | None, port: int | None, data_dir: Path | None, *, demo: bool) -> None:
    """Start the centre: database, schema, web server and jobs; Ctrl-C stops all of it.

    Khởi động trung tâm; nhấn Ctrl-C để dừng.
    """
    settings = _settings(host, port, data_dir, demo=demo)
    house = House(settings, _say)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, house.ask_to_stop)
    _say(f"Thư mục dữ liệu: {settings.data_dir}", f"Data folder: {settings.data_dir}")
    try:
        prepared = house.start()
        for vi, en in prepared["weaknesses"]:
            _say(f"Lưu ý về cơ sở dữ liệu: {vi}", f"About the database: {en}")
        _welcome(settings.address, prepared["first_administrator"])
        house.watch()
    finally:
        house.stop()


def _settings(host: str | None, port: int | None, data_dir: Path | None, *, demo: bool) -> Settings:
    environ = dict(os.environ) | ({"HAIDANG_DATA_DIR": str(data_dir.absolute())} if data_dir else {})
    chosen = {"host": host, "port": port, "demo": demo or None}
    return msgspec.structs.replace(
        load_settings(environ=environ), **{name: value for name, value in chosen.items() if value is not None}
    )


def _welcome(address: str, first_administrator: str | None) -> None:
    _say(f"Sẵn sàng: {address}", f"Ready: {address}")
    if first_administrator:
        _say(
            "Chưa có quản trị viên. Mở liên kết dùng một lần này để tạo:",
            "There is no administrator yet. Open this one-time link to make one:",
        )
        sys.stdout.write(f"\n    {first_administrator}\n\n")
    _say("Nhấn Ctrl-C để dừng.", "Press Ctrl-C to stop.")


def _say(vi: str, en: str) -> None:
    # Whoever read our output may be gone; that must not keep us from stopping in order.
    with suppress(OSError):
        sys.stdout.write(f"• {vi}\n  {en}\n")
        sys.stdout.flush()
