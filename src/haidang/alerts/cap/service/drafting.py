"""Writing a warning down, and writing it anew: nothing leaves by this."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from haidang.alerts.cap.model.checks import NOT_PUBLIC, Broken, faults
from haidang.alerts.cap.model.draft import Draft, DraftArea
from haidang.alerts.cap.model.warning import CapWarning, OwnType
from haidang.alerts.cap.service.desk import Desk, hindered, holds, record, visible, wrong
from haidang.alerts.cap.service.places import common
from haidang.alerts.cap.store import warnings as store
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Problem
from haidang.organisation.model import Area
from haidang.organisation.permissions import Principal
from haidang.organisation.service import resolve_area, root_org
from haidang.organisation.service.access import unchanged

YEARS = range(2000, 2200)
EXERCISE_NOTE = "DIỄN TẬP: không có nguy hiểm thật. / EXERCISE: there is no real danger."
EXERCISE_RESTRICTION = "Chỉ dùng trong diễn tập / For the exercise only"
SIMULATED_NOTE = "DỮ LIỆU MÔ PHỎNG: không có nguy hiểm thật. / SIMULATED DATA: there is no real danger."
SIMULATED_RESTRICTION = "Chỉ dùng với dữ liệu mô phỏng / For simulated data only"
NOTE_MAX = 8_000
replace = msgspec.structs.replace


class Settled(msgspec.Struct, frozen=True):
    """A draft whose open questions are answered: status, scope, texts of its template, names of its areas."""

    draft: Draft
    area_code: str | None
    preapproved: str


async def draft(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    new: Draft,
    *,
    incident_id: int | None = None,
    is_exercise: bool | None = None,
    simulated: bool = False,
) -> CapWarning:
    """Write a warning down; ``is_exercise`` is that of its incident, absent without one.

    What was never true warns nobody: a warning of a ``simulated`` incident goes the way of an exercise, and
    says for good that its data were simulated.
    """
    if simulated:
        new, is_exercise = _marked(new), True
    return await make(
        connection, desk, principal, new, msg_type="Alert", refs=(), incident_id=incident_id,
        is_exercise=is_exercise,
    )  # fmt: skip


def _marked(new: Draft) -> Draft:
    """Return a draft that says that its data are simulated, whatever else its note says."""
    note = new.note if new.note.startswith(SIMULATED_NOTE) else f"{SIMULATED_NOTE}\n{new.note}".strip()
    restricted = new.scope in {None, "Restricted"}
    restriction = new.restriction or (SIMULATED_RESTRICTION if restricted else "")
    return replace(new, note=note[:NOTE_MAX], restriction=restriction)


async def make(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    new: Draft,
    *,
    msg_type: OwnType,
    refs: tuple[int, ...],
    incident_id: int | None,
    is_exercise: bool | None,
) -> CapWarning:
    """Add the draft of a message of any type of ours."""
    exercise = new.status == "Exercise" if is_exercise is None else is_exercise
    settled = await settle(connection, desk, new, is_exercise=exercise)
    org = new.owner_org if new.owner_org is not None else principal.org_id
    owner = (await root_org(connection)).id if org is None else org
    principal.require("warning.write", org_id=owner, area_code=settled.area_code, sector=new.sector)
    if owner not in await store.org_names(connection, [owner]):
        raise wrong("owner_org", "không có đơn vị này", "there is no such unit", str(owner))
    now = desk.now()
    number = await store.next_number(connection)
    warning = CapWarning(
        id=0, version=1, identifier=f"hd-{desk.today().year}-{number}", sender=None, sent=None,
        msg_type=msg_type, refs=refs, incident_id=incident_id, is_exercise=exercise, owner_org=owner,
        sector=new.sector, authors=(principal.id,), state="draft", approver=None, approved_at=None,
        sent_by=None, why="", xml=None, ended_at=None, ended_by=None, created_at=now, changed_at=now,
        **_columns(settled),
    )  # fmt: skip
    warning = replace(warning, id=await store.insert(connection, warning))
    await record(
        connection, desk, principal.id, warning, action="draft",
        body={"identifier": warning.identifier, "msg_type": msg_type, "refs": refs,
              "incident_id": incident_id, "is_exercise": exercise, **_weight(warning)},
    )  # fmt: skip
    return warning


async def rewrite(
    connection: Connection, desk: Desk, principal: Principal, warning_id: int, new: Draft, *, version: int
) -> CapWarning:
    """Replace what a draft says; whoever does has a hand in it from then on and cannot approve it."""
    before = await visible(connection, principal, warning_id, lock=True)
    unchanged(before, version)
    if before.state != "draft":
        raise hindered("state", "rewrite")
    if not holds(principal, "warning.write", before):
        raise hindered("part", "rewrite")
    if before.is_exercise and before.content.note.startswith(SIMULATED_NOTE):
        new = _marked(new)
    settled = await settle(
        connection, desk, new, is_exercise=before.is_exercise if before.incident_id or before.refs else None
    )
    principal.require(
        "warning.write", org_id=before.owner_org, area_code=settled.area_code, sector=before.sector
    )
    authors = before.authors if principal.id in before.authors else (*before.authors, principal.id)
    after = replace(
        before, **_columns(settled), version=before.version + 1, changed_at=desk.now(), authors=authors,
        is_exercise=settled.draft.status == "Exercise", why="",
    )  # fmt: skip
    await store.update(connection, after)
    await record(connection, desk, principal.id, after, action="rewrite", body=_weight(after))
    return after


async def settle(connection: Connection, desk: Desk, new: Draft, *, is_exercise: bool | None) -> Settled:
    """Answer what a draft leaves open; ``is_exercise`` None: the draft itself says.

    Raises ``Problem`` for what may not even be written down: an exercise that says otherwise than its
    incident, or anything but an actual message to the public.
    """
    if b"\\u0000" in msgspec.json.encode(new):
        raise wrong("texts", "có ký tự không lưu được (NUL)", "holds a character that cannot be kept (NUL)")
    for field in ("effective", "onset", "expires"):
        at: datetime | None = getattr(new, field)
        if at is not None and at.year not in YEARS:
            raise wrong(field, "năm không hợp lý", "is not a sensible year", str(at.year))
    exercise = new.status == "Exercise" if is_exercise is None else is_exercise
    status = new.status or ("Exercise" if exercise else "Actual")
    scope = new.scope or ("Restricted" if status in NOT_PUBLIC else "Public")
    broken = []
    if (status == "Exercise") != exercise:
        broken.append(Broken("exercise-flag", "status", status))
    if scope == "Public" and status in NOT_PUBLIC:
        broken.append(Broken("never-public", "scope", status))
    if broken:
        raise Problem(INVALID, faults=faults(broken))
    note, restriction = new.note, new.restriction
    if exercise:
        note = note or EXERCISE_NOTE
        restriction = restriction or (EXERCISE_RESTRICTION if scope == "Restricted" else "")
    areas, code = await _areas(connection, desk, new.areas)
    found = replace(new, status=status, scope=scope, note=note, restriction=restriction, areas=areas)
    found, preapproved = _of_template(desk, found)
    return Settled(found, code, preapproved)


def _of_template(desk: Desk, new: Draft) -> tuple[Draft, str]:
    """Return a draft with the texts of its template, and the document that has approved just these."""
    if not new.template:
        return new, ""
    template = desk.templates.get(new.template)
    if template is None:
        raise wrong("template", "không có mẫu này", "there is no such template", new.template)
    try:
        texts = template.filled(new.fill)
    except KeyError as cause:
        name = str(cause.args[0])
        place = template.places[name]
        raise wrong(f"fill.{name}", f"cần điền: {place.vi}", f"is needed: {place.en}") from cause
    expires = new.expires or desk.now() + template.lasting
    found = replace(new, texts=texts, expires=expires)
    facts = ("categories", "response_types", "urgency", "severity", "certainty")
    as_approved = all(getattr(new, name) == getattr(template, name) for name in facts)
    in_time = expires <= desk.now() + template.lasting
    return found, template.approval_on(desk.today()) if as_approved and in_time else ""


async def _areas(
    connection: Connection, desk: Desk, areas: tuple[DraftArea, ...]
) -> tuple[tuple[DraftArea, ...], str | None]:
    """Return areas with their units' names and the day the codes hold; and the unit that holds them all."""
    found: list[DraftArea] = []
    units: list[Area] = []
    for number, area in enumerate(areas):
        here: list[Area] = []
        for code in dict.fromkeys(area.codes):
            unit = await resolve_area(connection, code, desk.today())
            if unit is None:
                raise wrong(f"areas.{number}.codes", "không có đơn vị này", "there is no such unit", code)
            here.append(unit)
        units += here
        described = area.description.strip() or ", ".join(unit.full_name for unit in here)[:500]
        day = desk.today() if here else None
        found.append(replace(area, description=described, codes=tuple(u.code for u in here), day=day))
    return tuple(found), await common(connection, units, found)


def _columns(settled: Settled) -> dict[str, Any]:
    found = settled.draft
    return {
        "content": found, "status": found.status, "scope": found.scope, "area_code": settled.area_code,
        "headline": found.texts[0].headline.strip() or found.texts[0].event if found.texts else "",
        "expires": found.expires, "preapproved": settled.preapproved,
    }  # fmt: skip


def _weight(warning: CapWarning) -> dict[str, Any]:
    """Return what the log holds of a content: its hash, so that it can be compared, and its headline."""
    content = msgspec.json.encode(warning.content, order="sorted")
    return {"headline": warning.headline, "content_sha256": hashlib.sha256(content).hexdigest()}
