"""The disbursement meeting: a frozen pack, decisions that become directives, counted at the next one."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio

from haidang.actions.meetings import concluding, issuing
from haidang.actions.meetings.concluding import Concluded, NewConclusion
from haidang.actions.meetings.notice import Notice, paper
from haidang.base.clock import FixedClock
from haidang.base.problems import Problem
from haidang.directives.service.desk import desk_of as directives_desk
from haidang.documents.lint import lint
from haidang.documents.press import print_now
from haidang.organisation.service.audit import verify_log
from haidang.programme.meetings import service
from haidang.programme.meetings.model import DecisionPatch, Meeting, MeetingPatch, NewDecision, NewMeeting
from haidang.programme.meetings.pack import Case, Pack, Words, frozen, thawed
from haidang.programme.meetings.paper import paper as report
from haidang.programme.meetings.slides import slides
from haidang.programme.model.register import Program, Project
from haidang.programme.service import bottlenecks, snapshots
from haidang.programme.service.bottlenecks import NewBottleneck
from haidang.programme.service.desk import Desk, desk_of
from haidang.tasks.model.due import Due
from tests.integration.programme.conftest import BILLION, ME, World, refused
from tests.integration.programme.test_forecast import PAID

OCTOBER = datetime(2026, 10, 26, 3, tzinfo=UTC)
"""Monday 26 October 2026, 10:00 in Vietnam."""
MONTH = timedelta(days=28)


class House(msgspec.Struct):
    """A programme with two owners' projects, and hands to meet."""

    world: World
    program: Program
    site: Project
    roads: Project

    def at(self, moment: datetime) -> tuple[Desk, Any]:
        clock = FixedClock(moment)
        return desk_of(self.world.settings, clock), directives_desk(self.world.settings, clock)

    async def pay(self, project: Project, month: int, amount: int, *, known: str) -> None:
        await self.world.run(
            PAID.replace("now()", f"'{known}'"), project.id, await self.world.source(), 2026, month,
            "volume", amount, date(2026, month, 15), f"KB-{project.id}-{month}", project.owner_org,
        )  # fmt: skip

    async def plan(self, moment: datetime, by: str = "tien", **facts: Any) -> Meeting:
        desk, _ = self.at(moment)
        day = (moment + timedelta(hours=7)).date()
        new = NewMeeting(**({"held_on": day, "cutoff": day, "chair": "Chủ tịch UBND tỉnh"} | facts))
        async with self.world.db.transaction() as connection:
            return await service.plan(connection, desk, await self.world.who(by), self.program.id, new)

    async def pack(self, moment: datetime, meeting: Meeting) -> Pack:
        desk, _ = self.at(moment)
        async with self.world.db.transaction() as connection:
            found, program = await service.opened(connection, ME, meeting.id)
            return await issuing.pack_of(connection, self.world.settings, desk, found, program)

    async def issue(self, moment: datetime, meeting: Meeting, by: str = "tien") -> Meeting:
        desk, _ = self.at(moment)
        async with self.world.db.transaction() as connection:
            return await issuing.issue(
                connection, self.world.settings, desk, await self.world.who(by), meeting.id,
                version=meeting.version,
            )  # fmt: skip

    async def decide(self, moment: datetime, meeting: Meeting, by: str = "phong", **facts: Any) -> Any:
        desk, _ = self.at(moment)
        async with self.world.db.transaction() as connection:
            return await service.decide(
                connection, desk, await self.world.who(by), meeting.id, NewDecision(**facts)
            )

    async def conclude(self, moment: datetime, meeting: Meeting, by: str = "phong", **facts: Any) -> Any:
        _, desk = self.at(moment)
        who, new, settings = await self.world.who(by), NewConclusion(**facts), self.world.settings
        read = await concluding.read(self.world.db, settings, desk, who, meeting.id, new)
        async with self.world.db.transaction() as connection:
            now, _ = await service.opened(connection, who, meeting.id)
            return await concluding.conclude(
                connection, settings, desk, who, meeting.id, new, read_before=read, version=now.version
            )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(world: World) -> House:
    """Two projects with plans and payments, one held up; a secretary who may not issue."""
    program = await world.program(period_from=2026)
    site = await world.project(program, name="Trung tâm dữ liệu tỉnh")
    roads = await world.project(program, "other", name="Điều khiển giao thông")
    await world.plan(site, 100 * BILLION)
    await world.plan(site, 80 * BILLION, date(2026, 6, 1))
    await world.plan(roads, 50 * BILLION)
    house = House(world, program, site, roads)
    await house.pay(site, 3, 20 * BILLION, known="2026-03-20Z")
    await house.pay(roads, 9, 45 * BILLION, known="2026-09-20Z")
    desk, _ = house.at(OCTOBER - MONTH)
    new = NewBottleneck(
        cause="clearance", description="Ông Nguyễn Văn Kín chưa nhận tiền", amount_dong=5 * BILLION,
        due=Due(precision="day", on=date(2026, 10, 1)),
    )  # fmt: skip
    async with world.db.transaction() as connection:
        await bottlenecks.report(connection, desk, ME, site.id, new)
    await world.person("thuky", "finance", "finance_officer", "root")
    return house


FULL: dict[str, Any] = {"product": "Biên bản bàn giao", "due": Due(precision="day", on=date(2026, 11, 20))}


async def test_a_pack_says_what_the_register_says_at_the_cut_off(house: House) -> None:
    meeting = await house.plan(OCTOBER - 7 * timedelta(days=1), cutoff=date(2026, 8, 31), title="Họp tháng 8")
    pack = await house.pack(OCTOBER - 7 * timedelta(days=1), meeting)
    # Paid on 15 September, after the cut-off.
    assert pack.total.paid_dong == 20 * BILLION and pack.total.plan_dong == 130 * BILLION
    shares = {each.denominator_kind: each for each in pack.total.ratios}
    assert shares["council_initial"].denominator_dong == 150 * BILLION
    assert shares["annual"].cutoff == date(2026, 8, 31) and shares["annual"].plan_as_of == pack.plan_as_of
    assert [(each.name, each.money.paid_dong) for each in pack.owners] == [
        ("Ban Quản lý Hai", 0), ("Ban Quản lý Một", 20 * BILLION),
    ]  # fmt: skip
    assert sum(each.money.plan_dong or 0 for each in pack.owners) == pack.total.plan_dong
    assert pack.outlook.method is None and pack.outlook.reason is not None  # no years before
    [stuck] = pack.bottlenecks
    assert (stuck.unit, stuck.days_late, stuck.amount_dong) == ("Ban Quản lý Một", 18, 5 * BILLION)
    assert "bottlenecks_late" in {each.code for each in pack.questions}
    assert pack.previous is None and pack.followups is None and pack.pace_total is not None
    assert thawed(frozen(pack)[0]) == pack


async def test_the_wall_sees_no_typed_words_and_no_cases(house: House) -> None:
    meeting = await house.plan(OCTOBER - 6 * timedelta(days=1), questions=("Có lùi mốc nghiệm thu không?",))
    pack = await house.pack(OCTOBER, meeting)
    assert any("Nguyễn Văn Kín" in each.description for each in pack.bottlenecks)
    shown = msgspec.json.encode(slides(pack)).decode()
    assert "Kín" not in shown and "description" not in shown and "Có lùi mốc" in shown
    assert {each["part"] for each in slides(pack)} >= {"overview", "owners", "risks", "pace", "questions"}
    assert "Nguyễn Văn Kín" in msgspec.json.encode(report(pack, cases=())).decode()


async def test_only_who_sees_the_whole_programme_meets_and_who_plans_for_it_prepares(house: House) -> None:
    world, day = house.world, OCTOBER - 5 * timedelta(days=1)
    await refused(house.plan(day, by="chu"), "not-found")
    await world.person("xem", "office", "viewer", "root")
    await refused(house.plan(day, by="xem"), "forbidden")
    meeting = await house.plan(day)
    await refused(house.plan(day), "programme-meeting-known")
    async with world.db.transaction() as connection:
        found = await service.listed(connection, await world.who("xem"), house.program.id)
        assert found["may_prepare"] is False and meeting.id in {each["id"] for each in found["items"]}
        await refused(service.opened(connection, await world.who("chu"), meeting.id), "not-found")
    await refused(house.issue(day, meeting, by="xem"), "forbidden")
    await refused(house.decide(day, meeting, by="xem", text="Giao việc"), "forbidden")
    # The secretary of the finance department writes decisions, and issues none.
    made = await house.decide(day, meeting, by="thuky", text="Bàn giao mặt bằng", project_id=house.site.id)
    assert made.lead_org == house.site.owner_org
    await refused(house.conclude(day, meeting, by="thuky"), "forbidden")


async def test_drafts_are_changed_by_version_and_lack_nothing_when_concluded(house: House) -> None:
    day = OCTOBER - 4 * timedelta(days=1)
    meeting = await house.plan(day)
    desk, _ = house.at(day)
    who = await house.world.who("phong")
    await refused(house.conclude(day, meeting), "programme-meeting-act-refused", "no_decisions")
    made = await house.decide(day, meeting, text="Hoàn thành nghiệm thu giai đoạn một.")
    fault = await refused(house.conclude(day, meeting), "invalid-request")
    assert {each.field.rsplit(".")[-1] for each in fault.faults} == {"lead_org", "due", "product"}
    async with house.world.db.transaction() as connection:
        other = DecisionPatch(lead_org=house.roads.owner_org, coop_orgs=(house.roads.owner_org,))
        after = await service.amend(connection, desk, who, made.id, other, version=1)
        assert (after.version, after.lead_org, after.coop_orgs) == (2, house.roads.owner_org, ())
        await refused(service.amend(connection, desk, who, made.id, other, version=1), "version-conflict")
        foreign = DecisionPatch(project_id=999_999)
        await refused(service.amend(connection, desk, who, made.id, foreign, version=2), "invalid-request")
        await service.drop(connection, desk, who, made.id, version=2)
    early = await house.plan(day, held_on=date(2026, 12, 1), cutoff=date(2026, 10, 1))
    await house.decide(day, early, text="Việc", lead_org=house.roads.owner_org, **FULL)
    await refused(house.conclude(day, early), "programme-meeting-act-refused", "not_held")


async def test_decisions_become_directives_and_are_counted_at_the_next_meeting(house: House) -> None:
    world = house.world
    first = await house.issue(OCTOBER, await house.plan(OCTOBER, place="Hội trường UBND tỉnh"))
    await house.decide(
        OCTOBER, first, text="Hoàn thành giải phóng mặt bằng đoạn hai", project_id=house.site.id,
        coop_orgs=(world.orgs["finance"],), slide="bottlenecks", **FULL,
    )  # fmt: skip
    await house.decide(
        OCTOBER, first, text="Rà soát các dự án chậm, báo cáo Chủ tịch UBND tỉnh",
        lead_org=world.orgs["finance"], product="Báo cáo", due=Due(precision="working_days", count=5),
    )  # fmt: skip
    made = await house.conclude(OCTOBER, first)
    assert made.meeting.state == "concluded" and made.document.number == "01/TB"
    # One document, two directives with their wording in the text, two tasks, one link to the project.
    found = await world.fetch(
        "SELECT v.text, v.action, v.given_by, t.owner_org, t.title, t.due_end, t.source_kind, d.text "
        "FROM directive v JOIN directive_document d ON d.id = v.document_id "
        "JOIN directive_task x ON x.directive_id = v.id JOIN task t ON t.id = x.task_id "
        "WHERE v.document_id = %s ORDER BY v.span_start", made.document.id,
    )  # fmt: skip
    assert [each[3] for each in found] == [house.site.owner_org, world.orgs["finance"]]
    assert found[0][0] == (
        "Giao Ban Quản lý Một chủ trì, phối hợp với Sở Nguồn lực: hoàn thành giải phóng mặt bằng đoạn hai "
        "(dự án Trung tâm dữ liệu tỉnh); kết quả: Biên bản bàn giao; thời hạn: hết ngày 20/11/2026"
    )
    assert all(each[0] in each[7] and each[2] == "Chủ tịch UBND tỉnh" for each in found)
    assert await world.fetch(
        "SELECT l.kind, l.ref FROM directive_link l WHERE l.directive_id = %s", made.directives[0].id
    ) == [("project", str(house.site.id))]
    kept = await world.fetch(
        "SELECT directive_id FROM programme_meeting_decision WHERE meeting_id = %s ORDER BY id", first.id
    )
    assert [number for (number,) in kept] == [each.id for each in made.directives]
    # Nothing of it is done a second time, or changed.
    await refused(house.conclude(OCTOBER, first), "programme-meeting-act-refused", "concluded")
    await refused(house.decide(OCTOBER, first, text="Thêm"), "programme-meeting-act-refused", "concluded")

    # A month later: paid more, one of the two is overdue; compared with what was frozen.
    later = OCTOBER + MONTH
    await house.pay(house.site, 11, 10 * BILLION, known="2026-11-20Z")
    second = await house.plan(later)
    pack = await house.pack(later, second)
    told = pack.followups
    assert told is not None and (told.given, told.overdue, told.in_time) == (2, 2, 0)
    assert [(each.project, each.place) for each in told.items] == [
        ("Trung tâm dữ liệu tỉnh", "overdue"), ("", "overdue"),
    ]  # fmt: skip
    assert pack.previous is not None and pack.previous.sha256 == first.sha256
    before = pack.total.before
    assert before is not None and pack.total.paid_dong - before.paid_dong == 10 * BILLION
    assert "followups" in {each.code for each in pack.questions}
    async with world.db.transaction() as connection:
        for log in ("programme", "directives", "tasks"):
            assert (await verify_log(connection, log)).sound


async def test_of_two_who_conclude_at_once_one_does_and_no_draft_slips_in_between(house: House) -> None:
    day = OCTOBER + 3 * timedelta(days=1)
    meeting = await house.plan(day)
    facts: dict[str, Any] = {"text": "Trình thẩm định giá lô hai", "project_id": house.roads.id, **FULL}
    await house.decide(day, meeting, **facts)
    _, desk = house.at(day)
    who, new, settings = await house.world.who("phong"), NewConclusion(), house.world.settings
    read = await concluding.read(house.world.db, settings, desk, who, meeting.id, new)
    await house.decide(day, meeting, by="thuky", **(facts | {"text": "Thêm một việc"}))
    async with house.world.db.transaction() as connection:
        await refused(
            concluding.conclude(
                connection, settings, desk, who, meeting.id, new, read_before=read, version=meeting.version
            ),
            "version-conflict",
        )
    twice = await asyncio.gather(*(house.conclude(day, meeting) for _ in range(2)), return_exceptions=True)
    [made] = [each for each in twice if isinstance(each, Concluded)]
    [other] = [each for each in twice if isinstance(each, Problem)]
    assert other.kind.code in {"programme-meeting-act-refused", "document-known"}
    assert len(made.directives) == 2
    assert await house.world.fetch(
        "SELECT count(*)::int FROM directive v JOIN directive_document d ON d.id = v.document_id "
        "WHERE d.subject = %s AND v.given_on = %s", made.document.subject, meeting.held_on,
    ) == [(2,)]  # fmt: skip


@pytest.mark.parametrize("form", ["docx", "pdf"])
async def test_every_paper_is_as_the_decree_asks(house: House, form: Any, tmp_path: Any) -> None:
    [(held,)] = await house.world.fetch(
        "SELECT min(id) FROM programme_meeting WHERE concluded_at IS NOT NULL"
    )
    async with house.world.db.transaction() as connection:
        meeting, program = await service.opened(connection, ME, held)
        live = await issuing.pack_of(
            connection, house.world.settings, house.at(OCTOBER + MONTH)[0],
            msgspec.structs.replace(meeting, pack=None, held_on=date(2026, 11, 23)), program,
        )  # fmt: skip
    assert meeting.pack is not None and meeting.conclusion is not None
    case = Case(
        id=1, project_id=house.site.id, project=house.site.name, owner_org=1, area_code=None, sector=None,
        contractor="Công ty Một", contract_no="01/HĐ", state=Words(vi="Đã nhắc nhở", en="Warned"),
        subject="Chậm 60 ngày", reply_until=date(2026, 11, 30), replied=False,
    )  # fmt: skip
    for name, paper_ in (
        ("pack", report(thawed(meeting.pack), cases=(), symbol=meeting.number, sha256=meeting.sha256 or "")),
        ("live", report(live, cases=(case,))),
        ("notice", paper(msgspec.json.decode(meeting.conclusion, type=Notice))),
    ):
        content = print_now(paper_, form)
        (tmp_path / f"{name}.{form}").write_bytes(content)
        assert lint(content, form) == ()


async def test_an_issued_pack_stays_as_it_was_and_so_does_its_snapshot(house: House) -> None:
    day = OCTOBER + 2 * MONTH
    meeting = await house.issue(day, await house.plan(day))
    told = await house.pack(day, meeting)
    await house.pay(house.roads, 12, BILLION, known="2026-12-22Z")
    assert await house.pack(day + MONTH, meeting) == told
    assert frozen(told)[1] == meeting.sha256 and meeting.number.split("/")[1].startswith("BC")
    async with house.world.db.transaction() as connection:
        assert meeting.snapshot_id is not None
        kept = await snapshots.opened(connection, ME, meeting.snapshot_id)
    assert kept["sound"] and kept["cutoff"] == meeting.cutoff.isoformat()
    await refused(house.issue(day, meeting), "programme-meeting-act-refused", "issued")
    desk, _ = house.at(day)
    async with house.world.db.transaction() as connection:
        who = await house.world.who("tien")
        patch = MeetingPatch(cutoff=date(2026, 1, 31))
        await refused(
            service.change(connection, desk, who, meeting.id, patch, version=meeting.version),
            "programme-meeting-act-refused", "issued",
        )  # fmt: skip
    for change in (
        "UPDATE programme_meeting SET number = '2' WHERE pack IS NOT NULL",
        "UPDATE programme_meeting_decision SET text = 'khác' WHERE directive_id IS NOT NULL",
        "DELETE FROM programme_meeting_decision WHERE directive_id IS NOT NULL",
        "DELETE FROM programme_meeting",
        "TRUNCATE programme_meeting CASCADE",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await house.world.run(change)
