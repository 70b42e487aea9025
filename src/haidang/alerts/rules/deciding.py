"""Use cases of rules: a look at them, modes, overrides for single entities, reading packs again.

A mode counts for the whole site and needs the permission over all of it; an override over its entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from haidang.alerts.rules import checking, decided, store
from haidang.alerts.rules.book import RuleBook, book_of
from haidang.alerts.rules.decided import ModeRow, OverrideRow
from haidang.alerts.rules.index import overridden
from haidang.alerts.rules.live import live_of
from haidang.alerts.rules.model import Mode, Rule
from haidang.alerts.rules.reading import refusal, written
from haidang.base.database import Connection
from haidang.base.problems import FORBIDDEN, INVALID, Fault, Problem
from haidang.city.service import City
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged

_SHADOWS = 50

YEARS = range(2000, 2200)


class NewMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a rule shall run."""

    mode: Mode
    reason: str


class NewOverride(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall differ for an entity."""

    entity: str
    set: dict[str, Any] = {}
    """Fields of the rule's condition: ``{"above": 6.2, "clears_below": 6.0}``."""
    off: bool = False
    until: datetime | None = None
    reason: str


class _None:
    """What stands where nothing was decided yet: version 0."""

    version = 0


async def book_now(conn: Connection, city: City) -> RuleBook:
    """Return the book as the tables and files are now."""
    book = book_of(city)
    await book.refresh(conn, city.clock.now())
    return book


async def listed(conn: Connection, city: City, principal: Principal) -> dict[str, Any]:
    """Return all rules, what is wrong with packs, and up to when everything was looked at."""
    book = await book_now(conn, city)
    modes = await decided.modes(conn)
    counts: dict[str, int] = {}
    for rule, _ in book.overrides:
        counts[rule] = counts.get(rule, 0) + 1
    clock, live = await store.clock(conn), live_of(city)
    return {
        "items": [
            brief(rule, modes.get(rule.rule)) | {"overrides": counts.get(rule.rule, 0)}
            for rule in sorted(book.rules.by_name.values(), key=lambda rule: (rule.priority, rule.rule))
        ],
        "faults": [msgspec.to_builtins(fault) for fault in book.faults],
        "checked_until": clock and clock.checked,
        "listening_since": clock and clock.listening,
        "late": live.engine.late,
        "units_refused": [
            {"type": type_, "attr": attr, "unit": unit} for type_, attr, unit in sorted(live.columns.refused)
        ],
    }


async def shown(conn: Connection, city: City, principal: Principal, name: str) -> dict[str, Any]:
    """Return one rule in full, what was decided about it, and what it would have told while on trial."""
    rule = rule_of(await book_now(conn, city), name)
    row = (await decided.modes(conn)).get(name)
    shadows = await decided.shadows(conn, principal, name, _SHADOWS)
    return brief(rule, row) | {
        "definition": written(rule),
        "samples": len(rule.samples),
        "overrides": [_override(one) for one in await decided.overrides_of(conn, principal, name)],
        "on_trial": [
            {"entity": entity, "kind": kind, "at": at, "value": value} for entity, kind, at, value in shadows
        ],
    }


def brief(rule: Rule, row: ModeRow | None) -> dict[str, Any]:
    """Return a rule as lists show it."""
    return {
        "rule": rule.rule,
        "rule_version": rule.version,
        "title_vi": rule.vi,
        "title_en": rule.en,
        "type": rule.type,
        "sector": rule.sector,
        "kind": rule.when.kind,
        "priority": rule.priority,
        "consequence_class": rule.consequence_class,
        "respond_within_s": rule.respond_within // 1_000_000,
        "mode": row.mode if row else rule.mode,
        "delivered_mode": rule.mode,
        "mode_reason": row.reason if row else None,
        "mode_by": row.by if row else None,
        "mode_at": row.at if row else None,
        "version": row.version if row else 0,
        "incident": rule.incident and msgspec.to_builtins(rule.incident),
    }


def rule_of(book: RuleBook, name: str) -> Rule:
    """Return a rule; ``Problem`` (404) where there is none of that name."""
    rule = book.rules.by_name.get(name)
    if rule is None:
        raise missing("Không có quy tắc này.", "There is no such rule.")
    return rule


def _override(row: OverrideRow) -> dict[str, Any]:
    return {
        "entity": row.entity,
        "set": row.changes,
        "off": row.off,
        "until": row.until,
        "reason": row.reason,
        "by": row.by,
        "at": row.at,
        "version": row.version,
    }


def _reason(text: str) -> str:
    found = text.strip()
    if not 1 <= len(found) <= 500:
        raise Problem(
            INVALID, faults=(Fault("reason", "cần lý do, tối đa 500 ký tự", "a reason, at most 500"),)
        )
    return found


async def set_mode(
    conn: Connection, city: City, principal: Principal, name: str, new: NewMode, *, version: int
) -> dict[str, Any]:
    """Switch a rule on, off, or to trial, for the whole site; counts from the next stretch of the log on."""
    if not principal.everywhere("alert.rule"):
        raise Problem(
            FORBIDDEN,
            "Bật, tắt quy tắc cần quyền trên toàn hệ thống.",
            "To switch rules the permission is needed over the whole site.",
        )
    rule, reason = rule_of(await book_now(conn, city), name), _reason(new.reason)
    before = await decided.mode(conn, name)
    unchanged(before or _None(), version)
    row = ModeRow(name, new.mode, reason, principal.id, city.clock.now(), version + 1)
    await decided.set_mode(conn, row)
    await decided.revise(conn)
    detail = {"mode": [before.mode if before else rule.mode, new.mode], "reason": row.reason}
    await audit(conn, principal, "alert_rule.mode", f"alert_rule:{name}", detail, clock=city.clock)
    return brief(rule, row)


async def overrides(conn: Connection, city: City, principal: Principal, name: str) -> dict[str, Any]:
    """Return the overrides of a rule, of entities that the asker may read."""
    rule_of(await book_now(conn, city), name)
    found = await decided.overrides_of(conn, principal, name)
    return {"items": [_override(one) for one in found], "next": None}


async def set_override(
    conn: Connection, city: City, principal: Principal, name: str, new: NewOverride, *, version: int
) -> dict[str, Any]:
    """Let a rule be another for one entity, or leave it in peace; until an instant, or for good."""
    rule = rule_of(await book_now(conn, city), name)
    subject = await _may(conn, principal, new.entity)
    _check(rule, new)
    now = city.clock.now()
    if new.until is not None and (new.until.tzinfo is None or new.until <= now):
        raise Problem(INVALID, faults=(Fault("until", "phải ở tương lai", "must lie in the future"),))
    if new.until is not None and new.until.year not in YEARS:
        # In another zone it may be the year 10000, which comes back from the database to nobody.
        raise Problem(INVALID, faults=(Fault("until", "năm không hợp lý", "is not a sensible year"),))
    unchanged(await decided.override(conn, name, new.entity) or _None(), version)
    row = OverrideRow(
        name, new.entity, new.set, new.off, new.until, _reason(new.reason), principal.id, now, version + 1
    )
    await decided.set_override(conn, row)
    await decided.revise(conn)
    detail = {"rule": name, "set": new.set, "off": new.off, "until": new.until, "reason": row.reason}
    await audit(
        conn,
        principal,
        "alert_rule.override",
        f"entity:{new.entity}",
        detail,
        org_id=subject.owner_org,
        clock=city.clock,
    )
    return _override(row)


def with_values(rule: Rule, values: Mapping[str, Any], place: str = "set") -> Rule:
    """Return a rule whose condition has other values; ``Problem`` where it cannot be so."""
    when = overridden(rule, values)
    faults = tuple(checking.condition_faults(when, place, inside=None))
    if faults:
        raise refusal(faults)
    return msgspec.structs.replace(rule, when=when)


def _check(rule: Rule, new: NewOverride) -> None:
    """Refuse what the rule cannot be for an entity."""
    if new.off:
        return
    if rule.when.kind in ("count", "together") or not new.set:
        fault = Fault(
            "set",
            "quy tắc này chỉ tắt được cho từng đối tượng" if new.set else "thiếu: cần giá trị khác, hoặc off",
            "this kind can only be off for an entity" if new.set else "missing: other values, or off",
        )
        raise refusal((fault,))
    with_values(rule, new.set)


async def drop_override(
    conn: Connection, city: City, principal: Principal, name: str, entity: str, *, version: int
) -> None:
    """Let a rule be for an entity as for all others."""
    subject = await _may(conn, principal, entity)
    found = await decided.override(conn, name, entity)
    if found is None:
        raise missing("Không có ngoại lệ này.", "There is no such override.")
    unchanged(found, version)
    await decided.drop_override(conn, name, entity)
    await decided.revise(conn)
    await audit(
        conn,
        principal,
        "alert_rule.override_end",
        f"entity:{entity}",
        {"rule": name},
        org_id=subject.owner_org,
        clock=city.clock,
    )


async def _may(conn: Connection, principal: Principal, entity: str) -> decided.Subject:
    """Return whose an entity is; 404 where the asker may not read it, 403 where not decide about it."""
    subject = await decided.subject(conn, entity)
    origin = {} if subject is None else {
        "org_id": subject.owner_org, "area_code": subject.area, "sector": subject.sector,
    }  # fmt: skip
    if subject is None or not principal.may("entity.read", **origin):  # type: ignore[arg-type]
        raise missing("Không có đối tượng này.", "There is no such entity.")
    principal.require("alert.rule", **origin)  # type: ignore[arg-type]
    return subject


async def reload(conn: Connection, city: City, principal: Principal) -> dict[str, Any]:
    """Let every process read the packs again, and say what is wrong with them."""
    if not principal.everywhere("alert.rule"):
        raise Problem(
            FORBIDDEN,
            "Đọc lại quy tắc cần quyền trên toàn hệ thống.",
            "To read the rules again the permission is needed over the whole site.",
        )
    await decided.revise(conn)
    book = await book_now(conn, city)
    await audit(
        conn, principal, "alert_rule.reload", "alert_rules", {"rules": len(book.rules.by_name)},
        clock=city.clock,
    )  # fmt: skip
    return {
        "rules": len(book.rules.by_name),
        "faults": [msgspec.to_builtins(fault) for fault in book.faults],
    }
