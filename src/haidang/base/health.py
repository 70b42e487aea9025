"""Is the server alive, is it ready, and if not: which part, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from haidang.base.database import Database

Check = Callable[[], Awaitable[None]]
"""Returns where all is well, raises where it is not; the error's text is the reason."""

_LIMIT_S = 3.0


class Part(msgspec.Struct, frozen=True):
    """One part of the server and whether it works."""

    name: str
    ok: bool
    reason: str | None = None


class Report(msgspec.Struct, frozen=True):
    """The whole: ready only where every part works."""

    ok: bool
    parts: tuple[Part, ...]


class Health:
    """The checks of a running server; each room that can fail adds its own."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """Add or replace the check of a part."""
        self._checks[name] = check

    async def ready(self) -> Report:
        """Run all checks at once, each for three seconds at most."""
        parts = await asyncio.gather(*(self._run(name, check) for name, check in self._checks.items()))
        return Report(all(part.ok for part in parts), tuple(parts))

    async def _run(self, name: str, check: Check) -> Part:
        try:
            async with asyncio.timeout(_LIMIT_S):
                await check()
        except TimeoutError:
            return Part(name, ok=False, reason=f"no answer within {_LIMIT_S:.0f} s")
        except Exception as cause:
            return Part(name, ok=False, reason=str(cause) or type(cause).__name__)
        return Part(name, ok=True)


def database_check(db: Database) -> Check:
    """Return a check that the database answers."""

    async def check() -> None:
        async with db.transaction() as connection:
            await connection.execute("SELECT 1")

    return check
