"""Plans of the made-up programme: what each decision sets on its day, and the lines of a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from haidang.base.database import Connection
from haidang.demo.programme.calendar import day_in, running_year
from haidang.demo.programme.made import Made
from haidang.demo.programme.schemes import SIMULATED
from haidang.demo.programme.site import FINANCE, Making, decide
from haidang.demo.programme.works import Act, decided_on
from haidang.demo.province import AGENCIES
from haidang.programme.model.plans import Revision
from haidang.programme.model.register import DecisionKind, Place
from haidang.programme.service import nodes, plans

_DECISIONS: Mapping[Act, tuple[DecisionKind, str, str]] = {
    "plan": ("plan", "NQ-HĐND", "giao kế hoạch vốn năm {year}"),
    "allocation": ("allocation", "QĐ-UBND", "phân bổ chi tiết kế hoạch vốn năm {year}"),
    "allocation_late": ("allocation", "QĐ-UBND", "phân bổ chi tiết (đợt 2) kế hoạch vốn năm {year}"),
    "adjust": ("plan", "QĐ-UBND", "điều chỉnh kế hoạch vốn năm {year}"),
    "late": ("plan", "QĐ-UBND", "bổ sung kế hoạch vốn cuối năm {year}"),
    "carry": ("carry_over", "QĐ-UBND", "cho phép kéo dài vốn sang năm {year}"),
}  # fmt: skip


async def plan(connection: Connection, making: Making, all_of_them: Sequence[Made]) -> None:
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
        decision = await decide(connection, making, kind, number, day=day, subject=subject.format(year=year))
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
        decision = await decide(
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
