"""``haidang serve``: the web server alone; ``haidang up`` runs it as its child."""

from __future__ import annotations

import asyncio

import click

from haidang.base.errors import OperatorError
from haidang.base.settings import load_settings


@click.command()
def serve() -> None:
    """Run only the web server, against the database of HAIDANG_DATABASE_URL.

    For a second machine beside a centre that is up; one machine wants ``haidang up``.
    """
    settings = load_settings()
    if not settings.database_url:
        raise OperatorError(
            "Thiếu HAIDANG_DATABASE_URL; trên một máy hãy dùng: haidang up",
            "HAIDANG_DATABASE_URL is missing; on one machine use: haidang up",
        )
    import uvloop  # noqa: PLC0415 - the command line stays light until it serves

    from haidang.serve import serve as serve_until_stopped  # noqa: PLC0415

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_until_stopped(settings))
