"""Making the programme of the demonstration through the services of its room, each thing on its made-up day.

All of it is one transaction: the programme is there whole, or not at all; found again by its code, it stays
as people have changed it. What the ledger refuses for anybody it would refuse here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

import msgspec

from haidang.base.clock import LOCAL, Clock, FixedClock
from haidang.base.database import Connection, Database
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.demo.programme import stories
from haidang.demo.programme.calendar import Month, day_in, month_of, running_year
from haidang.demo.programme.happening import happen, hinder
from haidang.demo.programme.made import Made, Ref, Told
from haidang.demo.programme.schemes import CONTRACTORS, SCHEMES, SIMULATED, tax_code
from haidang.demo.programme.telling import made, told
from haidang.demo.programme.works import Act, Paid, decided_on
from haidang.demo.province import AGENCIES
from haidang.organisation.permissions import system
from haidang.programme.model.cases import Case
from haidang.programme.model.payments import NewEstimate
from haidang.programme.model.plans import Revision
from haidang.programme.model.register import DecisionKind, Place, ProjectPhase
from haidang.programme.service import (
    batches,
    bottlenecks,
    nodes,
    payments,
    plans,
    programs,
    projects,
    records,
)
from haidang.programme.service.batches import Fact, Listed
from haidang.programme.service.desk import Desk, desk_of
from haidang.programme.service.programs import NewDecision
from haidang.programme.service.projects import NewProject, NewTotal
from haidang.programme.store.register import Filter
from haidang.tasks.model import acts
from haidang.tasks.model.due import local_day
from haidang.tasks.service import acting

CODE = "DA-TPTM-HD"
GONE = " – đã gỡ bỏ"
"""What the name of a programme ends with that was taken away with the demonstration."""
OWNER = system("demo-unit")
FINANCE = system("demo")
_log = logger("demo")
_ROUNDS: tuple[frozenset[str], ...] = (
    frozenset({"package"}), frozenset({"bid", "contract"}), frozenset({"contract_change", "price_appraisal"}),
)  # fmt: skip
"""What is told first within a month, because what else is told names it."""
_DECISIONS: Mapping[Act, tuple[DecisionKind, str, str]] = {
    "plan": ("plan", "NQ-HĐND", "giao kế hoạch vốn năm {year}"),
    "allocation": ("allocation", "QĐ-UBND", "phân bổ chi tiết kế hoạch vốn năm {year}"),
    "allocation_late": ("allocation", "QĐ-UBND", "phân bổ chi tiết (đợt 2) kế hoạch vốn năm {year}"),
    "adjust": ("plan", "QĐ-UBND", "điều chỉnh kế hoạch vốn năm {year}"),
    "late": ("plan", "QĐ-UBND", "bổ sung kế hoạch vốn cuối năm {year}"),
    "carry": ("carry_over", "QĐ-UBND", "cho phép kéo dài vốn sang năm {year}"),
}  # fmt: skip


class Making(msgspec.Struct):
    """Where and when the programme is made, and what of it there is so far."""

    settings: Settings
    orgs: Mapping[str, int]
    now: datetime
    today: date
    code: str
    program: int = 0
    ids: dict[str, int] = {}
    """Key → number: ``project:ioc``, ``ioc/contract:1``, ``contractor:3``, ``source:central``."""
    cases: dict[str, Case] = {}

    def at(self, day: date) -> Desk:
        """Return the desk of a day, at nine in the morning; of today at once."""
        then = datetime.combine(day, time(9), LOCAL)
        return desk_of(self.settings, FixedClock(min(then, self.now)))

    def resolved(self, word: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return facts with the numbers of what they name."""
        return {
            field: self.number(word, value) if isinstance(value, Ref) else value
            for field, value in facts.items()
        }

    def number(self, word: str, ref: Ref) -> int:
        """Return the number of what was told before."""
        return self.ids[ref.key if ref.key.startswith("contractor:") else f"{word}/{ref.key}"]


async def prepare(db: Database, settings: Settings, clock: Clock, orgs: Mapping[str, int]) -> bool:
    """Make the programme where it is not there yet; say whether that was so."""
    now = clock.now()
    async with db.transaction() as connection:
        there = await _there(connection)
        if any(not each["name"].endswith(GONE) for each in there):
            return False
        # Taken away with the demonstration, it comes back as a new one; the old one stays on record.
        code = f"{CODE}-{len(there) + 1}" if there else CODE
        making = Making(settings, orgs, now, local_day(now), code)
        _log.info("making the demonstration programme", projects=len(SCHEMES))
        await _make(connection, making)
    return True


async def close(connection: Connection, settings: Settings, clock: Clock) -> None:
    """Take the programme off the list: its projects are cancelled and no longer public, its tasks too."""
    desk = desk_of(settings, clock)
    for each in await _there(connection):
        if each["name"].endswith(GONE):
            continue
        name = programs.ProgramPatch(name=each["name"] + GONE)
        await programs.change(connection, desk, FINANCE, each["id"], name, version=each["version"])
        wanted = Filter(program=each["id"])
        found, _ = await projects.listed(connection, FINANCE, wanted, limit=1_000, after=None)
        for project, _owner in found:
            for line in await bottlenecks.of_project(connection, FINANCE, project.id):
                if line["is_open"]:
                    act = acts.Cancel(text="Gỡ bỏ dữ liệu mô phỏng", document="Gỡ bỏ dữ liệu mô phỏng")
                    task = line["task"]
                    await acting.perform(
                        connection, desk.tasks, FINANCE, task["id"], act, version=task["version"]
                    )
            gone = projects.ProjectPatch(
                is_public=False, cancelled_on=desk.today(), cancelled_by="Gỡ bỏ dữ liệu mô phỏng"
            )
            if project.cancelled_on is None:
                await projects.change(connection, desk, OWNER, project.id, gone, version=project.version)


async def _there(connection: Connection) -> list[dict[str, Any]]:
    """Return the programmes that the demonstration has made."""
    found = await programs.listed(connection, FINANCE)
    return [each for each in found if each["simulated"] and each["code"].startswith(CODE)]


async def _make(connection: Connection, making: Making) -> None:
    all_of_them = [made(scheme, making.today) for scheme in SCHEMES]
    await _program(connection, making, all_of_them)
    await _projects(connection, making, all_of_them)
    await _plans(connection, making, all_of_them)
    await _contractors(connection, making)
    telling = {
        each.scheme.word: [*told(each, making.today), *stories.told(each, making.today)]
        for each in all_of_them
    }
    first = min(each.decided for each in all_of_them)
    for month in range(first, month_of(making.today) + 1):
        await _tell(connection, making, telling, month)
        await _pay(connection, making, all_of_them, month)
        await _end(connection, making, all_of_them, month)
        await happen(connection, making, all_of_them, month)
    await hinder(connection, making)
    await _expect(connection, making, all_of_them)


async def _program(connection: Connection, making: Making, all_of_them: Sequence[Made]) -> None:
    year = running_year(making.today)
    first = min(each.decided for each in all_of_them) // 12
    making.program = (
        await programs.create(
            connection, making.at(date(first, 1, 5)), FINANCE,
            programs.NewProgram(
                code=making.code, period_from=first, period_to=year,
                name=f"Đề án thành phố thông minh tỉnh Hải Đăng giai đoạn {first}–{year} {SIMULATED}",
                owner_org=making.orgs["finance"], committee_org=making.orgs["committee"], simulated=True,
                source_document=f"Dựng theo hình mẫu các đề án 2017–2020 của các tỉnh {SIMULATED}",
            ),
        )
    ).id  # fmt: skip
    for source in await programs.fund_sources(connection):
        making.ids[f"source:{source.code}"] = source.id


def phase_of(each: Made, today: date) -> ProjectPhase:
    """Return where a project stands in its plans."""
    this, main = month_of(today), each.works[-1]
    year = running_year(today)
    if main.begin > this:
        return "preparation"
    if main.real_end <= this:
        return "completed" if main.real_end < year * 12 + 1 else "completing"
    if each.works[1].begin >= year * 12 + 1:
        return "new_start"
    return "completing" if main.planned_end <= year * 12 + 12 else "transitional"


async def _projects(connection: Connection, making: Making, all_of_them: Sequence[Made]) -> None:
    """Take the projects in on the day of their decision, in its order, each with its total."""
    for each in sorted(all_of_them, key=lambda found: found.decided):
        scheme, day = each.scheme, day_in(each.decided, 10)
        desk = making.at(day)
        finish = day_in(each.works[1].planned_end + 1, 28)
        at = scheme.at
        new = NewProject(
            program_id=making.program, name=scheme.name, owner_org=making.orgs[scheme.owner],
            deciding_org=making.orgs["committee"], sector=scheme.sector, project_group=scheme.group,
            project_kind=scheme.kind, project_phase=phase_of(each, making.today), start_on=day,
            finish_on=finish, time_text=f"{day.year}–{finish.year}", capacity=scheme.capacity,
            area_codes=(scheme.area,), security_level=scheme.level, is_public=scheme.public,
            description=f"Dự án {SIMULATED} của tỉnh trình diễn; không phải dự án có thật.",
            geometry={"type": "Point", "coordinates": list(at)} if at else None,
            source_ref=f"demo:{scheme.word}",
        )  # fmt: skip
        project = await projects.create(connection, desk, FINANCE, new)
        making.ids[f"project:{scheme.word}"] = project.id
        number = f"{100 + len(making.ids)}/QĐ-UBND {SIMULATED}"
        decision = await _decide(
            connection, making, "investment", number, day=day, subject="phê duyệt dự án", project=project.id
        )
        total = NewTotal(
            project_id=project.id, amount_dong=each.total, decision_id=decision, valid_from=day,
            finish_on=finish,
        )  # fmt: skip
        await projects.set_totals(connection, desk, FINANCE, [total])


async def _decide(
    connection: Connection, making: Making, kind: DecisionKind, number: str, *, day: date, subject: str,
    project: int | None = None,
) -> int:  # fmt: skip
    new = NewDecision(
        kind=kind, doc_number=number, signed_on=day, project_id=project, subject=f"{subject} {SIMULATED}",
        issuer="HĐND tỉnh Hải Đăng (mô phỏng)" if "HĐND" in number else "UBND tỉnh Hải Đăng (mô phỏng)",
        signatory="Chủ tịch (mô phỏng)",
    )  # fmt: skip
    [made_] = await programs.decide(connection, making.at(day), FINANCE, making.program, [new])
    return made_.id


async def _plans(connection: Connection, making: Making, all_of_them: Sequence[Made]) -> None:
    """Let each decision set its amounts, in the order of their days."""
    await _medium(connection, making, all_of_them)
    found = [
        (decided_on(planned.act, planned.year), planned.act, planned, each)
        for each in all_of_them
        for planned in each.course.plans
    ]
    found.sort(key=lambda one: (one[0], one[1]))
    for (day, act), some in groupby(found, key=lambda one: (one[0], one[1])):
        these = list(some)
        year = these[0][2].year
        kind, sign, subject = _DECISIONS[act]
        number = f"{40 + len(making.ids) + year % 100}/{sign} {SIMULATED}"
        decision = await _decide(connection, making, kind, number, day=day, subject=subject.format(year=year))
        revisions = [
            Revision(
                project_id=making.ids[f"project:{each.scheme.word}"], plan_kind=planned.kind,
                fund_source_id=making.ids[f"source:{planned.source}"], plan_year=year,
                amount_dong=planned.dong, decision_id=decision, valid_from=day,
            )
            for _, _, planned, each in these
        ]  # fmt: skip
        await plans.revise(connection, making.at(day), FINANCE, making.program, revisions)
        if act != "carry":
            await _lines(connection, making, day, year, [each for *_, each in these])


async def _medium(connection: Connection, making: Making, all_of_them: Sequence[Made]) -> None:
    """Enter the projects into the medium-term plan, year by year as they were decided."""
    last = running_year(making.today)
    for year, some in groupby(
        sorted(all_of_them, key=lambda one: one.decided), lambda one: one.decided // 12
    ):
        these = list(some)
        day = day_in(these[-1].decided, 20)
        number = f"{10 + year % 100}/NQ-HĐND {SIMULATED}"
        subject = f"bổ sung {len(these)} dự án vào kế hoạch đầu tư công trung hạn"
        decision = await _decide(
            connection, making, "plan", number, day=min(day, making.today), subject=subject
        )
        revisions = [
            Revision(
                project_id=making.ids[f"project:{each.scheme.word}"], plan_kind="medium",
                fund_source_id=making.ids["source:provincial"], plan_year=year, plan_year_to=max(year, last),
                amount_dong=each.total, decision_id=decision, valid_from=min(day, making.today),
            )
            for each in these
        ]  # fmt: skip
        await plans.revise(connection, making.at(day), FINANCE, making.program, revisions)


async def _lines(connection: Connection, making: Making, day: date, year: int, these: Sequence[Made]) -> None:
    """Let the projects that are new to a year's plan stand under their owners."""
    new = {each.scheme.word: each for each in these if f"place:{year}:{each.scheme.word}" not in making.ids}
    owners = dict.fromkeys(each.scheme.owner for each in new.values())
    missing = [owner for owner in owners if f"node:{year}:{owner}" not in making.ids]
    desk, called = making.at(day), _called()
    lines = [
        nodes.NewNode(key=owner, name=called[owner], kind="owner", owner_org=making.orgs[owner])
        for owner in missing
    ]
    keys = await nodes.add(connection, desk, FINANCE, making.program, lines, year=year)
    making.ids |= {f"node:{year}:{owner}": number for owner, number in keys.items()}
    places = []
    for word, each in new.items():
        node = making.ids[f"node:{year}:{each.scheme.owner}"]
        making.ids[f"place:{year}:{word}"] = node
        places.append(Place(project_id=making.ids[f"project:{word}"], plan_year=year, node_id=node))
    await nodes.place(connection, desk, FINANCE, making.program, places)


def _called() -> dict[str, str]:
    return {each.word: each.name for each in AGENCIES}


async def _contractors(connection: Connection, making: Making) -> None:
    for number, name in enumerate(CONTRACTORS):
        new = records.NewContractor(name=f"{name} {SIMULATED}", tax_code=tax_code(number))
        found = await records.add_contractor(connection, making.at(making.today), FINANCE, new)
        making.ids[f"contractor:{number}"] = found.id


async def _tell(
    connection: Connection, making: Making, telling: Mapping[str, Sequence[Told]], month: Month
) -> None:
    """Keep what is told in a month, what others name first."""
    now = [(word, each) for word, of_one in telling.items() for each in of_one if each.month == month]
    desk = making.at(day_in(month, 28))
    rounds = [[one for one in now if one[1].kind in kinds] for kinds in _ROUNDS]
    early = frozenset().union(*_ROUNDS)
    rounds.append([one for one in now if one[1].kind not in early])
    for each in rounds:
        facts = [
            Fact(making.ids[f"project:{word}"], one.kind, making.resolved(word, one.facts))
            for word, one in each
        ]
        kept = await batches.keep(connection, desk, OWNER, making.program, facts)
        for (word, one), row in zip(each, kept, strict=True):
            if one.key:
                making.ids[f"{word}/{one.key}"] = row.id


async def _pay(connection: Connection, making: Making, all_of_them: Sequence[Made], month: Month) -> None:
    """Enter the Treasury's list of a month."""
    found = [(paid, each) for each in all_of_them for paid in each.course.paid if month_of(paid.on) == month]
    found.sort(key=lambda one: one[0].on)
    listed = [_listed(making, each, paid, place) for place, (paid, each) in enumerate(found, 1)]
    desk = making.at(day_in(month, 31))
    await batches.enter(connection, desk, FINANCE, making.program, listed)


def _listed(making: Making, each: Made, paid: Paid, place: int) -> Listed:
    word = each.scheme.word
    return Listed(
        project_id=making.ids[f"project:{word}"], contract_id=making.ids[f"{word}/contract:{paid.work}"],
        fund_source_id=making.ids[f"source:{paid.source}"], plan_year=paid.year, kind=paid.kind,
        confirmed_dong=paid.dong, paid_on=paid.on, carry_over=paid.carried, estimate_dong=paid.expected,
        treasury_ref=f"KB-MP-{paid.on:%y%m}-{place:03}",
    )  # fmt: skip


async def _end(connection: Connection, making: Making, all_of_them: Sequence[Made], month: Month) -> None:
    """End the contracts that are done in a month."""
    for each in all_of_them:
        for number, work in enumerate(each.works):
            done = [one for one in each.course.accepted if one.work == number]
            if work.real_end != month or work.stops is not None or not done:
                continue
            facts = {
                "ended_on": done[-1].on, "end_kind": "completed",
                "end_document": f"Biên bản thanh lý {each.number(number)} {SIMULATED}",
            }  # fmt: skip
            if done[-1].on > making.today or sum(one.dong for one in done) < work.value:
                continue
            contract = making.ids[f"{each.scheme.word}/contract:{number}"]
            desk = making.at(day_in(month, 28))
            await records.amend(connection, desk, OWNER, contract, facts, name="contract", version=1)


async def _expect(connection: Connection, making: Making, all_of_them: Sequence[Made]) -> None:
    """Enter what owners expect to be paid soon."""
    desk = making.at(making.today)
    for each in all_of_them:
        word = each.scheme.word
        for one in each.course.expected:
            new = NewEstimate(
                fund_source_id=making.ids[f"source:{one.source}"], plan_year=one.year, period=one.period,
                kind="volume", estimate_dong=one.dong, note=f"Ước của chủ đầu tư {SIMULATED}",
                contract_id=making.ids[f"{word}/contract:{one.work}"],
            )  # fmt: skip
            await payments.estimate(connection, desk, OWNER, making.ids[f"project:{word}"], new)
