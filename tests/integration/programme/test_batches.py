"""Many payments and records at once: the rules of one by one, all or none, one entry of the log."""

from __future__ import annotations

from datetime import date
from typing import Any

from haidang.organisation.service.audit import verify_log
from haidang.programme.model.payments import Payment
from haidang.programme.model.records import Record
from haidang.programme.model.register import Program, Project
from haidang.programme.service import batches, ledger
from haidang.programme.service.batches import Fact, Listed
from tests.integration.programme.conftest import BILLION, World, add_contract, refused


async def two(world: World) -> tuple[Program, Project, Project]:
    """Return a programme with two projects of different owners, ten billion planned for each."""
    program = await world.program()
    first, second = await world.project(program), await world.project(program, "other")
    for project in (first, second):
        await world.plan(project, 10 * BILLION)
    return program, first, second


async def paid(world: World, project: Project, dong: int, **facts: Any) -> Listed:
    world.made += 1
    given: dict[str, Any] = {
        "project_id": project.id, "fund_source_id": await world.source(), "plan_year": 2026, "kind": "volume",
        "confirmed_dong": dong, "paid_on": date(2026, 3, 10), "treasury_ref": f"KB-{world.made}",
    }  # fmt: skip
    return Listed(**(given | facts))


async def enter(world: World, program: Program, news: list[Listed], by: str = "tien") -> list[Payment]:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await batches.enter(connection, world.desk, who, program.id, news)


async def keep(world: World, program: Program, facts: list[Fact], by: str) -> list[Record]:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await batches.keep(connection, world.desk, who, program.id, facts)


async def entries(world: World) -> int:
    [(number,)] = await world.fetch("SELECT no FROM chain_head WHERE log = 'programme'")
    return int(number)


async def test_a_treasury_list_is_taken_whole_or_not_at_all(world: World) -> None:
    program, first, second = await two(world)
    contract = await add_contract(world, first, 8 * BILLION)
    news = [
        await paid(world, first, 2 * BILLION, kind="advance", contract_id=contract.id),
        await paid(world, first, BILLION, estimate_dong=2 * BILLION),
        await paid(world, second, 3 * BILLION),
    ]
    before = await entries(world)
    made = await enter(world, program, news)
    assert await entries(world) == before + 1, "a batch is one entry"
    assert [(each.state, each.period, each.confirmed_by) for each in made] == [
        ("confirmed", 3, (await world.who("tien")).id)
    ] * 3
    assert [each.owner_org for each in made] == [world.orgs["builder"]] * 2 + [world.orgs["other"]]
    await refused(enter(world, program, [await paid(world, first, BILLION)], "chu"), "forbidden")
    beyond = [await paid(world, second, BILLION), await paid(world, first, 8 * BILLION)]
    await refused(enter(world, program, beyond), "money-does-not-balance")
    elsewhere = await paid(world, second, BILLION, kind="advance", contract_id=contract.id)
    await refused(enter(world, program, [elsewhere]), "invalid-request")
    stranger = await world.project(await world.program())
    await refused(enter(world, program, [await paid(world, stranger, 1)]), "invalid-request")
    [(count, total)] = await world.fetch(
        "SELECT count(*), sum(confirmed_dong) FROM payment WHERE project_id = ANY(%s)", [first.id, second.id]
    )
    assert (count, total) == (3, 6 * BILLION), "what was refused left nothing behind"
    async with world.db.transaction() as connection:
        assert (await ledger.check(connection, world.desk)).sound
        assert (await verify_log(connection, "programme")).sound


async def test_records_of_many_projects_are_kept_in_their_order(world: World) -> None:
    program, first, second = await two(world)
    promise = {"plan_year": 2026, "period": 4, "amount_dong": BILLION}
    mixed = [
        Fact(first.id, "commitment", promise),
        Fact(first.id, "milestone", {"kind": "start", "name": "Khởi công", "baseline_on": "2026-02-01"}),
        Fact(first.id, "commitment", promise | {"period": 5}),
    ]
    made = await keep(world, program, mixed, "chu")
    assert [type(each).__name__ for each in made] == ["Commitment", "Milestone", "Commitment"]
    await keep(world, program, [Fact(first.id, "commitment", promise | {"amount_dong": 7})], "chu")
    amounts = await world.fetch(
        "SELECT period, amount_dong FROM commitment WHERE project_id = %s AND superseded_at IS NULL "
        "ORDER BY 1",
        first.id,
    )
    assert amounts == [(4, 7), (5, BILLION)], "a new promise supersedes the one of its period"
    await refused(
        keep(world, program, [*mixed[1:2], Fact(second.id, "commitment", promise)], "chu"), "invalid-request"
    )
    package = {"name": "Gói 1", "method": "open", "estimate_dong": BILLION}
    [package_row] = await keep(world, program, [Fact(second.id, "package", package)], "khac")
    [(bidder,)] = await world.fetch("SELECT min(id) FROM contractor")
    bid = {"package_id": package_row.id, "bidder_id": bidder, "amount_dong": BILLION}
    await refused(keep(world, program, [Fact(first.id, "bid", bid)], "chu"), "invalid-request")
    assert len(await keep(world, program, [Fact(second.id, "bid", bid)], "khac")) == 1
    own = {"recorded_at": "2020-01-01"} | promise
    await refused(keep(world, program, [Fact(first.id, "commitment", own)], "chu"), "invalid-request")
