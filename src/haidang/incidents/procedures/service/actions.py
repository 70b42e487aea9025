"""What steps do by themselves. Each action is a row, so it acts once; a failure is told and blocks nothing.

Drafting a warning, telling units and giving sub-tasks happen in the transaction that opens or ends the step.
A command to a device only waits here; ``actuating`` sends it when that has committed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal, NamedTuple, cast

import msgspec

from haidang.alerts.cap.model.draft import Disc, Draft, DraftArea, Words
from haidang.alerts.cap.service import desk as cap_desk
from haidang.alerts.cap.service.drafting import draft
from haidang.alerts.service.linking import alerts_of_incident
from haidang.base.geometry import box_around, distance_m
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.incident import Realm, marked
from haidang.incidents.procedures.model.procedure import (
    Action,
    Actuate,
    At,
    CapDraft,
    Notice,
    NotifyUnit,
    OpenSubtask,
    Step,
)  # fmt: skip
from haidang.incidents.procedures.model.run import ActionRow, ActionState
from haidang.incidents.procedures.service.course import Course
from haidang.incidents.procedures.service.facts import entities_of
from haidang.incidents.procedures.store import actions as store
from haidang.incidents.procedures.store import facts as facts_store
from haidang.incidents.store import incidents
from haidang.organisation.permissions import Principal, system
from haidang.tasks.model.due import Due
from haidang.tasks.model.task import Task
from haidang.tasks.service import giving

WARN_RADIUS_KM = 1.0
"""Where an incident has a place but no commune."""
WORDS: dict[str, str] = {
    "cap_draft": "soạn bản tin cảnh báo", "notify_unit": "thông báo đơn vị", "actuate": "điều khiển thiết bị",
    "open_subtask": "giao việc kèm theo",
}  # fmt: skip


WITHHELD: dict[Realm, tuple[str, str]] = {
    "exercise": ("diễn tập: không gửi lệnh", "exercise: nothing was sent"),
    "simulated": (
        "sự cố mô phỏng: không gửi lệnh tới thiết bị thật", "simulated incident: no real device was told"
    ),
}  # fmt: skip


class Done(NamedTuple):
    """What an action came to."""

    ref: str
    vi: str
    en: str


async def act(course: Course, step: Step, at: At, task: Task | None) -> None:
    """Carry out the actions of a step that belong to its opening, or to its end."""
    for place, action in enumerate(step.actions):
        if action.at == at:
            await perform(course, step, place, action, task)


async def perform(
    course: Course,
    step: Step,
    place: int,
    action: Action,
    task: Task | None,
    *,
    no: int = 1,
    only: frozenset[str] | None = None,
) -> None:
    """Carry out one action, unless its row stands there already; ``only``: commands to these alone."""
    if isinstance(action, Actuate):
        await _command(course, step, place, action, no, only)
        return
    number = await _add(course, step, place, action, "waiting", no=no)
    if number is None:
        return
    state: ActionState = "done"
    try:
        async with course.connection.transaction():  # a failure undoes the action, not the step
            done = await _DO[type(action)](course, step, place, action, task)
    except Problem as problem:
        state, done = "failed", _failure(problem)
    await store.end(course.connection, number, state, at=course.now, ref=done.ref, vi=done.vi, en=done.en)
    _say(course, step, action, state, done.vi, ref=done.ref)


async def outcome(course: Course, step: Step) -> Literal["done", "failed", "under_way"]:
    """Say how the actions of a step have ended: the last attempt at each counts."""
    rows = (await store.of_runs(course.connection, [course.run.id])).get((course.run.id, step.id), [])
    last = {(row.place, row.target): row.state for row in rows}
    if {"waiting", "under_way"} & set(last.values()):
        return "under_way"
    return "failed" if {"failed", "unknown"} & set(last.values()) else "done"


def fill(course: Course, text: str, area: str) -> str:
    """Return a text with the incident's title, place, area and code in their places."""
    incident = course.incident
    for name, value in (
        ("title", incident.title), ("place", incident.place or area or incident.title), ("area", area),
        ("code", incident.code),
    ):  # fmt: skip
        text = text.replace(f"{{{name}}}", value)
    return text


async def _add(
    course: Course, step: Step, place: int, action: Action, state: ActionState, *, no: int, target: str = "",
    vi: str = "", en: str = "",
) -> int | None:  # fmt: skip
    ended = None if state == "waiting" else course.now
    return await store.add(
        course.connection,
        ActionRow(
            run_id=course.run.id,
            step=step.id,
            place=place,
            no=no,
            kind=_kind(action),
            target=target,
            state=state,
            actor=course.actor,
            made_at=course.now,
            ended_at=ended,
            vi=vi,
            en=en,
        ),
    )


async def _command(  # noqa: PLR0917 - an action and where it stands
    course: Course, step: Step, place: int, action: Actuate, no: int, only: frozenset[str] | None
) -> None:
    """Let commands wait for the devices; say so where there is none, or where it must not be told.

    An exercise tells no device anything, a simulated incident only those that are simulated like itself.
    """
    targets = sorted(only) if only is not None else await _targets(course, action)
    if not targets:
        vi, en = "không tìm thấy thiết bị", "there is no such device"
        if await _add(course, step, place, action, "failed", no=no, vi=vi, en=en) is not None:
            _say(course, step, action, "failed", vi)
    realm = course.incident.realm
    simulated = await facts_store.simulated(course.connection, targets) if realm == "simulated" else set()
    for target in targets:
        if realm != "real" and target not in simulated:
            vi, en = WITHHELD[realm]
            added = await _add(course, step, place, action, "withheld", no=no, target=target, vi=vi, en=en)
            if added is not None:
                _say(course, step, action, "withheld", f"{target}: {vi}", ref=target)
        else:
            await _add(course, step, place, action, "waiting", no=no, target=target)


async def _targets(course: Course, action: Actuate) -> list[str]:
    if action.entity is not None:
        return [action.entity]
    if action.linked is not None:
        alerts = await alerts_of_incident(course.connection, course.incident.id)
        ids = await entities_of(course.connection, course.incident, alerts)
        return await facts_store.of_type(course.connection, ids, action.linked)
    lon, lat = course.incident.lon, course.incident.lat
    if action.nearest is None or lon is None or lat is None:
        return []
    box = box_around(lon, lat, action.within_m)
    around = await facts_store.near(course.connection, action.nearest, box)
    far = sorted((distance_m(lon, lat, x, y), id_) for id_, x, y in around)
    return [id_ for metres, id_ in far[:1] if metres <= action.within_m]


async def _draft(course: Course, step: Step, _: int, action: CapDraft, __: Task | None) -> Done:
    incident, area = course.incident, await _area(course)
    texts = tuple(
        Words(
            language=language,
            event=fill(course, said.event or incident.title, area)[:500],
            headline=fill(course, said.headline or incident.title, area)[:160],
            description=fill(course, said.description or incident.text, area),
            instruction=fill(course, said.instruction, area),
        )
        for language, said in (("vi-VN", action.vi), ("en-US", action.en))
        if language == "vi-VN" or said != Notice()
    )
    facts: dict[str, Any] = {
        "categories": (action.category,), "urgency": action.urgency, "severity": action.severity,
        "certainty": action.certainty, "texts": texts, "areas": _areas(course, area),
        "response_types": () if action.response is None else (action.response,),
        "expires": course.now + timedelta(minutes=action.expires_in), "owner_org": incident.owner_org,
        "sector": incident.sector,
    }  # fmt: skip
    # Only the folder of the site is asked for: who sends is settled when somebody sends it.
    desk = cap_desk.desk_of(Settings(data_dir=course.desk.tasks.data_dir), course.desk.clock)
    found = await draft(
        course.connection, desk, on_behalf(course.actor), Draft(**facts), incident_id=incident.id,
        is_exercise=incident.is_exercise, simulated=incident.simulated,
    )  # fmt: skip
    link = LinkTo(kind="warning", ref=str(found.id))
    await incidents.add_links(course.connection, incident.id, [link], at=course.now, by=course.actor)
    return Done(f"warning:{found.id}", f"bản thảo {found.identifier}", f"draft {found.identifier}")


def _areas(course: Course, area: str) -> tuple[DraftArea, ...]:
    incident = course.incident
    if incident.area_code is not None:
        return (DraftArea(codes=(incident.area_code,)),)
    if incident.lon is None or incident.lat is None:
        return ()
    disc = Disc(incident.lat, incident.lon, WARN_RADIUS_KM)
    return (DraftArea(description=(incident.place or incident.title)[:500], circles=(disc,)),)


async def _notify(course: Course, step: Step, place: int, action: NotifyUnit, task: Task | None) -> Done:
    area = await _area(course)
    told: list[int] = []
    for role in action.roles:
        who = await course.filled(role)
        await course.notify(
            who, key=f"procedure:{course.run.id}:{step.id}:{place}:{role}", kind="procedure",
            vi=f"{course.incident.code}: {fill(course, action.vi, area)}",
            en=f"{course.incident.code}: {fill(course, action.en, area)}", task=task,
        )  # fmt: skip
        told.append(who.org_id)
    names = await incidents.org_names(course.connection, told)
    listed = ", ".join(names[org] for org in dict.fromkeys(told) if org in names)
    return Done("", f"đã báo {listed}", f"told {listed}")


async def _subtask(course: Course, _: Step, __: int, action: OpenSubtask, task: Task | None) -> Done:
    incident, area = course.incident, await _area(course)
    who = await course.filled(action.role)
    title = f"{incident.code} · {fill(course, action.vi, area)}"
    facts: dict[str, Any] = {
        "title": marked(incident, title)[:500], "description": fill(course, action.en, area),
        "due": Due(precision="none") if action.within is None
        else Due(precision="minutes", count=action.within),
        "owner_org": who.org_id, "assignee": who.account_id, "assigner_org": incident.owner_org,
        "assigner": course.run.started_by, "area_code": incident.area_code, "sector": incident.sector,
        "priority": incident.severity, "source_kind": "incident", "source_id": str(incident.id),
        "is_exercise": incident.is_exercise,
    }  # fmt: skip
    if task is not None:
        facts |= {"parent_id": task.id, "depth": min(task.depth + 1, giving.DEPTH_MAX)}
    course.takes_part(who.org_id)
    given = await giving.make(course.connection, course.desk.tasks, course.actor, facts)
    names = await incidents.org_names(course.connection, [who.org_id])
    unit = names.get(who.org_id, f"#{who.org_id}")
    return Done(f"task:{given.id}", f"đã giao {unit}", f"given to {unit}")


async def _area(course: Course) -> str:
    code = course.incident.area_code
    if code is None:
        return ""
    return (await incidents.area_names(course.connection, [code])).get(code, code)


def on_behalf(actor: str) -> Principal:
    """Return somebody as whom the procedure acts: under their name, with the rights of the site's packs."""
    return msgspec.structs.replace(system("procedures"), id=actor, name=actor)


def _failure(problem: Problem) -> Done:
    faults = "; ".join(f"{fault.field}: {fault.vi}" for fault in problem.faults)
    faults_en = "; ".join(f"{fault.field}: {fault.en}" for fault in problem.faults)
    vi = ". ".join(part for part in (problem.kind.vi, problem.vi, faults) if part)
    en = ". ".join(part for part in (problem.kind.en, problem.en, faults_en) if part)
    return Done("", vi[:500], en[:500])


def _say(course: Course, step: Step, action: Action, state: ActionState, text: str, *, ref: str = "") -> None:
    word = WORDS[_kind(action)]
    heads = {"done": "Đã tự động", "failed": "KHÔNG tự động", "withheld": "Không"}
    head = f"{heads.get(state, state)} {word}"
    course.say("action", f"{head}: {text}", step=step.id, action=_kind(action), state=state, ref=ref)


def _kind(action: Action) -> str:
    return str(type(action).__struct_config__.tag)


_Do = Callable[[Course, Step, int, Any, Task | None], Awaitable[Done]]
_DO = cast("dict[type, _Do]", {CapDraft: _draft, NotifyUnit: _notify, OpenSubtask: _subtask})
"""Which function does which action."""
