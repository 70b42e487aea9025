"""Drafting, signing and withdrawing letters to contractors; who may see one."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.documents import numbering
from haidang.documents.numbering.model import LETTER
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.organisation.service.letterhead import letterhead
from haidang.programme.letters import store
from haidang.programme.letters.evidence import evidence
from haidang.programme.letters.model import ACTS, Letter, NewLetter, judging
from haidang.programme.letters.store import Row
from haidang.programme.model import cases as model
from haidang.programme.model.cases import RULES, Case
from haidang.programme.model.records import Contract
from haidang.programme.model.register import Project
from haidang.programme.service import cases
from haidang.programme.service.cases import NOT_YOURS, NewCase, parts_of
from haidang.programme.service.desk import Desk, record, visible, wrong
from haidang.programme.store import rows
from haidang.tasks.model.due import last_day

SETTLED = kind(
    "contractor-letter-settled", 409, "Công văn này đã ký hoặc đã rút", "The letter is signed or withdrawn"
)
NO_CASE = kind(
    "contractor-letter-no-case",
    409,
    "Hợp đồng không có vụ việc đang mở cho bước này",
    "The contract has no open case for this step",
)
REGISTERED = "Công văn trong hồ sơ nhà thầu (hạn chế xem)"
"""What the register of numbers says of such a letter: more people see it than may see the letter."""


async def draft(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    project_id: int,
    new: NewLetter,
    *,
    province: str | None,
) -> dict[str, Any]:
    """Keep what a letter is to say, with the facts of the register as they are now; it has no number yet."""
    project = await visible(connection, principal, project_id)
    parts = parts_of(principal, project)
    by_owner = new.act == "warn" or RULES[new.act].part == "owner"
    if ("owner" if by_owner else "office") not in parts and not (new.skips and "office" in parts):
        raise Problem(NOT_YOURS, act=new.act)
    contract = await _contract(connection, project_id, new.contract_id, "contract_id")
    await _fits(connection, project_id, new)
    issuer = project.owner_org if by_owner and "owner" in parts else principal.org_id
    if issuer is None:
        raise wrong("issuer", "người lập phải thuộc một đơn vị", "whoever issues it must belong to a unit")
    case_id = await store.open_case(connection, contract.id)
    if (case_id is None) != (new.act == "warn"):
        raise Problem(NO_CASE if case_id is None else cases.OPEN_ALREADY)
    name, tax_code = await store.company(connection, contract.contractor_id)
    found = await store.facts(connection, project=project_id, contract=contract.id, today=desk.today())
    successor = (
        None
        if new.new_contract_id is None
        else await _contract(connection, project_id, new.new_contract_id, "new_contract_id")
    )
    said = Letter(
        act=new.act, agency=await letterhead(connection, issuer, province), project=project.name,
        contractor=name, tax_code=tax_code, contract_no=contract.contract_no,
        contract_signed_on=contract.signed_on, new=new, as_of=desk.today(), made_at=desk.now(),
        new_contract_no=successor.contract_no if successor else "",
        evidence=evidence(contract, found, desk.today()), simulated=project.simulated,
    )  # fmt: skip
    text = msgspec.json.encode(said, order="deterministic").decode()
    [number] = await rows.fresh_ids(connection, "contractor_letter", 1)
    row = Row(
        id=number, project_id=project_id, contract_id=contract.id, case_id=case_id, act=new.act,
        issuer_org=issuer, content=text, sha256=hashlib.sha256(text.encode()).hexdigest(),
        made_by=principal.id, made_at=desk.now(),
    )  # fmt: skip
    await rows.add(connection, "contractor_letter", [row])
    await _record(connection, desk, principal, project, row, what="draft")
    return shown(row) | {"judging": judging(new)}


async def _contract(connection: Connection, project_id: int, contract_id: int, field: str) -> Contract:
    found = await rows.where(connection, "contract", Contract, id=contract_id, project_id=project_id)
    if not found:
        raise wrong(field, "không thuộc dự án này", "is not of this project", str(contract_id))
    return found[0]


async def _fits(connection: Connection, project_id: int, new: NewLetter) -> None:
    """Raise ``Problem`` where a field is missing for the step, or is of another one."""
    needed = {"warn": ("subject",), "plan": ("plan_until",)}.get(new.act, ())
    for field in needed:
        if not getattr(new, field):
            raise wrong(field, "bước này cần có", "this step needs it")
    of_others = {
        "plan_until": "plan",
        "cut_dong": "cut_scope",
        "new_contract_id": "replace",
        "subject": "warn",
    }
    for field, act in of_others.items():
        if new.act != act and getattr(new, field) not in (None, ""):
            raise wrong(field, f"chỉ dùng cho bước {act}", f"is of the step {act} only")
    if new.act == "warn" and new.skips:
        raise wrong("skips", "bước đầu không bỏ qua gì", "the first step skips nothing")


async def sign(
    connection: Connection, desk: Desk, principal: Principal, letter_id: int, *, version: int
) -> dict[str, Any]:
    """Give a draft its number and do the step that it is of, both or neither; ``Problem`` as the step's."""
    row, project = await _seen(connection, principal, letter_id, lock=True)
    _open(row, version)
    said = msgspec.json.decode(row.content, type=Letter)
    number = await numbering.take(
        connection, issuer_org=row.issuer_org, type_code=LETTER, year=desk.today().year, subject=REGISTERED,
        actor=principal.id, at=desk.now(),
    )  # fmt: skip
    case = await _step(connection, desk, principal, row, said, number.symbol)
    after = msgspec.structs.replace(
        row, version=row.version + 1, state="signed", case_id=case.id, number=number.symbol,
        signed_on=desk.today(), decided_by=principal.id, decided_at=desk.now(),
        reply_until=last_day(case.reply_until) if case.reply_until and row.act != "close" else None,
    )  # fmt: skip
    await rows.put(connection, "contractor_letter", after)
    await _record(connection, desk, principal, project, after, what="sign")
    return shown(after)


async def _step(  # noqa: PLR0917 - a letter, and by which number
    connection: Connection, desk: Desk, principal: Principal, row: Row, said: Letter, number: str
) -> Case:
    new = said.new
    facts: dict[str, Any] = {
        "document": number, "dated_on": desk.today(), "decided_by": new.signatory.name, "text": new.text,
    }  # fmt: skip
    if row.act != "close":
        facts["reply_working_days"] = new.reply_working_days
    if row.act == "warn":
        case = NewCase(contract_id=row.contract_id, subject=new.subject, warning=model.Warn(**facts))
        return await cases.open_case(connection, desk, principal, row.project_id, case)
    before = await rows.get(connection, "contractor_case", Case, row.case_id or 0, lock=True)
    assert before is not None  # noqa: S101 - the schema holds it
    return await cases.perform(
        connection, desk, principal, before.id, _act(new, facts), version=before.version
    )


def _act(new: NewLetter, facts: dict[str, Any]) -> model.Act:
    """Return the act of a letter's step."""
    if new.act == "close":
        return model.Close(**facts)
    facts = facts | {"skips": new.skips}
    if new.act == "plan":
        assert new.plan_until is not None  # noqa: S101 - asked when it was drafted
        return model.Plan(**facts, plan_until=new.plan_until)
    if new.act == "cut_scope":
        return model.CutScope(**facts, cut_dong=new.cut_dong)
    if new.act == "replace":
        return model.Replace(**facts, new_contract_id=new.new_contract_id)
    return model.Demand(**facts)


async def withdraw(
    connection: Connection, desk: Desk, principal: Principal, letter_id: int, reason: str, *, version: int
) -> dict[str, Any]:
    """Decide that a draft is not sent; it stays readable for who saw it."""
    row, project = await _seen(connection, principal, letter_id, lock=True)
    _open(row, version)
    after = msgspec.structs.replace(
        row, version=row.version + 1, state="withdrawn", decided_by=principal.id, decided_at=desk.now(),
        reason=reason,
    )  # fmt: skip
    await rows.put(connection, "contractor_letter", after)
    await _record(connection, desk, principal, project, after, what="withdraw")
    return shown(after)


def _open(row: Row, version: int) -> None:
    if row.state != "draft":
        raise Problem(SETTLED, state=row.state)
    unchanged(row, version)


async def _record(
    connection: Connection, desk: Desk, principal: Principal, project: Project, row: Row, *, what: str
) -> None:  # fmt: skip
    await record(
        connection, desk, principal.id, action=f"letter.{what}", subject=f"contractor_letter:{row.id}",
        about=project, told=False,
        body={"act": row.act, "contract_id": row.contract_id, "case_id": row.case_id, "sha256": row.sha256,
              "number": row.number, "reason": row.reason},
    )  # fmt: skip


async def _seen(
    connection: Connection, principal: Principal, letter_id: int, *, lock: bool = False
) -> tuple[Row, Project]:
    """Return a letter; only the project's owner and the office see one."""
    row = await rows.get(connection, "contractor_letter", Row, letter_id, lock=lock)
    if row is not None:
        project = await rows.get(connection, "project", Project, row.project_id)
        if project is not None and parts_of(principal, project):
            return row, project
    raise missing("Không có công văn này.", "There is no such letter.")


async def opened(
    connection: Connection, principal: Principal, letter_id: int
) -> tuple[dict[str, Any], Row, Letter]:
    """Return a letter as answers carry it, its row, and what it says."""
    row, _ = await _seen(connection, principal, letter_id)
    said = msgspec.json.decode(row.content, type=Letter)
    return shown(row) | {"judging": judging(said.new)}, row, said


async def listed(
    connection: Connection,
    principal: Principal,
    *,
    project: int | None,
    case: int | None,
    before: int | None,
    limit: int,
) -> dict[str, Any]:
    """Return a page of letters in sight."""
    found = await store.page(
        connection, principal, project=project, case=case, before=before, limit=limit + 1
    )
    more = str(found[limit - 1].id) if len(found) > limit else None
    return {"items": [shown(row) for row in found[:limit]], "next": more}


def shown(row: Row) -> dict[str, Any]:
    """Return a letter as lists carry it."""
    plain: dict[str, Any] = msgspec.to_builtins(row)
    del plain["content"]
    said = msgspec.json.decode(row.content, type=Letter)
    about = ACTS[row.act].format(no=said.contract_no)
    return plain | {"about": about, "contractor_name": said.contractor, "signatory": said.new.signatory.name}
