"""What a sender may use up of the site for ever: combinations of attributes, data spaces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope, system

SYSTEM = system("tests")
ORIGIN = Origin(1, None, None, "test")
AT = "2026-03-16T02:00:00Z"


@pytest_asyncio.fixture(loop_scope="session")
async def city(db: Database, tmp_path: Path, clock: FixedClock) -> AsyncIterator[City]:
    opened = await City.open(db, Settings(data_dir=tmp_path, keysets_max=8, tenants_max=2), clock)
    yield opened
    await opened.close()


def thing(id_: str, *names: str) -> dict[str, Any]:
    return {"id": f"urn:x:{id_}", "type": "Limit"} | {
        name: {"type": "Property", "value": 1, "observedAt": AT} for name in names
    }


async def test_made_up_combinations_of_attributes_are_refused_and_known_ones_go_on(city: City) -> None:
    kept: list[str] = []
    for number in range(12):
        result = await city.upsert(SYSTEM, [thing(f"a{number}", f"attr{number}")], origin=ORIGIN)
        kept += result.created
        for _, _, problem in result.failed:
            assert (problem.kind.status, problem.kind.code) == (400, "bad-request-data")
            assert "tổ hợp" in problem.vi
            assert "8 combinations" in problem.en
    assert 0 < len(kept) < 8
    assert len(city.terms.keyset_ids) <= 8

    # In one group with others only what brings something new is refused.
    batch = [thing("b1", "attr0"), thing("b2", "attr0", "attr1"), thing("b3", "attr1")]
    result = await city.upsert(SYSTEM, batch, origin=ORIGIN)
    assert result.created == ("urn:x:b1", "urn:x:b3")
    assert [(place, id_) for place, id_, _ in result.failed] == [(1, "urn:x:b2")]
    later = thing("b1", "attr0") | {
        "attr0": {"type": "Property", "value": 2, "observedAt": "2026-03-16T02:01:00Z"}
    }
    assert (await city.upsert(SYSTEM, [later], origin=ORIGIN)).updated == ("urn:x:b1",)


@pytest.mark.parametrize(("orgs", "status"), [(frozenset({ORG_A}), 403), (None, 201)])
async def test_only_the_whole_sites_administrator_makes_tenants(
    city: City, orgs: frozenset[int] | None, status: int
) -> None:
    who = Principal("account:1", "A", ORG_A, (Scope(frozenset(PERMISSIONS), orgs),))
    async with client(city, who) as http:
        answer = await http.post(
            "/entities", json={"id": "urn:x:t", "type": "T"}, headers={"ngsild-tenant": "whole"}
        )
        assert answer.status_code == status, answer.text


async def test_tenants_have_a_bound(city: City) -> None:
    async with client(city, SYSTEM) as http:
        made = [
            await http.post(
                "/entities", json={"id": "urn:x:1", "type": "T"}, headers={"ngsild-tenant": f"t{number}"}
            )
            for number in range(4)
        ]
        statuses = [answer.status_code for answer in made]
        assert statuses.count(201) == 2 - ("whole" in city.terms.tenants)
        assert set(statuses[-2:]) == {403}
        assert made[-1].json()["detail"] == "There are 2 tenants already."
        again = {"id": "urn:x:2", "type": "T"}
        assert (await http.post("/entities", json=again, headers={"ngsild-tenant": "t0"})).status_code == 201
