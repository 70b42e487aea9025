"""A command to a device: who may give it, and its record, before it leaves and when its end is known."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
import structlog
from prometheus_client import Counter

from haidang.base.database import Connection
from haidang.base.metrics import REGISTRY
from haidang.base.problems import FORBIDDEN, NOT_FOUND, UNAVAILABLE, Problem, kind
from haidang.city.registrations import source, store
from haidang.city.registrations.book import Compiled, refresh
from haidang.city.registrations.source import Command, Outcome
from haidang.city.service import City
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal
from haidang.organisation.service.standing import standing

REFUSED = kind("source-refused", 502, "Nguồn dữ liệu từ chối", "The context source has refused this")
UNREACHABLE = kind(
    "source-unreachable",
    502,
    "Không kết nối được nguồn dữ liệu; lệnh chưa được gửi",
    "The context source cannot be reached; nothing was sent",
)
SILENT = kind(
    "source-silent",
    504,
    "Nguồn dữ liệu không trả lời; lệnh có thể đã được thực hiện",
    "The context source has not answered; the command may have been carried out",
)
RESTING = kind(
    "source-resting",
    504,
    "Nguồn dữ liệu vừa lỗi và đang nghỉ; lệnh chưa được gửi",
    "The context source has just failed and is left alone for a while; nothing was sent",
)
LOOP = kind("loop-detected", 508, "Yêu cầu chạy vòng", "The request runs in a circle")

BODY_MAX = 4_000
"""Characters of a command that the audit log keeps."""
ENDED = Counter(
    "haidang_actuations", "Commands to context sources, by their end.", ["end"], registry=REGISTRY
)
_KINDS = {"refused": REFUSED, "unreachable": UNREACHABLE, "silent": SILENT, "loop": LOOP}
_HINTS = {
    "silent": (
        "lệnh có thể đã được thực hiện: hãy kiểm tra thiết bị trước khi gửi lại",
        "it may have been carried out: look at the device before you send it again",
    ),
    "unreachable": ("lệnh chưa được gửi", "nothing was sent"),
}
_log = structlog.get_logger("haidang.city.registrations")
_under_way: set[asyncio.Task[Outcome]] = set()


class Act(msgspec.Struct, frozen=True):
    """Whose entity is changed, and how; what the audit log tells."""

    entity_id: str
    attributes: tuple[str, ...]
    operation: str


async def check(city: City, principal: Principal, one: Compiled, entity_id: str) -> None:
    """Raise ``Problem`` where the asker, or whoever made the registration, may not write the entity.

    An entity that is not here has the registration's origin.
    """
    async with city.db.transaction() as conn:
        here = (await store.origins(conn, one.tenant_id, [entity_id])).get(entity_id)
        owner = await standing(conn, one.owner, city.clock.now())
    org, area, sector = here or (one.origin.owner_org, one.origin.area_code, one.origin.sector)
    if not principal.may("entity.write", org_id=org, area_code=area, sector=sector):
        if not principal.may("entity.read", org_id=org, area_code=area, sector=sector):
            raise Problem(NOT_FOUND, f"Không có thực thể {entity_id}.", f"There is no entity {entity_id}.")
        raise Problem(
            FORBIDDEN,
            f"Bạn không được ghi thực thể {entity_id}.",
            f"You may not write the entity {entity_id}.",
        )
    if owner is None or not owner.may("entity.write", org_id=org, area_code=area, sector=sector):
        raise Problem(
            FORBIDDEN,
            f"Người tạo đăng ký nguồn {one.id} không có quyền với thực thể này; cần tạo lại đăng ký.",
            f"Whoever made the registration {one.id} may not write this entity; delete or renew it.",
            registration=one.id,
        )


async def carry_out(city: City, principal: Principal, one: Compiled, act: Act, command: Command) -> Outcome:
    """Send a command, on record, and return what came of it; ``Problem`` where it may not leave at all.

    An asker who goes away meanwhile stops neither the command nor its record.
    """
    task = asyncio.create_task(_carry_out(city, principal, one, act, command))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return await asyncio.shield(task)


def failure(one: Compiled, outcome: Outcome) -> Problem:
    """Return the problem document of a command that did not succeed."""
    vi, en = _HINTS.get(outcome.end, ("", ""))
    return Problem(
        _KINDS[outcome.end],
        f"{one.id}: {outcome.reason}{vi and '; ' + vi}.",
        f"{one.id}: {outcome.reason}{en and '; ' + en}.",
        registration=one.id,
        source_status=outcome.status,
    )


async def _carry_out(city: City, principal: Principal, one: Compiled, act: Act, command: Command) -> Outcome:
    async with city.db.transaction() as conn:
        row = await store.by_no(conn, one.no)
        if row is not None:
            _check_rest(city, one, row)
            number = await _begin(conn, city, principal, one, act=act, command=command)
    if row is None:
        await refresh(city)
        raise Problem(
            UNAVAILABLE,
            "Đăng ký nguồn vừa bị xóa; hãy gửi lại.",
            "The registration has just been deleted; send it again.",
            retry_after_s=1,
        )
    outcome = await source.send(one.definition, command, city.settings.notification_allow_hosts)
    ENDED.labels(outcome.end).inc()
    try:
        async with city.db.transaction() as conn:
            await store.count_sent(conn, one.no, city.clock.now(), outcome.reason or None)
            await _end(conn, city, principal, one, act=act, outcome=outcome, number=number)
    except (psycopg.Error, Problem, OSError) as error:
        # The device has acted: an error would make the asker send it again. The log has a begin without end.
        _log.error("the end of a command is not recorded", begin=number, end=outcome.end, error=str(error))
    return outcome


def _check_rest(city: City, one: Compiled, row: store.Row) -> None:
    rest_s = one.definition.cooldown_s
    failed = row.last_failure is not None and (
        row.last_success is None or row.last_success < row.last_failure
    )
    if not rest_s or not failed or row.last_failure is None:
        return
    left = row.last_failure + timedelta(seconds=rest_s) - city.clock.now()
    if left > timedelta():
        seconds = max(1, round(left.total_seconds()))
        raise Problem(
            RESTING,
            f"Thử lại sau {seconds} giây; lần trước: {row.last_error}.",
            f"Try again in {seconds} s; the last time: {row.last_error}.",
            registration=one.id,
            retry_after_s=seconds,
        )


async def _begin(
    conn: Connection, city: City, principal: Principal, one: Compiled, *, act: Act, command: Command
) -> int:
    detail = _detail(one, act) | {
        "request": f"{command.method} {command.path}",
        "body": command.body.decode("utf-8", "replace")[:BODY_MAX],
    }
    entry = await audit(
        conn, principal, "actuation.begin", act.entity_id, detail, org_id=_org(one), clock=city.clock
    )
    return entry.no


async def _end(
    conn: Connection,
    city: City,
    principal: Principal,
    one: Compiled,
    *,
    act: Act,
    outcome: Outcome,
    number: int,
) -> None:
    detail = _detail(one, act) | {"begin": number, "end": outcome.end, "status": outcome.status}
    if outcome.reason:
        detail["reason"] = outcome.reason
    if outcome.not_updated:
        detail["not_updated"] = [list(each) for each in outcome.not_updated]
    await audit(conn, principal, "actuation.end", act.entity_id, detail, org_id=_org(one), clock=city.clock)


def _detail(one: Compiled, act: Act) -> dict[str, Any]:
    return {
        "registration": one.id,
        "area_code": one.origin.area_code,
        "sector": one.origin.sector,
        "attributes": list(act.attributes),
        "operation": act.operation,
    }


def _org(one: Compiled) -> int | None:
    return one.origin.owner_org or None
