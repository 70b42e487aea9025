"""Keeping the register: what packs declare, what people add; methods, targets, duties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.indicators.formulas import book
from haidang.indicators.model import due as dues
from haidang.indicators.model.due import DueRule
from haidang.indicators.model.period import Kind
from haidang.indicators.model.register import (
    Aggregate,
    Code,
    Direction,
    Form,
    FormCode,
    Indicator,
    Level,
    Long,
    Method,
    Name,
    Thresholds,
    Unit,
    sound,
)
from haidang.indicators.model.value import Source
from haidang.indicators.packs import Declarations, Declared, DeclaredForm
from haidang.indicators.service.desk import Desk, record, registered, wrong
from haidang.indicators.store import places
from haidang.indicators.store import register as store
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, missing, unchanged

ACTOR = "system:indicators"
KNOWN = kind(
    "indicator-known", 409, "Mã này đã có trong danh mục", "This code stands in the register already"
)
replace = msgspec.structs.replace
Fraction = Annotated[int, msgspec.Meta(ge=0, le=6)]


class NewForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What units are to hand in at once."""

    code: FormCode
    vi: Name
    en: Name
    period_kind: Kind
    due: DueRule
    sector: str | None = None
    collector_org: int | None = None


class FormPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to change of a form; dues that stand already stay."""

    vi: Name | msgspec.UnsetType = msgspec.UNSET
    en: Name | msgspec.UnsetType = msgspec.UNSET
    due: DueRule | msgspec.UnsetType = msgspec.UNSET
    collector_org: int | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET


class FirstMethod(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an indicator is made, from a day on."""

    vi: Long
    en: Long
    valid_from: date
    formula: Long | None = None
    legal_basis: Long = ""


class NewIndicator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An indicator that a site adds."""

    code: Code
    vi: Name
    en: Name
    definition_vi: Long = ""
    definition_en: Long = ""
    unit: Unit
    decimals: Fraction = 0
    low: Decimal | None = None
    high: Decimal | None = None
    direction: Direction
    thresholds: Thresholds = Thresholds()
    sector: str | None = None
    owner_org: int
    level: Level
    period_kind: Kind
    form_code: FormCode | None = None
    source_kind: Source
    aggregate: Aggregate = "none"
    legal_basis: Long = ""
    legal_verify: bool = False
    method: FirstMethod


class IndicatorPatch(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What is to change; code, unit, period and level stay, and how it is made has versions of its own."""

    vi: Name | msgspec.UnsetType = msgspec.UNSET
    en: Name | msgspec.UnsetType = msgspec.UNSET
    definition_vi: Long | msgspec.UnsetType = msgspec.UNSET
    definition_en: Long | msgspec.UnsetType = msgspec.UNSET
    decimals: Fraction | msgspec.UnsetType = msgspec.UNSET
    low: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    high: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    direction: Direction | msgspec.UnsetType = msgspec.UNSET
    thresholds: Thresholds | msgspec.UnsetType = msgspec.UNSET
    owner_org: int | msgspec.UnsetType = msgspec.UNSET
    legal_basis: Long | msgspec.UnsetType = msgspec.UNSET
    legal_verify: bool | msgspec.UnsetType = msgspec.UNSET
    retired_on: date | msgspec.UnsetType | None = msgspec.UNSET


async def sync(connection: Connection, desk: Desk, declared: Declarations) -> int:
    """Bring what packs declare into the register; what people have changed stays theirs. Return how many
    rows were written."""
    await store.turn(connection)
    written = 0
    now = desk.now()
    known_forms = {each.code: each for each in await store.forms(connection, active=False)}
    for form in declared.forms.values():
        wanted, before = _form(form), known_forms.get(form.form)
        if before is None:
            await store.add_form(connection, wanted, ACTOR, now)
            written += 1
        elif before.pack is not None and before.version == 1 and _differs(before, wanted, _FORM_FACTS):
            await store.put_form(connection, replace(wanted, active=before.active), now)
            written += 1
    known = await store.by_codes(connection)
    for each in declared.indicators.values():
        written += await _declare(connection, desk, each, known.get(each.code))
    return written


_FORM_FACTS = ("vi", "en", "due", "sector")
_KEPT = frozenset(
    {"id", "version", "code", "unit", "period_kind", "level", "owner_org", "edited", "retired_on"}
)


async def _declare(connection: Connection, desk: Desk, each: Declared, before: Indicator | None) -> bool:
    wanted = _indicator(each)
    now = desk.now()
    if before is None:
        number = await store.add(connection, wanted, ACTOR, now)
        await store.add_method(connection, _method(number, 1, each, desk))
        return True
    if before.pack is None or before.edited:
        return False
    facts = [name for name in wanted.__struct_fields__ if name not in _KEPT]
    changed = _differs(before, wanted, facts)
    if changed:
        taken = {name: getattr(wanted, name) for name in facts}
        await store.put(connection, replace(before, version=before.version + 1, **taken), now)
    [latest, *_] = (await store.methods(connection, [before.id]))[before.id]
    said = (each.method.vi, each.method.en, each.method.formula)
    if said != (latest.vi, latest.en, latest.formula) and each.method.valid_from > latest.valid_from:
        await store.add_method(connection, _method(before.id, latest.version + 1, each, desk))
        return True
    return changed


def _differs(before: Any, wanted: Any, facts: Sequence[str]) -> bool:
    return any(getattr(before, name) != getattr(wanted, name) for name in facts)


def _form(each: DeclaredForm) -> Form:
    return Form(
        code=each.form, vi=each.vi, en=each.en, period_kind=each.period, due=each.due, sector=each.sector,
        pack=each.sector,
    )  # fmt: skip


def _indicator(each: Declared) -> Indicator:
    return Indicator(
        id=0, code=each.code, vi=each.vi, en=each.en, definition_vi=each.definition_vi,
        definition_en=each.definition_en, unit=each.unit, decimals=each.decimals, low=_exact(each.low),
        high=_exact(each.high), direction=each.direction, thresholds=each.thresholds, sector=each.sector,
        level=each.level, period_kind=each.period, form_code=each.form, source_kind=each.source,
        aggregate=each.aggregate, legal_basis=each.legal_basis, legal_verify=each.verify, shared=each.shared,
        pack=each.sector,
    )  # fmt: skip


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).normalize() + 0


def _method(indicator_id: int, version: int, each: Declared, desk: Desk) -> Method:
    return Method(
        indicator_id=indicator_id, version=version, valid_from=each.method.valid_from, vi=each.method.vi,
        en=each.method.en, formula=each.method.formula, legal_basis=each.legal_basis, created_by=ACTOR,
        created_at=desk.now(),
    )  # fmt: skip


async def add_form(connection: Connection, desk: Desk, principal: Principal, new: NewForm) -> Form:
    """Add a form; needs ``indicator.manage`` over whoever collects it."""
    principal.require("indicator.manage", org_id=new.collector_org, sector=new.sector)
    found = dues.faults(new.due)
    if found:
        raise Problem(INVALID, faults=found)
    if await store.form(connection, new.code) is not None:
        raise Problem(KNOWN, code=new.code)
    form = Form(**{name: getattr(new, name) for name in new.__struct_fields__})
    await store.add_form(connection, form, principal.id, desk.now())
    await record(
        connection, desk, principal.id, action="form_add", subject=f"form:{form.code}",
        org_id=form.collector_org, sector=form.sector, body=msgspec.to_builtins(new),
    )  # fmt: skip
    return form


async def change_form(
    connection: Connection, desk: Desk, principal: Principal, code: str, patch: FormPatch, *, version: int
) -> Form:
    """Change a form; periods that are open keep their dues."""
    before = await store.form(connection, code, lock=True)
    if before is None:
        raise missing("Không có biểu này.", "There is no such form.")
    principal.require("indicator.manage", org_id=before.collector_org, sector=before.sector)
    unchanged(before, version)
    given = _given(patch)
    if "due" in given and (found := dues.faults(given["due"])):
        raise Problem(INVALID, faults=found)
    if "collector_org" in given:
        principal.require("indicator.manage", org_id=given["collector_org"], sector=before.sector)
    after = replace(before, version=before.version + 1, **given)
    await store.put_form(connection, after, desk.now())
    await record(
        connection, desk, principal.id, action="form_change", subject=f"form:{code}",
        org_id=after.collector_org, sector=after.sector, body=changes(before, after),
    )  # fmt: skip
    return after


def _given(patch: Any) -> dict[str, Any]:
    return {name: getattr(patch, name) for name in patch.__struct_fields__
            if getattr(patch, name) is not msgspec.UNSET}  # fmt: skip


async def add(connection: Connection, desk: Desk, principal: Principal, new: NewIndicator) -> Indicator:
    """Add an indicator with its first method; needs ``indicator.manage`` over the unit that answers for
    it."""
    principal.require("indicator.manage", org_id=new.owner_org, sector=new.sector)
    await _check_new(connection, new)
    given = {name: getattr(new, name) for name in new.__struct_fields__ if name != "method"}
    indicator = Indicator(id=0, **given)
    number = await store.add(connection, indicator, principal.id, desk.now())
    method = Method(
        indicator_id=number, version=1, valid_from=new.method.valid_from, vi=new.method.vi, en=new.method.en,
        formula=new.method.formula, legal_basis=new.method.legal_basis, created_by=principal.id,
        created_at=desk.now(),
    )  # fmt: skip
    await book.admit(connection, principal, replace(indicator, id=number), new.method.formula)
    await store.add_method(connection, method)
    await record(
        connection, desk, principal.id, action="add", subject=f"indicator:{number}", org_id=new.owner_org,
        sector=new.sector, body=msgspec.to_builtins(new),
    )  # fmt: skip
    return replace(indicator, id=number)


async def _check_new(connection: Connection, new: NewIndicator) -> None:
    if await store.by_codes(connection, [new.code]):
        raise Problem(KNOWN, code=new.code)
    faults = []
    if (new.form_code is not None) != (new.source_kind in {"submitted", "typed"}):
        faults.append(
            Fault("form_code", "số liệu đơn vị nộp thì có biểu, loại khác thì không",
                  "what units hand in has a form, and only that", new.form_code)
        )  # fmt: skip
    bounds = (new.low, new.high, new.thresholds.near, new.thresholds.low, new.thresholds.high)
    if not all(sound(each) for each in bounds if each is not None):
        raise wrong("low", "không phải là số dùng được", "is no number that can be kept")
    if new.low is not None and new.high is not None and new.low > new.high:
        faults.append(Fault("low", "lớn hơn giá trị cao nhất", "is above the highest value"))
    if new.form_code is not None:
        form = await store.form(connection, new.form_code)
        if form is None or form.period_kind != new.period_kind:
            faults.append(
                Fault("form_code", "không có biểu này với kỳ đó", "there is no such form of that period",
                      new.form_code)
            )  # fmt: skip
    if not await places.of_unit(connection, new.owner_org):
        faults.append(Fault("owner_org", "không có đơn vị này", "there is no such unit", str(new.owner_org)))
    if faults:
        raise Problem(INVALID, faults=tuple(faults))


def keeps(principal: Principal, indicator: Indicator) -> None:
    """Raise ``Problem`` where the asker does not keep an indicator; without an owner it is the whole
    house's."""
    principal.require("indicator.manage", org_id=indicator.owner_org, sector=indicator.sector)


async def change(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    number: int,
    patch: IndicatorPatch,
    *,
    version: int,
) -> Indicator:
    """Change an indicator; from then on its pack no longer does."""
    before = await registered(connection, principal, number, lock=True)
    keeps(principal, before)
    unchanged(before, version)
    given = _given(patch)
    if "owner_org" in given:
        principal.require("indicator.manage", org_id=given["owner_org"], sector=before.sector)
    after = replace(before, version=before.version + 1, edited=True, **given)
    bounds = (after.low, after.high, after.thresholds.near, after.thresholds.low, after.thresholds.high)
    if not all(sound(each) for each in bounds if each is not None):
        raise wrong("low", "không phải là số dùng được", "is no number that can be kept")
    if after.low is not None and after.high is not None and after.low > after.high:
        raise wrong("low", "lớn hơn giá trị cao nhất", "is above the highest value")
    await store.put(connection, after, desk.now())
    await record(
        connection, desk, principal.id, action="change", subject=f"indicator:{number}",
        org_id=after.owner_org, sector=after.sector, body=changes(before, after),
    )  # fmt: skip
    return after


async def add_method(
    connection: Connection, desk: Desk, principal: Principal, number: int, new: FirstMethod, *, version: int
) -> Method:
    """Let an indicator be made another way from a day on; what was made before keeps its method."""
    indicator = await registered(connection, principal, number, lock=True)
    keeps(principal, indicator)
    unchanged(indicator, version)
    [latest, *_] = (await store.methods(connection, [number]))[number]
    if new.valid_from <= latest.valid_from:
        raise wrong(
            "valid_from", f"phải sau {latest.valid_from:%d/%m/%Y}", f"must be after {latest.valid_from}",
            new.valid_from.isoformat(),
        )  # fmt: skip
    method = Method(
        indicator_id=number, version=latest.version + 1, valid_from=new.valid_from, vi=new.vi, en=new.en,
        formula=new.formula, legal_basis=new.legal_basis, created_by=principal.id, created_at=desk.now(),
    )  # fmt: skip
    await book.admit(connection, principal, indicator, new.formula)
    await store.add_method(connection, method)
    after = replace(indicator, version=indicator.version + 1, edited=True)
    await store.put(connection, after, desk.now())
    await record(
        connection, desk, principal.id, action="method", subject=f"indicator:{number}",
        org_id=indicator.owner_org, sector=indicator.sector, told={"method": method.version},
        body=msgspec.to_builtins(new) | {"method": method.version},
    )  # fmt: skip
    return method
