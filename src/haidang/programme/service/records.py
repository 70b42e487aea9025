"""Records beside a project: adding, amending, reading them, whatever their kind (``model.kinds``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.base.text import fold
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, missing, unchanged
from haidang.programme.model.kinds import KINDS, Kind, faults_of
from haidang.programme.model.records import OWN, Commitment, LeaseComparison, Record, present_values
from haidang.programme.model.register import Project
from haidang.programme.service import projects
from haidang.programme.service.desk import (
    Desk,
    editable,
    known_orgs,
    record,
    require,
    visible,
    wrong,
)
from haidang.programme.store import records, register, rows

MANY_MAX = 2_000
TAKEN = kind(
    "programme-record-taken",
    409,
    "Hồ sơ dự án đã có mục này",
    "The project has such a record already",
)
CHANGE_BROKEN = kind(
    "contract-change-broken",
    409,
    "Phụ lục không nối tiếp giá trị đang có hiệu lực",
    "The amendment does not begin from what holds",
)


class Contractor(msgspec.Struct, frozen=True, kw_only=True):
    """A company that bids and builds."""

    id: int
    version: int = 1
    name: str
    tax_code: str
    created_by: str
    recorded_at: Any


class NewContractor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A company to be known by its tax code."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    tax_code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{10}(-[0-9]{3})?$")]


def kind_of(name: str) -> Kind:
    """Return a kind by its word; ``Problem`` (404) where there is none."""
    if name not in KINDS:
        known = ", ".join(KINDS)
        raise missing(f"Loại hồ sơ là một trong: {known}.", f"A kind of record is one of: {known}.")
    return KINDS[name]


def built(found: Kind, facts: Mapping[str, Any], own: Mapping[str, Any]) -> Record:
    """Return a row from what was sent and what the house sets; ``Problem`` that names each fault."""
    foreign = sorted(set(facts) & (OWN | {"superseded_at"}))
    if foreign:
        raise wrong(foreign[0], "do hệ thống đặt", "is set by the house")
    try:
        row = msgspec.convert({**facts, **own}, found.row, strict=True)
    except msgspec.ValidationError as cause:
        place = re.search(r"at `\$\.?([^`]*)`", str(cause))
        named = re.search(r"field `(\w+)`", str(cause))
        field = place[1] if place else named[1] if named else "record"
        said = str(cause).partition(" - at")[0]
        raise wrong(field, f"không hợp lệ: {said}", f"is not valid: {said}") from cause
    amiss = faults_of(row)
    if amiss:
        raise Problem(INVALID, faults=tuple(Fault(*fault) for fault in amiss))
    return row


async def _refers(connection: Connection, found: Kind, row: Record) -> None:
    """Raise ``Problem`` where a row names something that is not of its project, or no unit."""
    for field, name in found.refs.items():
        number = getattr(row, field)
        if number is not None and not await rows.where(
            connection, KINDS[name].table, KINDS[name].row, id=number, project_id=row.project_id
        ):
            raise wrong(field, "không thuộc dự án này", "is not of this project", str(number))
    for field in found.orgs:
        await known_orgs(connection, field, (getattr(row, field),))
    for field in ("contractor_id", "bidder_id"):
        number = getattr(row, field, None)
        if number is not None and not await rows.existing(connection, "contractor", [number]):
            raise wrong(field, "không có nhà thầu này", "there is no such contractor", str(number))
    evidence = set(getattr(row, "evidence", ()))
    if evidence - await records.files_of(connection, row.project_id, evidence):
        raise wrong("evidence", "không có tệp này trong dự án", "there is no such file of the project")


async def add_many(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    project_id: int,
    news: Sequence[tuple[str, Mapping[str, Any]]],
) -> list[Record]:
    """Add records of any kinds to one project, in their order; all of them, or none."""
    if len(news) > MANY_MAX:
        raise wrong("records", f"tối đa {MANY_MAX}", f"{MANY_MAX} at most")
    project = await editable(connection, principal, project_id, lock=True)
    made: list[Record] = []
    now = desk.now()
    for name, facts in news:
        found = kind_of(name)
        [number] = await rows.fresh_ids(connection, found.table, 1)
        own = {
            "id": number, "version": 1, "project_id": project_id, "created_by": principal.id,
            "recorded_at": now, "changed_at": now,
        }  # fmt: skip
        row = built(found, facts, own)
        await _refers(connection, found, row)
        if isinstance(row, Commitment):
            await records.supersede_commitments(connection, [(project_id, row.plan_year, row.period)], now)
        await write_rows(connection, found, [row])
        made.append(row)
    after = await _parties_told(connection, desk, project, {name for name, _ in news})
    said = [[name, row.id] for (name, _), row in zip(news, made, strict=True)]
    body: dict[str, Any] = {"records": said[:1_000]}
    if len(made) == 1:
        body["facts"] = {field: _plain(getattr(made[0], field)) for field in news[0][1]}
    await record(
        connection, desk, principal.id, action="record.add", subject=f"project:{project_id}", about=after,
        body=body,
    )  # fmt: skip
    return made


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


async def write_rows(connection: Connection, found: Kind, new: Sequence[Record]) -> None:
    """Add rows of one kind; ``Problem`` for what the schema refuses."""
    with _held():
        await rows.add(connection, found.table, new)


async def _put(connection: Connection, found: Kind, row: Record) -> None:
    with _held():
        await rows.put(connection, found.table, row)


@contextmanager
def _held() -> Iterator[None]:
    try:
        yield
    except UniqueViolation as cause:
        raise Problem(TAKEN, rule=cause.diag.constraint_name) from cause
    except CheckViolation as cause:
        if cause.diag.constraint_name == "contract_change_follows":
            raise Problem(CHANGE_BROKEN) from cause
        raise
    except ForeignKeyViolation as cause:
        # What a row names is of its project, but of another contract.
        raise wrong("record", "không thuộc hợp đồng này", "is not of this contract") from cause


async def _parties_told(connection: Connection, desk: Desk, project: Project, names: set[str]) -> Project:
    """Let who takes part see the project, and who has left no more."""
    if "party" not in names:
        return project
    parties = await register.parties(connection, project.id, desk.today())
    orgs = projects.orgs_of(project.owner_org, project.deciding_org, parties)
    if orgs == project.orgs:
        return project
    after = msgspec.structs.replace(project, orgs=orgs, version=project.version + 1, changed_at=desk.now())
    await rows.put(connection, "project", after)
    return after


async def amend(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    record_id: int,
    facts: Mapping[str, Any],
    *,
    name: str,
    version: int,
) -> Record:
    """Change what is said of a record; kinds that are papers, and fields that are baselines, stay."""
    found = kind_of(name)
    before = await rows.get(connection, found.table, found.row, record_id, lock=True)
    if before is None:
        raise missing("Không có mục này.", "There is no such record.")
    project = await visible(connection, principal, before.project_id)
    require(principal, "programme.edit", project)
    unchanged(before, version)
    if not found.amend:
        raise wrong("record", "không sửa; hãy thêm mục mới", "is never changed; add another")
    kept = sorted(set(facts) & found.fixed)
    if kept:
        raise wrong(kept[0], "giữ nguyên như lúc lập", "stays as it was first said")
    now = desk.now()
    own = {field: getattr(before, field) for field in OWN} | {
        "version": before.version + 1,
        "changed_at": now,
    }
    said = {field: getattr(before, field) for field in found.row.__struct_fields__ if field not in OWN}
    row = built(found, said | dict(facts), own)
    await _refers(connection, found, row)
    await _put(connection, found, row)
    after = await _parties_told(connection, desk, project, {name})
    differing = {
        field: both for field, both in changes(before, row).items() if field not in {"version", "changed_at"}
    }
    await record(
        connection, desk, principal.id, action="record.amend", subject=f"project:{project.id}", about=after,
        body={"record": [name, record_id], "changes": _plain(differing)},
    )  # fmt: skip
    return row


async def listed(
    connection: Connection, principal: Principal, project_id: int, name: str
) -> list[dict[str, Any]]:
    """Return the records of a kind of a project in sight, JSON-ready, the oldest first."""
    found = kind_of(name)
    await visible(connection, principal, project_id)
    rows_found = await rows.where(connection, found.table, found.row, project_id=project_id)
    return await shown(connection, name, rows_found)


async def shown(connection: Connection, name: str, found: Sequence[Record]) -> list[dict[str, Any]]:
    """Return records as the API says them: with names, and what a contract has become."""
    plain: list[dict[str, Any]] = [msgspec.to_builtins(row) for row in found]
    for field, table in (("contractor_id", "contractor"), ("bidder_id", "contractor"), ("org_id", "org")):
        if plain and field in plain[0]:
            called = await rows.names(connection, table, "name", (each[field] for each in plain))
            for each in plain:
                each[field.removesuffix("_id") + "_name"] = called.get(each[field])
    if name == "contract":
        now = await records.contracts_now(connection, [row.id for row in found])
        for each in plain:
            each["value_now_dong"], each["expires_now_on"] = now[each["id"]]
    for row, each in zip(found, plain, strict=True):
        if isinstance(row, LeaseComparison):
            each["invest_today_dong"], each["lease_today_dong"] = present_values(row)
    return plain


async def contractors(connection: Connection, q: str, limit: int) -> list[Contractor]:
    """Return companies by a part of their name or their tax code; they are public knowledge."""
    return await records.contractors(connection, Contractor, q, limit)


async def add_contractor(
    connection: Connection, desk: Desk, principal: Principal, new: NewContractor
) -> Contractor:
    """Know a company by its tax code; one that is known already is returned as it is."""
    principal.require("programme.edit")
    found = await rows.where(connection, "contractor", Contractor, tax_code=new.tax_code)
    if found:
        return found[0]
    [number] = await rows.fresh_ids(connection, "contractor", 1)
    made = Contractor(
        id=number, name=" ".join(new.name.split()), tax_code=new.tax_code, created_by=principal.id,
        recorded_at=desk.now(),
    )  # fmt: skip
    await rows.add(connection, "contractor", [made], [{"name_fold": fold(made.name)}])
    return made
