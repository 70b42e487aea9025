"""What the room needs to stand before the first request: area list, built-in roles, a root agency."""

from __future__ import annotations

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.organisation import chain
from haidang.organisation.permissions import system
from haidang.organisation.places import PLACES
from haidang.organisation.roles import BUILTIN
from haidang.organisation.service.areas import get_area, load_areas, today_of
from haidang.organisation.store import accounts, orgs


async def prepare(db: Database, settings: Settings, clock: Clock) -> None:
    """Bring the room's own tables to what this version says; after the migrations, at every start.

    Costs one read when nothing changed, about a second when the area list is loaded.
    """
    async with db.transaction() as connection:
        await load_areas(connection)
        await accounts.keep_builtin(connection, BUILTIN)
        await _root(connection, settings, clock)
    await PLACES.refresh(db)


async def _root(connection: Connection, settings: Settings, clock: Clock) -> None:
    if await orgs.root(connection) is not None:
        return
    code = settings.province_code
    name = settings.site_name
    if code:
        name = f"Ủy ban nhân dân {_lower(await _full_name(connection, clock, code))}"
    org_id = await orgs.insert(
        connection,
        parent=None,
        name=name,
        short_name=None,
        kind="committee" if code else "centre",
        area_code=code,
        valid_from=None,
        valid_to=None,
        aliases=(),
    )
    await chain.audit(connection, system("start"), "org.create", f"org:{org_id}", {"name": name}, clock=clock)


async def _full_name(connection: Connection, clock: Clock, code: str) -> str:
    return (await get_area(connection, code, today_of(clock))).full_name


def _lower(full_name: str) -> str:
    # "Tỉnh Bắc Ninh" within a name is written "tỉnh Bắc Ninh".
    return full_name[:1].lower() + full_name[1:]
