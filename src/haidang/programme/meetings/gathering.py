"""A pack made of the programme's figures at a cut-off: of rates, risks and what the register says.

Figures are the whole programme's, whoever prepares the meeting: who may see the pack was asked before. Plans,
payments and what is foreseen are those of the cut-off, by what is known when the pack is made; dues are
looked at on the day itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.permissions import system
from haidang.organisation.service.letterhead import letterhead
from haidang.programme.meetings import store
from haidang.programme.meetings.model import Meeting
from haidang.programme.meetings.pack import (
    HEADLINE,
    Before,
    Bottleneck,
    Case,
    Cause,
    Followups,
    Money,
    Move,
    Outlook,
    Owner,
    Pace,
    Pack,
    Previous,
    Risk,
    Words,
    thawed,
)
from haidang.programme.meetings.questions import questions
from haidang.programme.model.cases import STATES
from haidang.programme.model.money import Ratio
from haidang.programme.model.register import Program
from haidang.programme.service import rates, risks
from haidang.programme.service.bottlenecks import CAUSES
from haidang.programme.service.desk import Desk
from haidang.tasks.model.due import last_day

HOUSE = system("meetings")
RISKS_MAX = 200
SAID_BESIDE = frozenset({"foreseen_low", "below_province"})
"""Flags that say again what the columns of the list say: the forecast, and the share."""
LINES_MAX = 500
RATIO_FIELDS = Ratio.__struct_fields__
NO_METHOD = Words(
    vi="chưa có phương pháp nào đủ dữ liệu các năm trước", en="no method has enough history",
)  # fmt: skip


async def gathered(
    connection: Connection,
    desk: Desk,
    meeting: Meeting,
    program: Program,
    *,
    province: str | None,
    followups: Followups | None,
) -> Pack:
    """Return the pack of a meeting as the register says it now."""
    year, cutoff = meeting.plan_year, min(meeting.cutoff, desk.today())
    by_owner = await rates.rates(
        connection, _standing(desk, cutoff), HOUSE, program.id, year, by="owner", cutoff=cutoff
    )
    ask = (connection, _standing(desk, _begun(cutoff)), HOUSE, program.id, year)
    late = await risks.risks(*ask, limit=RISKS_MAX)
    paced = await risks.paces(*ask, by="owner")
    moved = await risks.proposals(*ask)
    last = await store.before(connection, meeting)
    told = thawed(last.pack) if last and last.pack else None
    stuck = _bottlenecks(desk, await store.open_bottlenecks(connection, program.id, desk.now()))
    total = by_owner["total"]
    pack = Pack(
        program_id=program.id, program=program.name, simulated=program.simulated, meeting_id=meeting.id,
        title=meeting.title, held_on=meeting.held_on, chair=meeting.chair, plan_year=year,
        cutoff=cutoff, plan_as_of=total["plan_as_of"], made_at=desk.now(),
        agency=await letterhead(connection, meeting.owner_org, province),
        previous=_previous(last), initial_on=total["initial_on"],
        total=_total(total, told), projects=moved["projects"], outlook=_outlook(late),
        owners=_owners(by_owner["rows"], late, told), risks=tuple(_risk(each) for each in late["items"]),
        risks_of=moved["projects"], periods_left=paced["left_months"],
        pace_total=_pace("Toàn chương trình", paced["total"]),
        paces=tuple(_pace(each["owner"]["name"], each) for each in paced["rows"][:LINES_MAX]),
        moves=tuple(_move(each) for each in moved["items"][:LINES_MAX]), causes=_causes(stuck),
        bottlenecks=tuple(stuck[:LINES_MAX]),
        cases=tuple(_case(each) for each in await store.open_cases(connection, program.id)),
        followups=followups, questions=(),
    )  # fmt: skip
    return questions(pack, meeting.questions)


class Standing(Desk, frozen=True):
    """The desk as it stands on a past day, by what is known now: one cut-off for every figure of a pack."""

    day: date = date.min

    def today(self) -> date:
        """Return that day."""
        return self.day


def _standing(desk: Desk, day: date) -> Desk:
    return Standing(**{name: getattr(desk, name) for name in Desk.__struct_fields__}, day=day)


def _begun(cutoff: date) -> date:
    """Return the day by which the month of a cut-off counts as over: its last day ends it."""
    after = cutoff + timedelta(days=1)
    return after if after.day == 1 else cutoff


def _previous(last: Meeting | None) -> Previous | None:
    if last is None or last.sha256 is None:
        return None
    return Previous(
        meeting_id=last.id, held_on=last.held_on, cutoff=last.cutoff, number=last.number, sha256=last.sha256
    )


def _ratios(found: Sequence[Mapping[str, Any]]) -> tuple[Ratio, ...]:
    return tuple(Ratio(**{name: each[name] for name in RATIO_FIELDS}) for each in found)


def _before(money: Money | None) -> Before | None:
    if money is None:
        return None
    return Before(plan_dong=money.plan_dong, paid_dong=money.paid_dong, share=money.ratio())


def _total(found: Mapping[str, Any], told: Pack | None) -> Money:
    return Money(
        plan_dong=found["plan_dong"][HEADLINE], paid_dong=found["disbursed"]["total_dong"],
        paid_carry_over_dong=found["disbursed_carry_over"]["total_dong"], ratios=_ratios(found["ratios"]),
        before=_before(told.total if told and _same_year(told, found) else None),
    )  # fmt: skip


def _same_year(told: Pack, found: Mapping[str, Any]) -> bool:
    """Say whether the last pack was of the same plan year: another year's payments are no change."""
    return bool(told.plan_year == found["plan_year"])


def _owners(
    lines: Sequence[Mapping[str, Any]], late: Mapping[str, Any], told: Pack | None
) -> tuple[Owner, ...]:
    """Return the state by owner, lowest share first; what stands without a project or a plan comes last."""
    same = told is not None and told.plan_year == late["year"]
    before = {each.id: each.money for each in told.owners} if told and same else {}
    found = [
        Owner(
            id=None if line["key"] is None else int(line["key"]), name=line["label_vi"],
            money=Money(
                plan_dong=line["plans"][HEADLINE], paid_dong=line["paid_dong"] + line["paid_carry_over_dong"],
                paid_carry_over_dong=line["paid_carry_over_dong"], ratios=_ratios(line["ratios"]),
                before=_before(before.get(None if line["key"] is None else int(line["key"]))),
            ),
        )
        for line in lines
    ]  # fmt: skip
    return tuple(sorted(found, key=_lowest))


def _lowest(owner: Owner) -> tuple[bool, float, int]:
    ratio = owner.money.ratio()
    value = None if ratio is None or ratio.value is None else float(ratio.value)
    return owner.id is None or value is None, value or 0.0, -(owner.money.plan_dong or 0)


def _words(found: Mapping[str, Any], name: str = "") -> Words:
    return Words(vi=found[f"{name}vi"], en=found[f"{name}en"])


def _outlook(late: Mapping[str, Any]) -> Outlook:
    total = late["total"]
    first = next((each["forecast"] for each in late["items"] if each["forecast"]["method"]), None)
    if total["p50_dong"] is None:
        why = next((each["forecast"] for each in late["items"] if each["forecast"]["reason_vi"]), None)
        reason = _words(why, "reason_") if why else NO_METHOD
        return Outlook(plan_dong=total["plan_dong"], method=None, reason=reason)
    method = Words(vi=first["method_vi"], en=first["method_en"]) if first else NO_METHOD
    return Outlook(
        plan_dong=total["plan_dong"], method=method, p10_dong=total["p10_dong"], p50_dong=total["p50_dong"],
        p90_dong=total["p90_dong"], error_points=first["past_error_points"] if first else None,
    )  # fmt: skip


def _risk(found: Mapping[str, Any]) -> Risk:
    [share] = _ratios([found["rate"]])
    return Risk(
        project_id=found["project"]["id"], name=found["project"]["name"], owner=found["owner"]["name"],
        plan_dong=found["plan_dong"], paid_dong=found["paid_dong"], share=share, p50_dong=found["p50_dong"],
        shortfall_dong=found["shortfall_dong"],
        reasons=tuple(_words(each) for each in found["reasons"] if each["code"] not in SAID_BESIDE),
    )  # fmt: skip


def _pace(name: str, found: Mapping[str, Any]) -> Pace:
    why = _words(found, "why_") if found["why_vi"] else Words(vi="chưa có kế hoạch", en="no plan")
    return Pace(
        name=name, plan_dong=found["plan_dong"], paid_dong=found["paid_dong"],
        monthly_dong=found["needed_per_month_dong"], payable_dong=found["accepted_unpaid_dong"],
        allowed=found["allowed"], why=why,
    )  # fmt: skip


def _move(found: Mapping[str, Any]) -> Move:
    giver, taker = found["from"], found["to"]
    return Move(
        giver=giver["project"]["name"], giver_id=giver["project"]["id"], taker=taker["project"]["name"],
        taker_id=taker["project"]["id"], source=found["fund_source"]["name"],
        amount_dong=found["amount_dong"], why_giver=_words(giver, "why_"), why_taker=_words(taker, "why_"),
    )  # fmt: skip


def _bottlenecks(desk: Desk, found: Sequence[Mapping[str, Any]]) -> list[Bottleneck]:
    today = desk.today()
    lines = []
    for each in found:
        end = each["due_end"]
        due_on: date | None = last_day(end) if end else None
        late = (today - due_on).days if due_on and each["overdue"] else 0
        lines.append(
            Bottleneck(
                id=each["id"], project_id=each["project_id"], project=each["project"], cause=each["cause"],
                description=each["description"], unit=each["unit"], due_on=due_on, days_late=max(0, late),
                amount_dong=each["amount_dong"],
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: (-line.days_late, line.due_on or date.max, line.id))


def _causes(found: Sequence[Bottleneck]) -> tuple[Cause, ...]:
    causes = []
    for cause, (vi, en) in CAUSES.items():
        here = [each for each in found if each.cause == cause]
        if here:
            amounts = [each.amount_dong for each in here if each.amount_dong is not None]
            causes.append(
                Cause(
                    cause=cause, words=Words(vi=vi, en=en), open=len(here),
                    overdue=sum(each.days_late > 0 for each in here),
                    amount_dong=sum(amounts) if amounts else None,
                )
            )  # fmt: skip
    return tuple(sorted(causes, key=lambda each: (-each.open, each.cause)))


def _case(found: Mapping[str, Any]) -> Case:
    vi, en = STATES[found["state"]]
    until = found["reply_until"]
    return Case(
        id=found["id"], project_id=found["project_id"], project=found["project"],
        owner_org=found["owner_org"], area_code=found["area_code"], sector=found["sector"],
        contractor=found["contractor"], contract_no=found["contract_no"], state=Words(vi=vi, en=en),
        subject=found["subject"], reply_until=last_day(until) if until else None, replied=found["replied"],
    )  # fmt: skip
