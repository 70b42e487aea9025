"""The register: who sees and changes what, records of every kind, bottlenecks as tasks, the public part."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import psycopg
import pytest

from haidang.organisation.service import verify_log
from haidang.programme.model.kinds import KINDS
from haidang.programme.model.register import Decision, Node, Program, Project, Total
from haidang.programme.service import bottlenecks, files, ledger, projects, reading, records
from haidang.programme.service.bottlenecks import CAUSES, Cause, NewBottleneck
from haidang.programme.service.projects import NewTotal, ProjectPatch
from haidang.programme.store import register
from haidang.programme.store.register import Filter
from haidang.tasks.model.due import Due
from haidang.tasks.service import evidence
from tests.integration.programme.conftest import (
    BILLION,
    ME,
    World,
    add_contract,
    add_record,
    refused,
)

ANH = b"\x89PNG\r\n\x1a\n anh"


async def change(world: World, project: Project, by: str, version: int = 1, **facts: Any) -> Project:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await projects.change(
            connection, world.desk, who, project.id, ProjectPatch(**facts), version=version
        )


async def test_an_owner_edits_its_own_and_the_office_sees_all(world: World) -> None:
    program = await world.program()
    project = await world.project(program, geometry={"type": "Point", "coordinates": [106.1, 20.9]})
    for name, code in (
        ("khach", "forbidden"),
        ("tien", "forbidden"),
        ("phong", "forbidden"),
        ("khac", "not-found"),
    ):
        await refused(change(world, project, name, name="Đổi"), code)
    await refused(change(world, project, "chu", version=2, name="Đổi"), "version-conflict")
    after = await change(world, project, "chu", name="Trung tâm dữ liệu", is_public=True)
    assert (after.version, after.public_id) == (2, project.public_id)
    seen = {}
    for name in ("phong", "tien", "chu", "khach", "khac"):
        who = await world.who(name)
        async with world.db.transaction() as connection:
            found, _ = await projects.listed(connection, who, Filter(program=program.id), limit=9, after=None)
        seen[name] = [each.id for each, _ in found]
    assert seen == {name: [project.id] for name in ("phong", "tien", "chu", "khach")} | {"khac": []}
    await refused(change(world, project, "chu", 2, geometry={"type": "Point", "coordinates": [20.9, 106.1]}),
                  "invalid-request")  # fmt: skip
    await refused(change(world, project, "chu", 2, area_codes=("khong-co",)), "invalid-request")
    await refused(change(world, project, "chu", 2, owner_org=world.orgs["other"]), "forbidden")


async def test_a_party_sees_the_project_while_it_takes_part(world: World) -> None:
    project = await world.project(await world.program())
    party = await add_record(
        world, project, "party", org_id=world.orgs["other"], role="supervisor", valid_from="2026-01-01"
    )
    stranger = await world.who("khac")
    async with world.db.transaction() as connection:
        assert (await reading.opened(connection, world.desk, stranger, project.id))["may"]["edit"] is False
        await records.amend(
            connection, world.desk, ME, party.id, {"valid_to": "2026-03-01"}, name="party", version=1
        )
    async with world.db.transaction() as connection:
        await refused(reading.opened(connection, world.desk, stranger, project.id), "not-found")
    # One that ends later sees until then; the night takes its sight away.
    await add_record(
        world, project, "party", org_id=world.orgs["other"], role="funder", valid_from="2026-01-01",
        valid_to="2026-04-01",
    )  # fmt: skip
    for day, sees in ((date(2026, 3, 31), True), (date(2026, 4, 1), False)):
        async with world.db.transaction() as connection:
            assert await register.refresh_sight(connection, day) == (not sees)
            if sees:
                await reading.opened(connection, world.desk, stranger, project.id)
            else:
                await refused(reading.opened(connection, world.desk, stranger, project.id), "not-found")


async def test_totals_are_adjusted_by_decisions_and_their_parts_add_up(world: World) -> None:
    program = await world.program()
    project = await world.project(program)
    source, other = await world.source("central"), await world.source("provincial")
    for day, dong, parts in (
        (date(2025, 1, 1), 100, {source: 60, other: 40}), (date(2026, 2, 1), 130, {}),
    ):  # fmt: skip
        decision = await world.decision(program, day, "investment")
        new = NewTotal(
            project_id=project.id, amount_dong=dong, decision_id=decision, valid_from=day, parts=parts,
            finish_on=date(2027, 12, 31), reason="Bổ sung camera",
        )  # fmt: skip
        async with world.db.transaction() as connection:
            await projects.set_totals(connection, world.desk, ME, [new])
    async with world.db.transaction() as connection:
        found = await reading.opened(connection, world.desk, ME, project.id)
    assert [(each["before_dong"], each["amount_dong"], each["parts"]) for each in found["totals"]] == [
        (None, 100, {"central": 60, "provincial": 40}), (100, 130, {}),
    ]  # fmt: skip
    assert (found["total_dong"], found["status"]) == (130, "preparation")
    wrong = NewTotal(
        project_id=project.id, amount_dong=100, decision_id=decision, valid_from=date(2026, 3, 1),
        parts={source: 99},
    )  # fmt: skip
    async with world.db.transaction() as connection:
        problem = await refused(
            projects.set_totals(connection, world.desk, ME, [wrong]), "money-does-not-balance"
        )
        await connection.rollback()
    assert problem.extra["rule"] == "project_total_parts"


async def test_a_contract_change_begins_from_what_holds(world: World) -> None:
    project = await world.project(await world.program())
    contract = await add_contract(world, project, 100)
    facts = {"contract_id": contract.id, "reason": "Phát sinh", "document": "PL01", "signed_on": "2026-01-10"}
    value = facts | {"kind": "value", "old_dong": 100, "new_dong": 120}
    await add_record(world, project, "contract_change", **value)
    await refused(add_record(world, project, "contract_change", **value), "contract-change-broken")
    longer = facts | {"kind": "duration", "old_on": "2026-12-31", "new_on": "2027-03-31"}
    await add_record(world, project, "contract_change", **longer)
    async with world.db.transaction() as connection:
        [shown] = await records.listed(connection, ME, project.id, "contract")
    assert (shown["value_dong"], shown["value_now_dong"], shown["expires_now_on"]) == (
        100, 120, date(2027, 3, 31),
    )  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("UPDATE contract_change SET new_dong = 1 WHERE contract_id = %s", contract.id)
    async with world.db.transaction() as connection:
        await refused(
            records.amend(
                connection, world.desk, ME, contract.id, {"value_dong": 1}, name="contract", version=1
            ),
            "invalid-request",
        )


async def test_another_model_needs_its_amendment_and_its_price_appraisal(world: World) -> None:
    project = await world.project(await world.program())
    contract = await add_contract(world, project, BILLION)
    item = {"contract_id": contract.id, "name": "Camera AI", "planned_model": "A1", "quantity": 3}
    await refused(
        add_record(world, project, "equipment_item", **item, delivered_model="B2"), "invalid-request"
    )
    kept = await add_record(world, project, "equipment_item", **item)
    with pytest.raises(psycopg.errors.CheckViolation, match="equipment_substitution"):
        await world.run("UPDATE equipment_item SET delivered_model = 'B2' WHERE id = %s", kept.id)
    swap = await add_record(
        world, project, "contract_change", contract_id=contract.id, kind="equipment", old_text="A1",
        new_text="B2", reason="Ngừng sản xuất", document="PL02", signed_on="2026-02-02",
    )  # fmt: skip
    price = await add_record(
        world,
        project,
        "price_appraisal",
        contract_id=contract.id,
        subject="Giá B2",
        requested_on="2026-02-03",
    )
    facts = {"delivered_model": "B2", "change_id": swap.id, "appraisal_id": price.id}
    async with world.db.transaction() as connection:
        after: Any = await records.amend(
            connection, world.desk, ME, kept.id, facts, name="equipment_item", version=1
        )
    assert (after.delivered_model, after.version) == ("B2", 2)
    stranger = await world.project(await world.program())
    elsewhere = await add_contract(world, stranger, 1)
    await refused(add_record(world, project, "acceptance", contract_id=elsewhere.id, volume_dong=1,
                             accepted_on="2026-01-01", minutes="1"), "invalid-request")  # fmt: skip


SAMPLES: dict[str, dict[str, Any]] = {
    "package": {"name": "Gói 1", "method": "open", "estimate_dong": 5, "closes_at": "2026-01-05T02:00:00Z"},
    "milestone": {"kind": "delivery", "name": "Giao hàng", "baseline_on": "2026-05-01"},
    "progress": {"plan_year": 2026, "period": 2, "physical_pct": "45.5"},
    "commitment": {"plan_year": 2026, "period": 4, "amount_dong": 7},
    "supervision_report": {"kind": "audit", "period_text": "2025", "document": "9/KT",
                           "reported_on": "2026-01-01"},
    "handover": {"handed_over_on": "2026-03-01", "minutes": "BB1"},
    "settlement": {"document": "QT1", "submitted_on": "2026-03-02", "submitted_dong": 9},
    "security_dossier": {"system_name": "IOC", "level": 3, "state": "drafting"},
    "pilot_service": {"name": "Đèn thông minh", "document": "5/QĐ", "started_on": "2026-01-01",
                      "ends_on": "2026-06-30"},
    "lease_comparison": {"subject": "Máy chủ", "first_year": 2026, "invest_dong": [110, 0],
                         "lease_dong": [55, 55], "rate_bp": 1000},
    "migration_item": {"kind": "application", "name": "Một cửa", "planned_on": "2026-09-01"},
}  # fmt: skip


async def test_every_kind_of_record_is_kept_read_and_told(world: World) -> None:
    project = await world.project(await world.program(), is_public=True)
    kept = await evidence.keep(world.settings, "anh.png", ANH)
    async with world.db.transaction() as connection:
        photo = await files.attach(connection, world.desk, ME, project.id, kept)
    extra: dict[str, dict[str, Any]] = {
        "progress": {"evidence": [photo["id"]]},
        "migration_item": {"org_id": world.orgs["other"]},
    }
    for kind, facts in SAMPLES.items():
        await add_record(world, project, kind, "chu", **facts, **extra.get(kind, {}))
        async with world.db.transaction() as connection:
            [shown] = await records.listed(connection, ME, project.id, kind)
        assert {name: shown[name] for name in facts if name not in {"physical_pct", "closes_at"}} \
            == _typed(facts, shown)  # fmt: skip
    async with world.db.transaction() as connection:
        [comparison] = await records.listed(connection, ME, project.id, "lease_comparison")
        public = await reading.public_project(connection, world.desk, project.public_id)
    # 55 + 55 / 1.1
    assert (comparison["invest_today_dong"], comparison["lease_today_dong"]) == (110, 105)
    assert set(public["records"]) == {name for name, kind in KINDS.items() if kind.public}
    assert public["status"] == "completion"
    assert "estimated" not in public["money"]
    assert not {"created_by", "evidence", "owner_org"} & set(public["records"]["progress"][0])
    await refused(
        add_record(world, project, "progress", "chu", **SAMPLES["progress"]), "programme-record-taken"
    )
    await refused(add_record(world, project, "progress", plan_year=2026, period=3, physical_pct="1",
                             evidence=[photo["id"] + 99]), "invalid-request")  # fmt: skip
    await refused(add_record(world, project, "milestone", "khach", **SAMPLES["milestone"]), "forbidden")
    await refused(
        add_record(world, project, "milestone", version=9, **SAMPLES["milestone"]), "invalid-request"
    )
    assert (await chain_is_sound(world)).sound


def _typed(facts: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """Facts as a row says them: days as days, lists as they are kept."""
    return {
        name: type(shown[name]).fromisoformat(value) if isinstance(shown[name], date) else
        type(shown[name])(value)
        for name, value in facts.items() if name not in {"physical_pct", "closes_at"}
    }  # fmt: skip


async def chain_is_sound(world: World) -> Any:
    async with world.db.transaction() as connection:
        return await verify_log(connection, "programme")


async def test_a_promise_is_superseded_and_stays_readable(world: World) -> None:
    project = await world.project(await world.program())
    for dong in (7, 5):
        await add_record(world, project, "commitment", plan_year=2026, period=4, amount_dong=dong)
    async with world.db.transaction() as connection:
        found = await records.listed(connection, ME, project.id, "commitment")
    assert [(each["amount_dong"], each["superseded_at"] is None) for each in found] == [(7, False), (5, True)]


async def test_a_bottleneck_is_a_task_and_has_no_clock_of_its_own(world: World) -> None:
    project = await world.project(await world.program())
    new = NewBottleneck(
        cause="clearance", description="12 hộ chưa nhận tiền", amount_dong=BILLION,
        due=Due(precision="day", on=date(2026, 4, 10)),
    )  # fmt: skip
    chu = await world.who("chu")
    async with world.db.transaction() as connection:
        made = await bottlenecks.report(connection, world.desk, chu, project.id, new)
    assert (made["is_open"], made["task"]["owner_org"]) == (True, world.orgs["builder"])
    [(kind, source, state)] = await world.fetch(
        "SELECT source_kind, source_id, state FROM task WHERE id = %s", made["task"]["id"]
    )
    assert (kind, source, state) == ("bottleneck", str(made["id"]), "new")
    async with world.db.transaction() as connection:
        far = NewBottleneck(
            cause="price", description="x", due=Due(precision="none"), owner_org=world.orgs["other"]
        )
        await refused(bottlenecks.report(connection, world.desk, chu, project.id, far), "forbidden")
        await connection.rollback()
    office = await world.who("phong")
    async with world.db.transaction() as connection:
        given = await bottlenecks.report(connection, world.desk, office, project.id, far)
        assert [each["id"] for each in await bottlenecks.of_project(connection, chu, project.id)] == [
            given["id"], made["id"],
        ]  # fmt: skip
        found = await ledger.check(connection, world.desk)
    assert [each for each in found.findings if each.rule == "bottleneck_without_task"] == []


async def test_every_struct_has_the_columns_of_its_table(world: World) -> None:
    tables: dict[str, Any] = {kind.table: kind.row for kind in KINDS.values()} | {
        "program": Program, "project": Project, "programme_decision": Decision, "project_total": Total,
        "plan_node": Node,
    }  # fmt: skip
    for table, struct in tables.items():
        found = await world.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", table
        )
        assert {name for (name,) in found} - {"name_fold"} == set(struct.__struct_fields__), table
    assert set(get_args(Cause)) == set(CAUSES)
