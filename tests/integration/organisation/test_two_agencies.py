"""Two agencies: neither sees nor changes what is the other's, over every route of the room."""

from __future__ import annotations

import itertools

import httpx
import pytest
from psycopg import AsyncConnection
from tests.integration.organisation.conftest import Site

from haidang.organisation.permissions import Principal, Scope, scope_sql

_keys = itertools.count()


def write(version: int | None = None) -> dict[str, str]:
    headers = {"Idempotency-Key": f"two-{next(_keys)}"}
    return headers | ({"If-Match": f'"{version}"'} if version is not None else {})


async def items(client: httpx.AsyncClient, path: str) -> list[dict[str, object]]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["items"]
    return found


async def test_lists_show_only_what_is_ones_own(site: Site) -> None:
    async with site.client("north.manager") as north, site.client("boss") as boss:
        assert {each["username"] for each in await items(north, "/api/v1/accounts")} == {
            "north.manager",
            "north.viewer",
        }
        assert [each["id"] for each in await items(north, "/api/v1/orgs")] == [site.north]
        assert {each["org_id"] for each in await items(north, "/api/v1/audit?limit=200")} == {site.north}
        assert {site.north, site.south} <= {
            each["org_id"] for each in await items(boss, "/api/v1/audit?limit=200")
        }


async def test_the_others_account_is_not_there_by_any_route(site: Site) -> None:
    other = site.ids["south.viewer"]
    async with site.client("north.manager") as north:
        answers = [
            await north.get(f"/api/v1/accounts/{other}/grants"),
            await north.post(
                f"/api/v1/accounts/{other}/grants",
                json={"role": "viewer", "org_id": site.north},
                headers=write(),
            ),
            await north.delete(f"/api/v1/accounts/{other}/grants/1", headers=write()),
            await north.patch(f"/api/v1/accounts/{other}", json={"active": False}, headers=write(1)),
            await north.post(f"/api/v1/accounts/{other}/password-link", headers=write()),
            await north.patch(f"/api/v1/orgs/{site.south}", json={"name": "X"}, headers=write(1)),
        ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)


async def test_nothing_is_made_in_the_other_agency(site: Site) -> None:
    async with site.client("north.manager") as north:
        answers = [
            await north.post(
                "/api/v1/accounts",
                json={"username": "spy", "display_name": "Spy", "org_id": site.south},
                headers=write(),
            ),
            await north.post(
                "/api/v1/keys",
                json={"name": "spy", "org_id": site.south, "permissions": ["entity.read"]},
                headers=write(),
            ),
            await north.post("/api/v1/orgs", json={"name": "Spy", "parent_id": site.south}, headers=write()),
            await north.patch(
                f"/api/v1/accounts/{site.ids['north.viewer']}",
                json={"org_id": site.south},
                headers=write(1),
            ),
        ]
    assert [answer.status_code for answer in answers] == [400, 400, 404, 400]


async def test_the_others_key_is_neither_seen_nor_ended(site: Site) -> None:
    async with site.client("south.manager") as south, site.client("north.manager") as north:
        made = await south.post(
            "/api/v1/keys",
            json={"name": "trạm đo", "org_id": site.south, "permissions": ["entity.write"]},
            headers=write(),
        )
        key_id = made.json()["key"]["id"]
        assert key_id not in {each["id"] for each in await items(north, "/api/v1/keys")}
        assert (await north.delete(f"/api/v1/keys/{key_id}", headers=write())).status_code == 404
        [still] = await items(south, "/api/v1/keys")
        assert still["revoked_at"] is None
        assert "secret_hash" not in still


@pytest.mark.parametrize(
    "grant",
    [
        {"role": "viewer"},
        {"role": "viewer", "area_code": "24"},
        {"role": "administrator"},
        {"role": "viewer", "org_id": 1},
    ],
)
async def test_nobody_gives_more_than_they_hold(site: Site, grant: dict[str, object]) -> None:
    viewer = site.ids["north.viewer"]
    async with site.client("north.manager") as north:
        answer = await north.post(f"/api/v1/accounts/{viewer}/grants", json=grant, headers=write())
    assert answer.status_code == 403
    assert answer.json()["code"] == "beyond-own-permissions"


async def test_a_manager_gives_within_their_own_and_takes_it_back(site: Site) -> None:
    viewer = site.ids["north.viewer"]
    path = f"/api/v1/accounts/{viewer}/grants"
    async with site.client("north.manager") as north:
        grant = {"role": "data_steward", "org_id": site.north, "area_code": "24", "sector": "transport"}
        made = await north.post(path, json=grant, headers=write())
        assert made.status_code == 201
        who = await site.principal("north.viewer")
        assert who.may("feed.manage", org_id=site.north, area_code="24", sector="transport")
        assert who.may("feed.manage", org_id=site.north, area_code="07210", sector="transport")
        assert not who.may("feed.manage", org_id=site.north, area_code="22", sector="transport")
        assert not who.may("feed.manage", org_id=site.south, area_code="24", sector="transport")
        gone = await north.delete(f"{path}/{made.json()['id']}", headers=write())
        assert gone.status_code == 204
    assert not (await site.principal("north.viewer")).may("feed.manage")


async def test_a_manager_cannot_reach_for_a_stronger_account_in_their_own_agency(site: Site) -> None:
    from haidang.organisation.model import Grant  # noqa: PLC0415 - beside its use

    strong = await site.person("north.strong", site.north, Grant("viewer"))
    async with site.client("north.manager") as north:
        link = await north.post(f"/api/v1/accounts/{strong}/password-link", headers=write())
        shut = await north.patch(f"/api/v1/accounts/{strong}", json={"active": False}, headers=write(1))
    assert (link.status_code, shut.status_code) == (403, 403)


async def test_roles_are_for_the_whole_site(site: Site) -> None:
    new = {"name": "duty_lead", "vi": "Trưởng ca", "en": "Shift lead", "permissions": ["entity.read"]}
    async with site.client("north.manager") as north, site.client("boss") as boss:
        assert (await north.post("/api/v1/roles", json=new, headers=write())).status_code == 403
        assert (await boss.post("/api/v1/roles", json=new, headers=write())).status_code == 201
        more = {"permissions": ["entity.read", "account.manage"]}
        assert (await north.patch("/api/v1/roles/duty_lead", json=more, headers=write(1))).status_code == 403
        builtin = await boss.patch("/api/v1/roles/viewer", json=more, headers=write(1))
        assert builtin.json()["code"] == "role-builtin"
        unknown = await boss.post(
            "/api/v1/roles", json=new | {"name": "x1", "permissions": ["all"]}, headers=write()
        )
        assert unknown.json()["faults"][0]["value"] == "all"


async def test_a_viewer_gets_403_and_nobody_gets_401(site: Site) -> None:
    async with site.client("north.viewer") as viewer, site.client(None) as nobody:
        for path in ("accounts", "keys", "audit", "roles"):
            assert (await viewer.get(f"/api/v1/{path}")).status_code == 403
        assert (await viewer.get("/api/v1/areas")).status_code == 200
        assert (await nobody.get("/api/v1/session")).status_code == 401
        assert (await nobody.get("/api/v1/areas")).status_code == 403


async def test_the_rule_in_sql_says_what_the_rule_in_python_says(site: Site) -> None:
    scopes = [
        Scope(frozenset({"entity.read"})),
        Scope(frozenset({"entity.read"}), frozenset({1, 2})),
        Scope(frozenset({"entity.read"}), frozenset({1}), frozenset({"24"}), "transport"),
        Scope(frozenset({"entity.read"}), None, frozenset({"22"})),
        Scope(frozenset({"entity.write"}), None, None, "transport"),
        Scope(frozenset({"entity.read"}), frozenset()),
    ]
    things = list(itertools.product([1, 3, None], ["22", "24", None], ["transport", None]))
    async with await AsyncConnection.connect(site.db.url) as connection:
        for held in itertools.chain(itertools.combinations(scopes, 1), itertools.combinations(scopes, 2)):
            who = Principal("account:1", "An", 1, held)
            where, values = scope_sql(who, "entity.read", org="t.o", area="t.a", sector="t.s")
            for org, area, sector in things:
                cursor = await connection.execute(
                    f"SELECT coalesce({where}, false) FROM "
                    "(SELECT %(o)s::int AS o, %(a)s::text AS a, %(s)s::text AS s) AS t",
                    values | {"o": org, "a": area, "s": sector},
                )
                [(allowed,)] = await cursor.fetchall()
                assert allowed == who.may("entity.read", org_id=org, area_code=area, sector=sector)
