"""Red flags over a programme's year: what fired, by which numbers, since when, and who follows it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.analysis import conditions, procurement
from haidang.programme.analysis.conditions import Facts
from haidang.programme.analysis.procurement import Offer, Tender
from haidang.programme.analysis.thresholds import Thresholds
from haidang.programme.service import flag_words
from haidang.programme.service.desk import Desk
from haidang.programme.service.outlook import Outlook, outlook
from haidang.programme.service.remembered import by_project, remembered, unless
from haidang.programme.service.scene import Scene, scene
from haidang.programme.store import facts as store
from haidang.programme.store import figures
from haidang.programme.store.stamp import Stamp, tenders_touched

LIMIT, LIMIT_MAX = 2_000, 10_000
"""Flags that one answer names; their counts are of all."""
SOURCE = "programme_flag"
"""Kind of source of the tasks that follow a flag up."""
BELOW = "below_province"
PAYMENT_FLAGS = {"nothing_paid", "third_quarter", "foreseen_low"}
ALLOCATION_FLAGS = {"late_allocation"}
"""What nobody can say while a year has no payment, or no allocation, at all: missing is not zero."""
_FACTS = frozenset(Facts.__struct_fields__)
_ORDER = {code: number for number, code in enumerate((*conditions.RULES, *procurement.RULES))}


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """A flag of a project."""

    project: int
    code: str
    value: Any
    limit: Any
    since: date | None = None
    evidence: tuple[str, ...] = ()


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what it raised."""

    scene: Scene
    outlook: Outlook
    raised: list[Raised]


async def flags(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    year: int,
    *,
    project: int | None = None,
    group: str | None = None,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Return the flags of a year, of one project or of all in sight, with how many there are of each code."""
    at = await scene(connection, desk, principal, program_id, year)
    found = await look(connection, desk, at)
    tasks = await follow_ups(connection, year)
    kept = [
        each for each in found.raised
        if (project is None or each.project == project)
        and (group is None or flag_words.group_of(each.code) == group)
    ]  # fmt: skip
    items = [told(at, each, tasks.get(source_of(each.project, each.code, year))) for each in kept[:limit]]
    counts = Counter(each.code for each in kept)
    return at.head() | {
        "items": items,
        "counts": [
            {
                "code": code,
                "group": flag_words.group_of(code),
                "vi": flag_words.titles(code)[0],
                "en": flag_words.titles(code)[1],
                "count": count,
            }
            for code, count in counts.most_common()
        ],
        "groups": [{"group": name, "vi": vi, "en": en} for name, (vi, en) in flag_words.GROUPS.items()],
        "count": len(kept),
        "projects_flagged": len({each.project for each in kept}),
    }


def told(at: Scene, each: Raised, task: int | None) -> dict[str, Any]:
    """Return a flag as an answer says it."""
    brief = at.projects[each.project]
    vi, en = flag_words.titles(each.code)
    found_vi, found_en = flag_words.found_words(each.code, each.value, each.limit)
    words = flag_words.TOLD.get(each.code)
    program = words is not None and words.follow_up == "program"
    return {
        "project": brief.named(),
        "code": each.code,
        "group": flag_words.group_of(each.code),
        "vi": vi,
        "en": en,
        "threshold": each.limit,
        "found": {"value": each.value, "vi": found_vi, "en": found_en, "evidence": each.evidence},
        "since": each.since,
        "follow_up_org": at.program.owner_org if program else brief.owner_org,
        "task_id": task,
    }


async def follow_ups(connection: Connection, year: int) -> dict[str, int]:
    """Return the tasks that follow flags of a year up, by :func:`source_of`."""
    return await store.follow_ups(connection, SOURCE, f"%:{year}")


def source_of(project: int, code: str, year: int) -> str:
    """Return what a follow-up task names as its source."""
    return f"{project}:{code}:{year}"


async def look(connection: Connection, desk: Desk, at: Scene) -> Look:
    """Return every flag of the projects in sight, by project and code.

    Bottlenecks are asked for each time: their tasks live beside the register.
    """
    ahead = await outlook(connection, at)
    limits = desk.thresholds()

    async def read() -> list[Raised]:
        return await _raised(connection, desk, at, ahead)

    key = (*at.key("raised"), str(desk.data_dir))  # the stamp moves with the first payment too
    found = [*await (remembered(at.stamp, key, read) if at.whole else read())]
    for number, count in (await store.unowned_bottlenecks(connection, at.projects)).items():
        facts = Facts(on=at.today, period=at.period, bottlenecks_open=count)
        found += [
            Raised(project=number, code=each.code, value=each.value, limit=each.limit)
            for each in conditions.raised(facts, limits.conditions)
        ]
    found.sort(key=lambda each: (each.project, _ORDER[each.code]))
    return Look(scene=at, outlook=ahead, raised=found)


async def _raised(connection: Connection, desk: Desk, at: Scene, ahead: Outlook) -> list[Raised]:
    """Return the flags that follow from the register alone.

    Those of one project alone are looked for again only where it was touched; the mean of all moves with
    every payment.
    """
    limits = desk.thresholds()
    paid, allocated = await figures.recorded(connection, at.program.id, at.year)

    async def read(projects: Collection[int] | None) -> dict[int, list[Raised]]:
        asked = at.projects if projects is None else [each for each in projects if each in at.projects]
        known = await store.of_projects(connection, asked, year=at.year, on=at.today)
        return {number: _of_one(desk, at, ahead, known, number) for number in asked}

    key = (*at.key("flags"), ahead.past, str(desk.data_dir), paid, allocated)
    by_one = await (by_project(connection, at.stamp, key, read) if at.whole else read(None))
    unknown = (set() if paid else PAYMENT_FLAGS) | (set() if allocated else ALLOCATION_FLAGS)
    found = [each for of in by_one.values() for each in of if each.code not in unknown]
    if at.whole and paid:
        found += _below_the_mean(at, ahead, limits)
    return found + await _procurement(connection, at, limits)


def _of_one(
    desk: Desk, at: Scene, ahead: Outlook, known: Mapping[int, dict[str, Any]], number: int
) -> list[Raised]:
    limits = desk.thresholds()
    facts = _facts(desk, at, ahead, known, number)
    return [
        Raised(
            project=number, code=each.code, value=each.value, limit=each.limit,
            since=_since(each.code, facts, limits),
        )
        for each in conditions.raised(facts, limits.conditions)
    ]  # fmt: skip


def _below_the_mean(at: Scene, ahead: Outlook, limits: Thresholds) -> list[Raised]:
    """Return who has paid less of its plan than all of them together."""
    years = ahead.by_project
    plan = sum(each.course.plan_dong for each in years.values())
    mean = sum(each.paid_dong for each in years.values()) / plan if plan else None
    look_at = conditions.RULES[BELOW].look
    found = []
    for number, each in years.items():
        facts = Facts(
            on=at.today, period=at.period, plan_dong=each.course.plan_dong, paid_dong=each.paid_dong,
            province_share=mean,
        )  # fmt: skip
        seen = look_at(facts, limits.conditions)
        if seen is not None:
            found.append(Raised(project=number, code=BELOW, value=seen[0], limit=seen[1]))
    return found


def _since(code: str, facts: Facts, limits: Thresholds) -> date | None:
    since = flag_words.TOLD[code].since
    return None if since is None else since(facts, limits.conditions)


def _facts(desk: Desk, at: Scene, ahead: Outlook, known: Mapping[int, dict[str, Any]], number: int) -> Facts:
    """Return what is known of a project, as the rules look at it."""
    told = known.get(number, {})
    own = ahead.by_project.get(number)
    facts: dict[str, Any] = {name: value for name, value in told.items() if name in _FACTS}
    calendar = desk.tasks.calendar
    facts |= {
        "paid_all_dong": told.get("paid_all_dong", 0),
        # What is finished is late or not, but nothing is foreseen of it.
        "forecast_finish": told.get("last_finish") if told.get("unfinished") else None,
        "slips_days": tuple(told.get("slips_days") or ()),
        "supplements": tuple(told.get("supplements") or ()),
        "decision_finish": told.get("decision_finish") or at.projects[number].finish_on,
        "appraisals_waiting": tuple(
            calendar.working_days_between(day, at.today) for day in told.get("appraisals", ())
        ),
    } | _advance(told.get("advances", ()))  # fmt: skip
    if own is not None:
        facts |= {"plan_dong": own.course.plan_dong, "paid_dong": own.paid_dong}
        if own.forecast is not None:
            facts["foreseen_share"] = own.forecast.share
    return Facts(on=at.today, period=at.period, **facts)


def _advance(advances: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the advance that stands worst: oldest, and the guarantee that ends first."""
    if not advances:
        return {}
    oldest = min(advances, key=lambda each: each["advance_on"])
    ends = [each["guarantee_expires_on"] for each in advances if each["guarantee_expires_on"]]
    return {
        "outstanding_advance_dong": sum(each["outstanding_advance_dong"] for each in advances),
        "advance_on": oldest["advance_on"],
        "volume_on": oldest["volume_on"],
        "guarantee_expires_on": min(ends, default=None),
    }


async def tender_flags(
    connection: Connection, stamp: Stamp, program: int, limits: Thresholds
) -> tuple[dict[str, dict[str, Any]], list[procurement.Flag]]:
    """Return the packages of a whole programme and every flag of them: fences need all of them."""

    async def read() -> tuple[dict[str, dict[str, Any]], list[procurement.Flag]]:
        rows = {str(each["id"]): each for each in await store.tenders(connection, program)}
        return rows, procurement.flags([_tender(row) for row in rows.values()], limits.procurement)

    async def touched(since: Stamp) -> bool:
        return await tenders_touched(connection, since, stamp)

    key = ("tenders", program, msgspec.json.encode(limits))
    return await unless(stamp, key, read, touched)


async def _procurement(connection: Connection, at: Scene, limits: Thresholds) -> list[Raised]:
    """Return flags of tenders; fences are of the whole programme, what is named lies in sight."""
    rows, raised = await tender_flags(connection, at.stamp, at.program.id, limits)
    seen = {key: row for key, row in rows.items() if row["project_id"] in at.projects}
    by_party = _by_party(seen)
    found: dict[tuple[int, str], Raised] = {}
    for flag in raised:
        for row in _packages(flag, seen, by_party):
            day = _day(row)
            if day is not None and day.year > at.year:
                continue
            found.setdefault(
                (row["project_id"], flag.code),
                Raised(
                    project=row["project_id"], code=flag.code, value=whole(flag.value),
                    limit=None if flag.limit is None else whole(flag.limit), since=day,
                    evidence=(str(row["name"]),),
                ),
            )  # fmt: skip
    return list(found.values())


Parties = Mapping[tuple[str, str], list[dict[str, Any]]]


def _by_party(seen: Mapping[str, dict[str, Any]]) -> Parties:
    """Return the packages in sight of each buyer, of each bidder, and those that each won."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in seen.values():
        found.setdefault(("buyer", str(row["owner_org"])), []).append(row)
        for bid in row["bids"]:
            found.setdefault(("bidder", str(bid.bidder)), []).append(row)
            if bid.winner:
                found.setdefault(("winner", str(bid.bidder)), []).append(row)
    return found


def _packages(
    flag: procurement.Flag, seen: Mapping[str, dict[str, Any]], by_party: Parties
) -> Sequence[dict[str, Any]]:
    """Return the packages in sight that a flag is of: its own, or those of the bidder or buyer."""
    if flag.of == "package":
        return [seen[flag.subject]] if flag.subject in seen else []
    # Who supplies many kinds of things did so by winning; the other flags are of what was offered.
    return by_party.get(("winner" if flag.code == "R048" else flag.of, flag.subject), [])


def _tender(row: Mapping[str, Any]) -> Tender:
    return Tender(
        package=str(row["id"]),
        buyer=str(row["owner_org"]),
        method=row["method"],
        published_on=row["published_on"],
        closes_at=row["closes_at"].astimezone(LOCAL) if row["closes_at"] else None,
        category=row["category"],
        offers=tuple(
            Offer(
                bidder=str(bid.bidder),
                amount_dong=bid.amount_dong,
                submitted_at=bid.at,
                disqualified=bid.out,
                winner=bid.winner,
            )
            for bid in row["bids"]
        ),
    )


def _day(row: Mapping[str, Any]) -> date | None:
    closes = row["closes_at"]
    day: date | None = row["opened_on"] or (
        closes.astimezone(LOCAL).date() if closes else row["published_on"]
    )
    return day


def whole(value: float) -> float | int:
    """Return a number as it is told: without a point where it is whole."""
    return int(value) if float(value).is_integer() else round(float(value), 4)
