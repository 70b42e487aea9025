"""``haidang audit verify`` walks every chain of the house, and names the one that does not hold."""

from __future__ import annotations

import asyncio

import pytest
from click.testing import CliRunner, Result

from haidang.cli.audit import audit
from haidang.incidents.model import acts
from tests.integration.incidents.conftest import World


async def verified(monkeypatch: pytest.MonkeyPatch, world: World, *options: str) -> Result:
    monkeypatch.setenv("HAIDANG_DATABASE_URL", world.db.url)
    monkeypatch.setenv("HAIDANG_DATA_DIR", str(world.settings.data_dir))
    return await asyncio.to_thread(CliRunner().invoke, audit, ["verify", *options])


async def test_every_chain_is_walked_and_the_broken_ones_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents = [await world.plain(title=title) for title in ("Một", "Hai", "Ba")]
    for each in incidents:
        await world.do("truc", each, acts.Dispatch(orgs=(world.orgs["police"],)))
    sound = await verified(monkeypatch, world)
    assert (sound.exit_code, "0 hỏng / broken" in sound.output) == (0, True), sound.output
    assert "audit: " in sound.output
    assert "tasks: 3 mục / entries" in sound.output
    assert f"incident:{incidents[0].id}:" not in sound.output, "sound ones of many incidents are only counted"
    tables = "ALTER TABLE chain {0} TRIGGER ALL; ALTER TABLE chain_head {0} TRIGGER ALL"
    await world.run(tables.format("DISABLE"))
    await world.run("UPDATE chain SET actor = 'account:99' WHERE log = %s AND no = 1", incidents[0].log)
    await world.run("DELETE FROM chain WHERE log = %s", incidents[2].log)
    await world.run("DELETE FROM chain_head WHERE log = %s", incidents[2].log)
    await world.run(tables.format("ENABLE"))
    broken = await verified(monkeypatch, world)
    assert broken.exit_code == 1
    assert f"! {incidents[0].log} 1: " in broken.output
    assert f"! {incidents[2].log} 1: cả nhật ký không còn" in broken.output
    assert "2 hỏng / broken" in broken.output
    one = await verified(monkeypatch, world, "--log", incidents[1].log)
    assert (one.exit_code, f"{incidents[1].log}: 2 mục" in one.output) == (0, True), one.output
