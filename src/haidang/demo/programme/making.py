"""Making the programme of the demonstration through the services of its room, each thing on its made-up day.

All of it is one transaction: the programme is there whole, or not at all; found again by its code, it stays
as people have changed it. What the ledger refuses for anybody it would refuse here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.demo.programme import stories
from haidang.demo.programme.calendar import Month, day_in, month_of, running_year
from haidang.demo.programme.happening import happen, hinder, link
from haidang.demo.programme.made import Made, Told
from haidang.demo.programme.planning import plan
from haidang.demo.programme.schemes import CONTRACTORS, SCHEMES, SIMULATED, Scheme, tax_code
from haidang.demo.programme.site import FINANCE, OWNER, Making, decide
from haidang.demo.programme.telling import made, told
from haidang.demo.programme.works import Paid
from haidang.demo.province import COMMUNES
from haidang.programme.model.payments import NewEstimate
from haidang.programme.model.register import ProjectPhase
from haidang.programme.service import (
    batches,
    bottlenecks,
    payments,
    programs,
    projects,
    records,
)
from haidang.programme.service.batches import Fact, Listed
from haidang.programme.service.desk import desk_of
from haidang.programme.service.projects import NewProject, NewTotal
from haidang.programme.store.register import Filter
from haidang.tasks.model import acts
from haidang.tasks.model.due import local_day
from haidang.tasks.service import acting

CODE = "DA-TPTM-HD"
GONE = " – đã gỡ bỏ"
"""What the name of a programme ends with that was taken away with the demonstration."""
_log = logger("demo")
_ROUNDS: tuple[frozenset[str], ...] = (
    frozenset({"package"}), frozenset({"bid", "contract"}), frozenset({"contract_change", "price_appraisal"}),
)  # fmt: skip
"""What is told first within a month, because what else is told names it."""


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
    await plan(connection, making, all_of_them)
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
    await link(connection, making)
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


def place_of(scheme: Scheme) -> tuple[float, float] | None:
    """Return where a project stands: in its commune; a plan on paper stands nowhere."""
    if scheme.at is not None or scheme.kind == "planning":
        return scheme.at
    commune = next(each for each in COMMUNES if each.code == scheme.area)
    chance = Random(f"place:{scheme.word}")
    east, north = (chance.uniform(-0.4, 0.4) * commune.reach_km / 111 for _ in range(2))
    return round(commune.lon + east, 5), round(commune.lat + north, 5)


async def _projects(connection: Connection, making: Making, all_of_them: Sequence[Made]) -> None:
    """Take the projects in on the day of their decision, in its order, each with its total."""
    for each in sorted(all_of_them, key=lambda found: found.decided):
        scheme, day = each.scheme, day_in(each.decided, 10)
        desk = making.at(day)
        finish = day_in(each.works[1].planned_end + 1, 28)
        at = place_of(scheme)
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
        decision = await decide(
            connection, making, "investment", number, day=day, subject="phê duyệt dự án", project=project.id
        )
        total = NewTotal(
            project_id=project.id, amount_dong=each.total, decision_id=decision, valid_from=day,
            finish_on=finish,
        )  # fmt: skip
        await projects.set_totals(connection, desk, FINANCE, [total])


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
