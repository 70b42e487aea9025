"""Letting the stories of the made-up programme happen: totals raised, records amended, cases, bottlenecks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from haidang.base.clock import FixedClock
from haidang.base.database import Connection
from haidang.demo import store
from haidang.demo.programme.calendar import Month, day_in, month_of
from haidang.demo.programme.made import Made
from haidang.demo.programme.schemes import SCHEMES, SIMULATED
from haidang.demo.programme.site import OWNER, Making
from haidang.demo.programme.stories import CHAIRMAN, HINDERED, SPOKEN_OF, Hindered, amended, stepped
from haidang.directives.model.directive import Link
from haidang.directives.service import following
from haidang.directives.service.desk import desk_of as directives_desk
from haidang.organisation.permissions import system
from haidang.programme.model.cases import Replace, Warn
from haidang.programme.service import bottlenecks, cases, programs, projects, records
from haidang.programme.service.cases import NewCase
from haidang.programme.service.programs import NewDecision
from haidang.programme.service.projects import NewTotal
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due
from haidang.tasks.service import acting

OFFICE = system("demo")


async def happen(connection: Connection, making: Making, all_of_them: Sequence[Made], month: Month) -> None:
    """Let what falls into a month happen, project by project in the order of its days."""
    for each in all_of_them:
        if each.raised is not None and month == month_of(making.today) - 6:
            await _raise(connection, making, each, each.raised, month)
        for one in amended(each, making.today):
            if month_of(one.on) == month:
                desk, word = making.at(one.on), each.scheme.word
                await records.amend(
                    connection, desk, OWNER, making.ids[f"{word}/{one.key}"],
                    making.resolved(word, one.facts), name=one.kind, version=1,
                )  # fmt: skip
        await _step(connection, making, each, month)


async def _raise(connection: Connection, making: Making, each: Made, raised: int, month: Month) -> None:
    """Raise the total by a decision, after the price was appraised anew."""
    day, project = day_in(month, 18), making.ids[f"project:{each.scheme.word}"]
    new = NewDecision(
        kind="adjustment", doc_number=f"244/QĐ-UBND {SIMULATED}", signed_on=day, project_id=project,
        issuer=f"UBND tỉnh Hải Đăng {SIMULATED}", signatory=CHAIRMAN,
        subject=f"điều chỉnh tổng mức đầu tư và thời gian thực hiện {SIMULATED}",
    )  # fmt: skip
    [decision] = await programs.decide(connection, making.at(day), OFFICE, making.program, [new])
    total = NewTotal(
        project_id=project, amount_dong=raised, decision_id=decision.id, valid_from=day,
        finish_on=day_in(each.works[-1].real_end + 1, 28),
        reason=f"Bổ sung kết nối 5 hệ thống theo chứng thư thẩm định giá 14 {SIMULATED}",
    )  # fmt: skip
    await projects.set_totals(connection, making.at(day), OFFICE, [total])


async def _step(connection: Connection, making: Making, each: Made, month: Month) -> None:
    """Take the steps of a month against a project's contractors."""
    word = each.scheme.word
    for one in stepped(each, making.today):
        if month_of(one.on) != month:
            continue
        key, desk = f"case:{word}", making.at(one.on)
        if isinstance(one.act, Warn):
            new = NewCase(
                contract_id=making.ids[f"{word}/{one.contract}"], warning=one.act,
                subject=f"Nhà thầu chậm tiến độ, {each.number(1)} {SIMULATED}",
            )  # fmt: skip
            case = await cases.open_case(connection, desk, OWNER, making.ids[f"project:{word}"], new)
        else:
            act = one.act
            if isinstance(act, Replace) and one.new_contract:
                number = making.ids[f"{word}/{one.new_contract}"]
                act = msgspec.structs.replace(act, new_contract_id=number)
            before = making.cases[key]
            case = await cases.perform(connection, desk, OFFICE, before.id, act, version=before.version)
        making.cases[key] = case


async def link(connection: Connection, making: Making) -> None:
    """Say which directives have to do with which projects, where the notices were made."""
    desk = directives_desk(making.settings, FixedClock(making.now))
    for number, place, word in SPOKEN_OF:
        found = await store.directives_of(connection, number, OFFICE.id)
        if place < len(found):
            directive, version = found[place]
            name = next(each.name for each in SCHEMES if each.word == word)
            act = Link(kind="project", ref=str(making.ids[f"project:{word}"]), title=name)
            await following.perform(connection, desk, OFFICE, directive, act, version=version)


async def hinder(connection: Connection, making: Making) -> None:
    """Report what stands in the way; each is a task of a unit, which has it as far as it has."""
    for one in HINDERED:
        await _hinder(connection, making, one)


async def _hinder(connection: Connection, making: Making, one: Hindered) -> None:
    reported = making.today - timedelta(days=one.reported)
    new = bottlenecks.NewBottleneck(
        cause=one.cause, description=f"{one.text} {SIMULATED}", owner_org=making.orgs[one.owner],
        due=Due(precision="day", on=making.today + timedelta(days=one.due)),
        amount_dong=round(one.billion * 1_000_000_000),
    )  # fmt: skip
    desk = making.at(reported)
    line = await bottlenecks.report(connection, desk, OFFICE, making.ids[f"project:{one.word}"], new)
    task, version = int(line["task"]["id"]), 1
    for place, way in enumerate(one.ways, 1):
        doer = OFFICE if way == "accept" else OWNER
        then = making.at(_day(making.today, reported, place, len(one.ways)))
        after = await acting.perform(connection, then.tasks, doer, task, _ACTS[way], version=version)
        version = after.version


def _day(today: date, since: date, place: int, places: int) -> date:
    """Return a day between the report and today, in order."""
    return since + timedelta(days=round((today - since).days * place / (places + 1)))


_ACTS: Mapping[str, acts.Act] = {
    "receive": acts.Receive(),
    "start": acts.Start(),
    "progress": acts.Progress(text=f"Đã làm việc với các đơn vị liên quan {SIMULATED}", percent=45),
    "report": acts.Report(
        text=f"Đã tháo gỡ, gửi văn bản kèm theo {SIMULATED}", product=f"Văn bản {SIMULATED}"
    ),
    "accept": acts.Accept(text=f"Công nhận kết quả {SIMULATED}"),
}
