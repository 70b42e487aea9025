"""Papers on a real site: figures that reconcile, reports that stay as they were issued, counted letters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.directives.papers import issuing, letters
from haidang.directives.papers.gathering import gathered
from haidang.directives.papers.issuing import NewReport
from haidang.directives.papers.letters import NewLetter
from haidang.directives.papers.model import Figures
from haidang.directives.service.desk import LOG
from haidang.organisation.permissions import Principal, Scope
from haidang.organisation.service.audit import verify_log
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.tasks.model.due import Due
from haidang.tasks.service import clockwork, giving
from haidang.tasks.service.desk import Desk
from tests.integration.directives.site import ME, START, Site, built

LATER = START + timedelta(days=120)
DUE = date(2026, 4, 3)


class House(msgspec.Struct):
    """The site, its office, and who asks."""

    site: Site
    desk: Desk
    office: Principal
    roads: Principal
    health: Principal

    @property
    def later(self) -> Desk:
        return msgspec.structs.replace(self.desk, clock=FixedClock(LATER))


def _of(unit: int, number: int) -> Principal:
    return Principal(
        f"account:{number}", "x", unit, (Scope(frozenset({"directive.read"}), frozenset({unit})),)
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(db: Database, tmp_path_factory: Any) -> AsyncIterator[House]:
    """The site with an office over it, and two tasks of the department of roads that nobody does."""
    site = await built(db, tmp_path_factory.mktemp("papers"))
    async with db.transaction() as connection:
        [(root,)] = await (await connection.execute("SELECT id FROM org WHERE parent_id IS NULL")).fetchall()
        office = (await add_org(connection, ME, NewOrg(name="Văn phòng", short_name="VP", parent_id=root))).id
        for title in ("Bàn giao mặt bằng", "Báo cáo tiến độ"):
            await _give(connection, site, root, title)
    everywhere = Scope(frozenset({"directive.read", "directive.report"}))
    boss = Principal("account:1", "Chánh Văn phòng", office, (everywhere,))
    yield House(site, site.desk, boss, _of(site.units[0], 2), _of(site.units[1], 3))


async def _give(connection: Connection, site: Site, root: int, title: str) -> None:
    directive = next(iter(site.told))
    facts: dict[str, Any] = {
        "title": title, "due": Due(precision="day", on=DUE), "owner_org": site.units[0], "assigner_org": root,
        "assigner": "system:test", "source_kind": "directive", "source_id": str(directive), "priority": 3,
    }  # fmt: skip
    task = await giving.make(connection, site.desk, "system:test", facts)
    await connection.execute(
        "INSERT INTO directive_task (task_id, directive_id) VALUES (%s, %s)", (task.id, directive)
    )


async def _figures(db: Database, who: Principal, desk: Desk, **asked: Any) -> Figures:
    async with db.transaction() as connection:
        return await gathered(
            connection, desk, who, asked.get("kind", "weekly"), on=asked.get("on"), unit=asked.get("unit"),
            province=None,
        )  # fmt: skip


async def test_a_report_reconciles_and_a_unit_has_its_own(db: Database, house: House) -> None:
    for kind in ("weekly", "monthly"):
        everything = await _figures(db, house.office, house.desk, kind=kind)
        assert everything.reconciles() and everything.original.given > 100 and everything.new > 0
        assert len(everything.units) == 3 and everything.late[0].days >= everything.late[-1].days
        [own] = (await _figures(db, house.roads, house.desk, kind=kind)).units
        assert own == next(row for row in everything.units if row.title == own.title)
        narrowed = await _figures(db, house.office, house.desk, kind=kind, unit=house.site.units[0])
        assert narrowed.units == (own,) and narrowed.unit == own.title
    assert all(not each.title for each in everything.late if each.document.startswith("3/"))
    for who, asked, refusal in (
        (house.roads, {"unit": house.site.units[1]}, "forbidden"),
        (house.office, {"on": date(2026, 5, 1)}, "invalid-request"),
        (house.office, {"unit": 999}, "invalid-request"),
    ):
        with pytest.raises(Problem, match=refusal):
            await _figures(db, who, house.desk, **asked)


async def test_an_issued_report_stays_as_it_was(db: Database, house: House) -> None:
    async with db.transaction() as connection:
        row = await issuing.issue(
            connection, house.desk, house.office, NewReport(kind="weekly"), province=None
        )
    assert row["number"] == "01/BC-VP" and row["period_to"] == date(2026, 3, 22)
    async with db.transaction() as connection:
        _, before = await issuing.issued(connection, house.office, row["id"])
        await connection.execute("UPDATE task SET due_end = due_end + interval '1 year'")
        changed = await gathered(
            connection, house.desk, house.office, "weekly", on=None, unit=None, province=None
        )
        _, after = await issuing.issued(connection, house.office, row["id"])
        await connection.rollback()
    assert before == after != changed and changed.current.overdue < after.current.overdue
    assert issuing.frozen(after)[1] == row["sha256"]
    for change in (
        "UPDATE directive_report SET number = '02/BC-VP'", "DELETE FROM directive_report",
        "TRUNCATE directive_report",
        ("INSERT INTO directive_report (kind, period_from, period_to, issuer_org, number, cut_off, figures, "
        "sha256, made_by) SELECT kind, period_from, period_to, issuer_org, number, cut_off, '{}', sha256, "
        "made_by FROM directive_report"),
    ):  # fmt: skip
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
            async with db.transaction() as connection:
                await connection.execute(change)


async def test_who_may_not_report_issues_nothing_and_sees_no_issued_report(
    db: Database, house: House
) -> None:
    nobody = msgspec.structs.replace(ME, org_id=None)
    for who, refusal in ((house.roads, "forbidden"), (nobody, "invalid-request")):
        with pytest.raises(Problem, match=refusal):
            async with db.transaction() as connection:
                await issuing.issue(connection, house.desk, who, NewReport(kind="monthly"), province=None)
    async with db.transaction() as connection:
        [first, *_] = (await issuing.listed(connection, house.office, before=None, limit=50))["items"]
        assert (await issuing.listed(connection, house.roads, before=None, limit=50))["items"] == []
        with pytest.raises(Problem, match="not-found"):
            await issuing.issued(connection, house.roads, first["id"])


async def _write(db: Database, house: House, desk: Desk, **new: Any) -> dict[str, Any]:
    async with db.transaction() as connection:
        return await letters.write(
            connection, desk, house.office, NewLetter(org=house.site.units[0], **new), province=None
        )


async def test_letters_follow_the_ladder_and_are_counted(db: Database, house: House) -> None:
    with pytest.raises(Problem, match="directive-letter-nothing"):
        await _write(db, house, house.desk)
    await clockwork.tick(db, house.later)
    async with db.transaction() as connection:
        [owed] = (await letters.due(connection, house.later, house.office))["items"]
    assert owed == {"org": {"id": house.site.units[0], "name": "Sở Xây dựng"}, "tasks": 2, "days": 102}
    first = await _write(db, house, house.later)
    assert (first["turn"], first["year"], first["number"]) == (1, 2026, "01/VP")
    assert {each["step"] for each in first["tasks"]} == {"after-30"} and len(first["tasks"]) == 2
    with pytest.raises(Problem, match="directive-letter-nothing"):  # each due has one letter of itself
        await _write(db, house, house.later)
    async with db.transaction() as connection:
        assert (await letters.due(connection, house.later, house.office))["items"] == []
    chosen = tuple(each["id"] for each in first["tasks"])
    second = await _write(db, house, house.later, task_ids=chosen[:1], answer_by=date(2026, 8, 3))
    assert (second["turn"], second["number"]) == (2, "02/VP")
    async with db.transaction() as connection:
        row, said = await letters.one(connection, house.office, second["id"])
        assert row == second and said.previous is not None and said.previous.number == "01/VP"
        [late] = said.late
        assert late.document == "1/TB-UBND" and late.days == (LATER.date() - DUE).days
        assert (await verify_log(connection, LOG)).sound
    found = await _figures(db, house.office, house.later)
    assert [(each.unit, each.in_period, each.in_year) for each in found.letters] == [("Sở Xây dựng", 2, 2)]


async def test_a_letter_refuses_what_is_not_owed_and_is_seen_by_its_unit_only(
    db: Database, house: House
) -> None:
    for new, refusal in (
        ({"task_ids": (1_000_000,)}, "invalid-request"),
        ({"answer_by": date(2026, 7, 1)}, "invalid-request"),
    ):
        with pytest.raises(Problem, match=refusal):
            await _write(db, house, house.later, **new)
    with pytest.raises(Problem, match="forbidden"):
        async with db.transaction() as connection:
            await letters.write(connection, house.later, house.roads, NewLetter(org=1), province=None)
    none: Any = {"org": None, "year": None, "task": None, "before": None, "limit": 50}
    async with db.transaction() as connection:
        issued = (await letters.listed(connection, house.office, **none))["items"]
        to_roads = (await letters.listed(connection, house.roads, **none))["items"]
        assert issued == to_roads and len(issued) == 2
        assert (await letters.listed(connection, house.health, **none))["items"] == []
        with pytest.raises(Problem, match="not-found"):
            await letters.one(connection, house.health, issued[0]["id"])
        of_task = await letters.listed(
            connection, house.office, **none | {"task": issued[1]["tasks"][1]["id"], "year": 2026}
        )
        assert [each["id"] for each in of_task["items"]] == [issued[1]["id"]]
        cursor = await connection.execute(
            "SELECT vi FROM notice WHERE org_id = %s AND kind = 'letter' ORDER BY id", (house.site.units[0],)
        )
        told = [text for (text,) in await cursor.fetchall()]
    assert told == [
        "Công văn đôn đốc số 01/VP: 2 nhiệm vụ quá hạn", "Công văn đôn đốc số 02/VP: 1 nhiệm vụ quá hạn"
    ]  # fmt: skip
