"""Names written before the official core context was compiled in keep their numbers and get its meanings."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import psycopg

from haidang.base import migrations
from haidang.base.migrations import create_database, migrate
from haidang.base.postgres import Server

OLD = "https://uri.etsi.org/ngsi-ld/default-vocab/"
NGSI = "https://uri.etsi.org/ngsi-ld/"


async def test_1_4_names_of_before_get_the_meanings_of_the_official_context(
    postgres: Server, tmp_path: Path
) -> None:
    url = postgres.place.url(f"core_{uuid.uuid4().hex[:12]}")
    await create_database(url)
    for path in Path(migrations.__file__).parent.glob("0*.sql"):
        if path.name < "0150":
            shutil.copy(path, tmp_path)
    await migrate(url, folder=tmp_path)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        for name in ("status", "pm25", "value", "max"):
            await conn.execute("INSERT INTO attr (iri, name) VALUES (%s, %s)", (OLD + name, name))
        await conn.execute("INSERT INTO attr (iri, name) VALUES (%s, 'ngsi-ld:max')", (NGSI + "max",))
        for name in ("Camera", "Notification"):
            await conn.execute("INSERT INTO type (iri, name) VALUES (%s, %s)", (OLD + name, name))
        await conn.execute(
            "INSERT INTO type (iri, name, members) "
            "SELECT string_agg(iri, ' '), 'both', array_agg(id) FROM type"
        )
        before = await (await conn.execute("SELECT name, id FROM attr")).fetchall()
    folder = Path(migrations.__file__).parent
    await migrate(url, folder=folder)
    async with await psycopg.AsyncConnection.connect(url) as conn:
        attributes = dict(await (await conn.execute("SELECT name, iri FROM attr")).fetchall())
        types = dict(await (await conn.execute("SELECT name, iri FROM type")).fetchall())
        after = await (await conn.execute("SELECT name, id FROM attr")).fetchall()
    assert attributes["status"] == NGSI + "status"
    assert attributes["value"] == NGSI + "hasValue"
    assert attributes["pm25"] == NGSI + "default-context/pm25"
    # Both were in use, so both stay apart.
    assert (attributes["max"], attributes["ngsi-ld:max"]) == (NGSI + "default-context/max", NGSI + "max")
    assert types == {
        "Camera": NGSI + "default-context/Camera",
        "Notification": NGSI + "Notification",
        "both": f"{NGSI}Notification {NGSI}default-context/Camera",
    }
    assert dict(before).items() <= dict(after).items()
