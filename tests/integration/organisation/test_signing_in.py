"""Accounts, sessions, lock-out, one-time links and keys on a real database."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import msgspec
import pytest
from tests.integration.organisation.conftest import ME, PASSWORD, Site

from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.organisation import authenticate, chain, prepare, service
from haidang.organisation.model import Grant
from haidang.organisation.service import accounts, keys, links, sessions
from haidang.organisation.store import accounts as store

_keys = itertools.count()


async def sign_in(site: Site, name: str, password: str = PASSWORD, address: str = "192.0.2.9") -> str:
    signed_in = await sessions.sign_in(
        site.db, site.clock, site.settings, username=name, password=password, address=address
    )
    return signed_in.token


async def code_of(site: Site, name: str, password: str, address: str = "192.0.2.9") -> str:
    with pytest.raises(Problem) as refused:
        await sign_in(site, name, password, address)
    return refused.value.kind.code


async def actions(site: Site) -> list[str]:
    async with site.db.transaction() as connection:
        return [line.action for line in await service.list_audit(connection, ME, limit=200)]


async def test_the_cookie_signs_in_and_out(site: Site) -> None:
    async with site.client(None) as client:
        answer = await client.post("/api/v1/session", json={"username": "Boss", "password": PASSWORD})
        assert answer.status_code == 200
        assert answer.json()["account"]["org_id"] == site.root
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert (await client.get("/api/v1/session")).json() == answer.json()
        assert (await client.delete("/api/v1/session")).status_code == 204
        assert (await client.get("/api/v1/session")).status_code == 401


async def test_signing_in_again_changes_the_secret_and_ends_the_old_session(site: Site) -> None:
    old = await sign_in(site, "boss")
    again = await sessions.sign_in(
        site.db, site.clock, site.settings,
        username="boss", password=PASSWORD, address="192.0.2.9", old_token=old,
    )  # fmt: skip
    assert again.token != old
    with pytest.raises(Problem):
        await authenticate(site.db, site.clock, site.settings, session_token=old)


async def test_a_session_ends_idle_and_ends_in_any_case(site: Site) -> None:
    start = site.clock.now()
    idle, busy = await sign_in(site, "boss"), await sign_in(site, "boss")
    try:
        for _ in range(13):
            site.clock.advance(timedelta(minutes=55))
            if site.clock.now() - start < timedelta(hours=12):
                await authenticate(site.db, site.clock, site.settings, session_token=busy)
        for token in (idle, busy):
            site.clock.advance(timedelta(minutes=5))
            with pytest.raises(Problem, match="unauthenticated"):
                await authenticate(site.db, site.clock, site.settings, session_token=token)
    finally:
        site.clock.advance(start - site.clock.now())


async def test_looking_without_touching_does_not_prolong(site: Site) -> None:
    start = site.clock.now()
    token = await sign_in(site, "boss")
    try:
        site.clock.advance(timedelta(minutes=50))
        await authenticate(site.db, site.clock, site.settings, session_token=token, touch=False)
        site.clock.advance(timedelta(minutes=11))
        with pytest.raises(Problem):
            await authenticate(site.db, site.clock, site.settings, session_token=token)
    finally:
        site.clock.advance(start - site.clock.now())


@pytest.mark.parametrize("name", ["locked.one", "nobody.here"])
async def test_five_failures_lock_a_name_whether_or_not_it_exists(site: Site, name: str) -> None:
    if name == "locked.one":
        await site.person(name, site.north)
    start = site.clock.now()
    for _ in range(5):
        assert await code_of(site, name, "sai mật khẩu rồi", "192.0.2.20") == "login-failed"
    with pytest.raises(Problem) as refused:
        await sign_in(site, name, PASSWORD, "192.0.2.20")
    assert refused.value.kind.code == "login-locked"
    assert 0 < refused.value.extra["retry_after_s"] <= 900
    try:
        site.clock.advance(timedelta(minutes=15))
        if name == "locked.one":
            assert await sign_in(site, name)
    finally:
        site.clock.advance(start - site.clock.now())
    assert "session.refused" in await actions(site)


async def test_nobody_locks_somebody_elses_name_from_one_place(site: Site) -> None:
    await site.person("victim", site.north)
    codes = [await code_of(site, "victim", "sai mật khẩu rồi", "192.0.2.40") for _ in range(20)]
    assert codes == ["login-failed"] * 5 + ["login-locked"] * 15
    assert await sign_in(site, "victim", address="192.0.2.41")


async def test_guesses_from_many_places_lock_a_name_everywhere(site: Site) -> None:
    await site.person("hunted", site.north)
    codes = [
        await code_of(site, "hunted", "sai mật khẩu rồi", f"192.0.2.{50 + number // 5}")
        for number in range(30)
    ]
    assert codes == ["login-failed"] * 30
    assert await code_of(site, "hunted", PASSWORD, "192.0.2.60") == "login-locked"


async def test_many_guesses_at_once_get_no_more_than_the_limit(site: Site) -> None:
    await site.person("raced", site.north)
    codes = await asyncio.gather(
        *(code_of(site, "raced", "sai mật khẩu rồi", "198.51.100.7") for _ in range(12))
    )
    assert sorted(codes) == ["login-failed"] * 5 + ["login-locked"] * 7


async def test_an_address_that_tries_many_names_is_locked(site: Site) -> None:
    strict = msgspec.structs.replace(site, settings=msgspec.structs.replace(site.settings, login_attempts=1))
    codes = [await code_of(strict, f"guess{number}", "x", "203.0.113.5") for number in range(8)]
    assert codes == ["login-failed"] * 6 + ["login-locked"] * 2
    assert await sign_in(site, "boss", address="203.0.113.6")


async def test_the_password_never_reaches_the_log(site: Site) -> None:
    await code_of(site, "mật khẩu bí mật của tôi", "x", "203.0.113.77")
    async with site.db.transaction() as connection:
        cursor = await connection.execute("SELECT count(*) FROM chain WHERE body LIKE '%%bí mật%%'")
        assert await cursor.fetchone() == (0,)


async def test_changing_the_password_ends_every_other_session(site: Site) -> None:
    await site.person("changer", site.north)
    other = await sign_in(site, "changer")
    async with site.client("changer") as client:
        wrong = await client.post(
            "/api/v1/session/password", json={"old": "không phải thế", "new": PASSWORD + " mới"}
        )
        assert wrong.json()["code"] == "login-failed"
        weak = await client.post("/api/v1/session/password", json={"old": PASSWORD, "new": "changer12345"})
        assert weak.json()["code"] == "password-weak"
        done = await client.post("/api/v1/session/password", json={"old": PASSWORD, "new": PASSWORD + " mới"})
        assert done.status_code == 200
        assert (await client.get("/api/v1/session")).status_code == 200  # with the new cookie
    for token in (other, site.tokens["changer"]):
        with pytest.raises(Problem):
            await authenticate(site.db, site.clock, site.settings, session_token=token)
    assert await code_of(site, "changer", PASSWORD) == "login-failed"
    assert await sign_in(site, "changer", PASSWORD + " mới")


async def test_a_closed_account_is_out_at_once(site: Site) -> None:
    account_id = await site.person("leaver", site.north)
    async with site.client("north.manager") as manager:
        path = f"/api/v1/accounts/{account_id}"
        stale = await manager.patch(
            path, json={"active": False}, headers={"Idempotency-Key": "leave-0", "If-Match": '"9"'}
        )
        assert (stale.status_code, stale.json()["yours"], stale.json()["current"]) == (409, 9, 1)
        missing = await manager.patch(path, json={"active": False}, headers={"Idempotency-Key": "leave-1"})
        assert missing.status_code == 428
        done = await manager.patch(
            path, json={"active": False}, headers={"Idempotency-Key": "leave-2", "If-Match": '"1"'}
        )
        assert (done.status_code, done.json()["version"]) == (200, 2)
        again = await manager.patch(
            path, json={"active": False}, headers={"Idempotency-Key": "leave-2", "If-Match": '"1"'}
        )
        assert again.json() == done.json()
    with pytest.raises(Problem):
        await site.principal("leaver")
    assert await code_of(site, "leaver", PASSWORD) == "login-failed"


async def test_the_last_administrator_stays(site: Site) -> None:
    boss = site.ids["boss"]
    async with site.db.transaction() as connection:
        grant = (await store.grants(connection, boss))[0]
    assert grant.id is not None
    for attempt in (
        lambda connection: accounts.remove_grant(connection, site.clock, ME, boss, grant.id),
        lambda connection: accounts.change_account(
            connection, site.clock, ME, boss, accounts.AccountPatch(active=False), version=1
        ),
        lambda connection: accounts.new_password_link(connection, site.clock, ME, boss),
    ):
        with pytest.raises(Problem, match="last-administrator"):
            async with site.db.transaction() as connection:
                await attempt(connection)


async def test_two_administrators_cannot_remove_each_other_at_once(site: Site) -> None:
    await site.person("second", site.root, Grant("administrator"))

    async def close(account_id: int) -> str:
        try:
            async with site.db.transaction() as connection:
                patch = accounts.AccountPatch(active=False)
                await accounts.change_account(connection, site.clock, ME, account_id, patch, version=1)
        except Problem as problem:
            return problem.kind.code
        return "closed"

    results = await asyncio.gather(close(site.ids["boss"]), close(site.ids["second"]))
    assert sorted(results) == ["closed", "last-administrator"]
    async with site.db.transaction() as connection:
        await connection.execute("UPDATE account SET active = true, version = 1")
    await site.person("third", site.root)
    site.tokens["boss"] = await sign_in(site, "boss")


async def test_a_key_holds_what_it_was_given_until_it_ends(site: Site) -> None:
    who = await site.principal("north.manager")
    new = keys.NewKey(
        name="trạm đo", org_id=site.north, permissions=("entity.write",), area_code="24",
        sector="environment", expires_at=site.clock.now() + timedelta(days=1),
    )  # fmt: skip
    async with site.db.transaction() as connection:
        made = await keys.make_key(connection, site.clock, who, new)
    holder = await authenticate(site.db, site.clock, site.settings, api_key=made.secret)
    assert holder.id == f"key:{made.key.id}"
    assert holder.may("entity.write", org_id=site.north, area_code="24", sector="environment")
    assert not holder.may("entity.read")
    assert not holder.may("entity.write", org_id=site.south, area_code="24", sector="environment")
    async with site.db.transaction() as connection:
        cursor = await connection.execute("SELECT count(*) FROM api_key WHERE api_key::text LIKE %s",
                                          (f"%{made.secret}%",))  # fmt: skip
        assert await cursor.fetchone() == (0,)
    site.clock.advance(timedelta(days=1))
    try:
        with pytest.raises(Problem):
            await authenticate(site.db, site.clock, site.settings, api_key=made.secret)
    finally:
        site.clock.advance(-timedelta(days=1))
    async with site.db.transaction() as connection:
        await keys.revoke_key(connection, site.clock, who, made.key.id)
    with pytest.raises(Problem):
        await authenticate(site.db, site.clock, site.settings, api_key=made.secret)


@pytest.mark.parametrize("permission", ["account.manage", "role.manage", "key.manage", "no.such"])
async def test_a_key_never_makes_further_ways_in(site: Site, permission: str) -> None:
    new = keys.NewKey(name="x", org_id=site.north, permissions=(permission,))
    with pytest.raises(Problem, match="invalid-request"):
        async with site.db.transaction() as connection:
            await keys.make_key(connection, site.clock, ME, new)


async def test_a_secret_is_shown_once_and_never_kept_with_the_answer(site: Site) -> None:
    body = {"name": "một lần", "org_id": site.north, "permissions": ["entity.read"]}
    headers = {"Idempotency-Key": "key-once"}
    async with site.client("north.manager") as client:
        first = (await client.post("/api/v1/keys", json=body, headers=headers)).json()
        again = (await client.post("/api/v1/keys", json=body, headers=headers)).json()
    assert first["secret"].startswith("hd_")
    assert again == {"key": first["key"], "secret": None}
    async with site.db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM idempotency WHERE result::text LIKE %s", (f"%{first['secret']}%",)
        )
        assert await cursor.fetchone() == (0,)


async def test_the_first_administrator_is_made_once_even_when_raced(
    postgres: object, template: str, site: Site
) -> None:
    from haidang.base.migrations import create_database  # noqa: PLC0415 - only this test needs its own

    url = postgres.place.url("first_administrator")  # type: ignore[attr-defined]
    await create_database(url, template=template)
    async with Database(url, pool_max=6) as db:
        settings = Settings(data_dir=site.settings.data_dir)
        await prepare(db, settings, site.clock)
        stale = await links.first_administrator_link(db, "http://x", site.clock)
        link = await links.first_administrator_link(db, "http://x", site.clock)
        assert stale and link and link.startswith("http://x/first-administrator?token=")
        token = link.partition("token=")[2]

        async def make(name: str, given: str = token, password: str = PASSWORD) -> str:
            try:
                await links.make_first_administrator(
                    db, site.clock, settings,
                    token=given, username=name, display_name=name, password=password,
                )  # fmt: skip
            except Problem as problem:
                return problem.kind.code
            return "made"

        assert await make("early", stale.partition("token=")[2]) == "link-invalid"
        assert await make("weak", password="ngắn") == "password-weak"
        results = await asyncio.gather(*(make(f"racer{number}") for number in range(4)))
        assert sorted(results) == ["link-invalid"] * 3 + ["made"]
        assert await make("late") == "link-invalid"
        assert await links.first_administrator_link(db, "http://x", site.clock) is None
        async with db.transaction() as connection:
            assert not await service.needs_first_administrator(connection)
            verdict = await service.verify_log(connection)
        assert verdict.sound
        assert verdict.log == chain.AUDIT


async def test_the_first_link_runs_out(postgres: object, template: str, site: Site) -> None:
    from haidang.base.migrations import create_database  # noqa: PLC0415 - only this test needs its own

    url = postgres.place.url("first_link_runs_out")  # type: ignore[attr-defined]
    await create_database(url, template=template)
    async with Database(url, pool_max=2) as db:
        await prepare(db, site.settings, site.clock)
        link = await links.first_administrator_link(db, "http://x", site.clock)
        assert link
        site.clock.advance(timedelta(hours=24))
        try:
            with pytest.raises(Problem, match="link-invalid"):
                await links.make_first_administrator(
                    db, site.clock, site.settings,
                    token=link.partition("token=")[2], username="late", display_name="Late",
                    password=PASSWORD,
                )  # fmt: skip
        finally:
            site.clock.advance(-timedelta(hours=24))
