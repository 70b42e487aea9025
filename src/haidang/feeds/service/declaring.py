"""Declaring feeds: from a site's YAML files, or by a command that runs one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.base.problems import Fault
from haidang.feeds import store
from haidang.feeds.model.declaration import Declaration, FileSource
from haidang.feeds.model.mapping import Mapper
from haidang.feeds.model.reading import invalid
from haidang.feeds.store import Feed
from haidang.organisation import resolve_org, root_org

ROOT = "root"
"""The owner that every site has: the agency at the top of its tree."""


async def declare(
    connection: Connection, declaration: Declaration, at: datetime, *, declared_in: str = ""
) -> Feed:
    """Register a declaration; raise ``Problem`` where it cannot work or its owner is not known."""
    Mapper(declaration)
    owner = await _owner(connection, declaration.owner, at)
    return await store.declare(connection, declaration, owner_org=owner, declared_in=declared_in, at=at)


def with_source(declaration: Declaration, given: str | None, beside: Path) -> Declaration:
    """Return a file feed with an absolute path: the given one, or the declared one.

    A relative path is tried from the current folder first and then from the folder ``beside`` which the
    declaration lies, so one declaration serves a person at a prompt and a server started elsewhere.
    """
    source = declaration.source
    if not isinstance(source, FileSource):
        if given is not None:
            vi, en = "--source chỉ dùng cho nguồn kiểu file.", "--source is for feeds of kind file only."
            raise invalid((Fault("source", vi, en),), declaration.feed)
        return declaration
    path = Path(given if given is not None else source.path).expanduser()
    if not path.is_absolute():
        bases = (Path.cwd(),) if given is not None else (Path.cwd(), beside)
        tried = [base / path for base in bases]
        path = next((place for place in tried if _leads_somewhere(place)), tried[0])
    return msgspec.structs.replace(declaration, source=msgspec.structs.replace(source, path=str(path)))


def _leads_somewhere(path: Path) -> bool:
    # Of a pattern only the part before its first sign can be looked for.
    parts: list[str] = []
    for part in path.parts:
        if any(sign in part for sign in "*?["):
            break
        parts.append(part)
    return Path(*parts).exists()


async def _owner(connection: Connection, name: str, at: datetime) -> int:
    day = at.astimezone(LOCAL).date()
    root = name == ROOT
    found = await (root_org(connection) if root else resolve_org(connection, name, day))
    return found.id
