"""What the programme's screens ask of a register of 5,000 projects over ten years, and a sheet of 2,000 rows.

A real ``haidang up`` with a data folder of its own; its register is filled in bulk (``programme_fill``) and
then asked over HTTP by a key that sees everything. Each route is asked three ways: *first*, when the process
has not yet been asked it; *kept*, again and again while nothing changes; *after a write*, when a payment of
the running year has come in between, as it does on a working day. Times are from the request to the last byte
on the loopback; beside each stands how many times a small answer of the same server it took, and the
processor time of server and database, which other work on the machine changes least.
"""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psycopg
import xlsxwriter

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.bench import machine
from haidang.bench.programme_fill import UNITS, fill
from haidang.bench.server import Measured
from haidang.organisation.permissions import system
from haidang.organisation.service.keys import NewKey, make_key
from haidang.programme.service import ledger
from haidang.programme.service.desk import desk_of
from haidang.tasks.model.due import local_day

PROJECTS, QUICK = 5_000, 500
GOAL_MS = 300.0
IMPORT_GOAL_S = 2.0
ROUNDS, WRITES = 15, 7
SHEET_ROWS = 2_000
_API = "/api/v1/programme"
Say = Callable[[str], None]


def bench_programme(*, quick: bool, say: Say) -> dict[str, Any]:
    """Fill a register, ask every route, bring a sheet in; return the report."""
    with tempfile.TemporaryDirectory(prefix="hd-programme-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with Measured(Path(folder) / "data") as measured:
            return _bench(measured, QUICK if quick else PROJECTS, say)


def _bench(measured: Measured, projects: int, say: Say) -> dict[str, Any]:
    today = local_day(SystemClock().now())
    year = today.year if today.month > 1 else today.year - 1
    with measured.connect() as connection:
        counted = fill(connection, projects, today, say)
        unit = _one(connection, "SELECT min(id) FROM org WHERE parent_id IS NOT NULL")
        contractor = _one(connection, "SELECT max(contractor_id) FROM contract")
        calibration = machine.calibrate(measured.folder, 1.0)
        whole, part = asyncio.run(_keys(measured.url, unit))
        with _client(measured, whole) as http, _client(measured, part) as owner:
            small = _asked(http, f"{_API}/programs", ROUNDS)
            routes: dict[str, Any] = {}
            for name, path in _paths(year, unit, contractor).items():
                asker = owner if name.endswith("of one owner") else http
                routes[name] = _route(measured, asker, path, connection, year=year, small_ms=median(small))
                say(
                    f"{name}: {routes[name]['kept_ms']} ms, after a write {routes[name]['after_write_ms']} ms"
                )
            sheet = _import(http, connection, year)
            say(f"sheet of {sheet['rows']:,} rows: {sheet['seconds']} s")
        recounted = asyncio.run(_ledger(measured))
    met = sheet["seconds"] <= IMPORT_GOAL_S and all(
        each[f"{way}_p95_ms"] <= GOAL_MS for each in routes.values() for way in ("kept", "after_write")
    )
    return {
        "projects": projects, "years": 10, "rows": counted, "units": UNITS, "goal_ms": GOAL_MS,
        "small_ms": round(median(small), 2), "routes": routes, "import": sheet, "ledger": recounted,
        "import_goal_s": IMPORT_GOAL_S, "spin_ratio": round(calibration.spin_ratio, 2),
        "load": round(os.getloadavg()[0], 1), "met": met,
    }  # fmt: skip


def _paths(year: int, unit: int, contractor: int) -> dict[str, str]:
    program = f"{_API}/programs/1"
    return {
        "board": f"{program}/board?year={year}",
        "risks": f"{program}/risks?year={year}&limit=50",
        "flags": f"{program}/flags?year={year}",
        "rates by owner": f"{program}/rates?year={year}&by=owner",
        "rates by month": f"{program}/rates?year={year}&by=month",
        "pace by owner": f"{program}/pace?year={year}&by=owner",
        "moves": f"{program}/moves?year={year}",
        "backtest": f"{program}/backtest?year={year}",
        "earned value of a project": f"{_API}/projects/7/earned",
        "curve and forecast of a project": f"{_API}/projects/7/curve?year={year}",
        "an owner's page": f"{_API}/owners/{unit}?program=1&year={year}",
        "a contractor's page": f"{_API}/contractors/{contractor}",
        "forecast of one owner": f"{_API}/forecast?year={year}&program=1",
        "board of one owner": f"{program}/board?year={year}",
    }


def _client(measured: Measured, key: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=f"http://127.0.0.1:{measured.port}", headers=headers, timeout=120)


async def _keys(url: str, unit: int) -> tuple[str, str]:
    """Make a key that sees and decides over everything, and one of a single owner."""
    operator = system("bench")
    may = ("programme.read", "programme.plan", "programme.edit", "programme.oversee", "org.read", "task.read")
    async with Database(url, pool_max=1) as db, db.transaction() as connection:
        [root] = await (await connection.execute("SELECT id FROM org WHERE parent_id IS NULL")).fetchall()
        made = [
            await make_key(
                connection, SystemClock(), operator, NewKey(name=name, org_id=org, permissions=permissions)
            )
            for name, org, permissions in (("all", root[0], may), ("one", unit, ("programme.read",)))
        ]
    return made[0].secret, made[1].secret


def _one(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    if row is None:
        raise RuntimeError(f"nothing found: {query}")
    return int(row[0])


def _asked(http: httpx.Client, path: str, times: int) -> list[float]:
    """Ask a route so many times; return milliseconds, in their order."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        answer = http.get(path)
        found.append((time.perf_counter() - began) * 1_000)
        if not answer.is_success:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    return found


def _route(
    measured: Measured,
    http: httpx.Client,
    path: str,
    connection: psycopg.Connection,
    *,
    year: int,
    small_ms: float,
) -> dict[str, Any]:
    [first] = _asked(http, path, 1)
    before = sum(measured.cpu())
    kept = _asked(http, path, ROUNDS)
    between = sum(measured.cpu())
    after = []
    for number in range(WRITES):
        _write(connection, year, number)
        after += _asked(http, path, 1)
    worked = (1_000 * (between - before) / ROUNDS, 1_000 * (sum(measured.cpu()) - between) / WRITES)
    return {
        "first_ms": round(first, 1), "kept_ms": round(median(kept), 1), "kept_p95_ms": round(_p95(kept), 1),
        "after_write_ms": round(median(after), 1), "after_write_p95_ms": round(_p95(after), 1),
        "kept_cpu_ms": round(worked[0], 1), "after_write_cpu_ms": round(worked[1], 1),
        "ratio": round(median(after) / small_ms, 1), "kB": round(len(http.get(path).content) / 1_000),
    }  # fmt: skip


def _write(connection: psycopg.Connection, year: int, number: int) -> None:
    """Let an owner's estimate of the running year come in, so that the register is another."""
    connection.execute(
        "INSERT INTO payment (project_id, fund_source_id, plan_year, period, kind, state, estimate_dong, "
        "owner_org, created_by, recorded_at, changed_at) SELECT id, 3, %s, 13, 'volume', 'estimate', "
        "1000000, owner_org, 'bench', now(), now() FROM project WHERE id = %s",
        (year, 1 + number),
    )


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


async def _ledger(measured: Measured) -> dict[str, Any]:
    """Let the ledger recount what was filled in: the register is one that could be."""
    desk = desk_of(Settings(data_dir=measured.folder), SystemClock())
    async with Database(measured.url, pool_max=1) as db, db.transaction() as connection:
        await connection.execute("SET LOCAL statement_timeout = 0")
        began = time.perf_counter()
        found = await ledger.check(connection, desk)
        took = time.perf_counter() - began
    return {"seconds": round(took, 2), "findings": [each.about for each in found.findings[:10]]}


def _import(http: httpx.Client, connection: psycopg.Connection, year: int) -> dict[str, Any]:
    """Bring sheets in and approve them, the first into a process that has read none; return a later one."""
    taken = []
    for turn in range(3):
        program = _one(
            connection,
            "INSERT INTO program (code, name, period_from, period_to, owner_org, simulated, created_by, "
            f"recorded_at, changed_at) SELECT 'SHEET-{turn}', 'Bảng {turn}', {year}, {year + 1}, id, true, "
            "'bench', now(), now() FROM org WHERE parent_id IS NULL RETURNING id",
        )
        content = sheet(SHEET_ROWS, year, turn)
        began = time.perf_counter()
        query: dict[str, str | int] = {
            "program": program,
            "name": f"bang-{turn}.xlsx",
            "valid_from": f"{year - 1}-12-10",
        }
        read = http.post(
            f"{_API}/imports", params=query, content=content, headers={"Idempotency-Key": f"read-{turn:032}"}
        )
        read.raise_for_status()
        compared = time.perf_counter()
        made = read.json()
        decision = {"doc_number": f"{turn}/NQ-HĐND", "signed_on": f"{year - 1}-12-10"}
        done = http.post(
            f"{_API}/imports/{made['id']}/approve",
            json={"diff": made["diff"]["hash"], "decision": decision},
            headers={"Idempotency-Key": f"approve-{turn:029}", "If-Match": f'"{made["version"]}"'},
        )
        done.raise_for_status()
        ended = time.perf_counter()
        taken.append((ended - began, compared - began))
    whole, reading = sorted(taken[1:])[0]
    return {
        "rows": SHEET_ROWS, "first_seconds": round(taken[0][0], 2), "seconds": round(whole, 2),
        "read_and_compare_s": round(reading, 2), "approve_s": round(whole - reading, 2),
        "result": done.json()["result"],
    }  # fmt: skip


def sheet(rows: int, year: int, turn: int) -> bytes:
    """Return a plan sheet of so many rows: owners with their projects, each owner stating its sums."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet("Kế hoạch")
    page.write(0, 0, f"DANH MỤC DỰ ÁN BỐ TRÍ KẾ HOẠCH VỐN NĂM {year}")
    page.write(1, 5, "ĐVT: Triệu đồng")
    heads = (
        "TT", "Danh mục dự án", "Địa điểm xây dựng", "Thời gian khởi công - hoàn thành",
        "Tổng mức đầu tư", f"Kế hoạch vốn năm {year}",
    )  # fmt: skip
    for column, head in enumerate(heads):
        page.write(2, column, head)
    owners = 40
    each = (rows - owners - 1) // owners
    line = 4
    totals = [0, 0]
    for owner in range(owners):
        amounts = [(40_000 + 17 * (owner * each + n), 3_000 + 7 * (owner * each + n)) for n in range(each)]
        sums = [sum(column) for column in zip(*amounts, strict=True)]
        page.write_row(line, 0, (roman(owner + 1), f"Ban quản lý dự án số {owner + 1}", "", "", *sums))
        totals = [total + summed for total, summed in zip(totals, sums, strict=True)]
        for number, (total, plan) in enumerate(amounts, 1):
            name = f"Xây dựng công trình số {number} thuộc ban {owner + 1}, bảng {turn}"
            page.write_row(line + number, 0, (str(number), name, "Phường Bến Sáng", f"{year - 1}-{year + 1}"))
            page.write_row(line + number, 4, (total, plan))
        line += each + 1
    page.write_row(3, 0, ("", "TỔNG SỐ", "", "", *totals))
    book.close()
    return file.getvalue()


def roman(number: int) -> str:
    """Return a number below 50 as Roman numerals."""
    tens, ones = divmod(number, 10)
    return ("", "X", "XX", "XXX", "XL")[tens] + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[
        ones
    ]


def printed(report: dict[str, Any]) -> list[str]:
    """Return the report as lines for a terminal."""
    heads = ("first", "kept", "p95", "written", "p95", "CPU kept", "written")
    lines = [f"{'ms':34}{''.join(f'{head:>9}' for head in heads)}{'×small':>8}{'kB':>7}"]
    for name, found in report["routes"].items():
        figures = "".join(
            f"{found[key]:9.1f}"
            for key in (
                "first_ms",
                "kept_ms",
                "kept_p95_ms",
                "after_write_ms",
                "after_write_p95_ms",
                "kept_cpu_ms",
                "after_write_cpu_ms",
            )
        )
        missed = "" if found["after_write_p95_ms"] <= GOAL_MS else "  MISSED"
        lines.append(f"{name:34}{figures}{found['ratio']:8.1f}{found['kB']:7}{missed}")
    sheet_found = report["import"]
    lines.append(
        f"sheet of {sheet_found['rows']:,} rows: {sheet_found['seconds']} s (read and compare "
        f"{sheet_found['read_and_compare_s']}, approve {sheet_found['approve_s']}; "
        f"the first {sheet_found['first_seconds']})"
    )
    lines.append(
        f"ledger recounted in {report['ledger']['seconds']} s: {len(report['ledger']['findings'])} findings"
    )
    return lines
