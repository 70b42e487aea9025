"""A register of 5,000 projects over ten plan years with monthly payments, filled in bulk for the bench.

By statements, not by the room's services: what is measured is asking, not writing. Guards of the tables are
off meanwhile and on again after; the ledger's own check over the filled register must find nothing.
Amounts follow from hashes of project, year and period, so every run fills the same register on the same day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg

YEARS = 10
UNITS = 60
CONTRACTORS = 300
BATCH = 500
_GUARDED = ("capital_plan", "payment", "bid", "contract", "package", "commitment", "acceptance")
_CHANCE = "((hashint4({}) & 1023) / 1023.0)"
_PLAN = f"(1 + floor(79 * {_CHANCE.format('j * 31')}))::bigint * 1000000000"
"""What a project gets a year: 1 to 80 billion."""
_SHARE = f"(0.55 + 0.42 * {_CHANCE.format('j * 131 + y')})"
"""What of it is paid by the end of January."""

_BASE = """
INSERT INTO org (parent_id, path, name, name_fold, name_sort, kind)
SELECT r.id, r.path || (r.id + n), 'Chủ đầu tư ' || n, 'chu dau tu ' || n, 'chu dau tu ' || n, 'department'
FROM (SELECT id, path FROM org WHERE parent_id IS NULL) r, generate_series(1, %(units)s) AS n;
INSERT INTO program (code, name, period_from, period_to, owner_org, simulated, created_by, recorded_at,
    changed_at)
SELECT 'BENCH', 'Chương trình đo tốc độ', %(first)s, %(last)s, id, true, 'bench', now(), now()
FROM org WHERE parent_id IS NULL;
INSERT INTO programme_decision (program_id, kind, doc_number, signed_on, created_by, recorded_at)
SELECT 1, 'plan', y || '/NQ-HĐND', make_date(y - 1, 12, 10), 'bench', make_date(y - 1, 12, 10)
FROM generate_series(%(first)s, %(last)s) AS y;
INSERT INTO contractor (name, name_fold, tax_code, created_by, recorded_at)
SELECT 'Công ty ' || n, 'cong ty ' || n, lpad(n::text, 10, '0'), 'bench', now()
FROM generate_series(1, %(contractors)s) AS n;
"""
_PROJECTS = """
INSERT INTO project (id, public_id, program_id, name, name_fold, sector, project_group, project_kind,
    project_phase, owner_org, orgs, start_on, finish_on, simulated, created_by, recorded_at, changed_at)
SELECT j, 'BM-' || j, 1, 'Dự án ' || j, 'du an ' || j,
    (ARRAY['transport', 'education', 'health', 'it'])[1 + j %% 4],
    (ARRAY['A', 'B', 'C'])[1 + j %% 3], 'it',
    (ARRAY['new_start', 'transitional', 'completing', 'completed'])[1 + j / 7 %% 4],
    %(unit)s + j %% %(units)s, ARRAY[%(unit)s + j %% %(units)s], make_date(%(first)s - 1, 6, 1),
    make_date(%(last)s, 12, 31), true, 'bench', now(), now()
FROM generate_series(%(from)s, %(to)s) AS j;
"""
_MONEY = f"""
INSERT INTO project_total (project_id, amount_dong, decision_id, valid_from, recorded_at, created_by)
SELECT j, {_PLAN} * 12, 1, make_date(%(first)s - 1, 12, 10), make_date(%(first)s - 1, 12, 10), 'bench'
FROM generate_series(%(from)s, %(to)s) AS j;
INSERT INTO capital_plan (program_id, project_id, fund_source_id, plan_kind, plan_year, plan_year_to,
    amount_dong, decision_id, valid_from, recorded_at, created_by)
SELECT 1, j, 3, kind, y, y, {_PLAN}, 1 + y - %(first)s, make_date(y - 1, 12, 10), make_date(y - 1, 12, 10),
    'bench'
FROM generate_series(%(from)s, %(to)s) AS j, generate_series(%(first)s, %(last)s) AS y,
    unnest(ARRAY['annual', 'allocation']) AS kind;
INSERT INTO package (id, project_id, name, method, estimate_dong, published_on, closes_at, opened_on,
    created_by, recorded_at, changed_at)
SELECT j, j, 'Gói thầu ' || j, 'open', {_PLAN} * 11, make_date(%(first)s, 1, 5 + j %% 9),
    make_date(%(first)s, 1, 26), make_date(%(first)s, 1, 26), 'bench', now(), now()
FROM generate_series(%(from)s, %(to)s) AS j;
INSERT INTO bid (project_id, package_id, bidder_id, amount_dong, submitted_at, winner, created_by,
    recorded_at, changed_at)
SELECT j, j, 1 + (j * 7 + b * 13) %% %(contractors)s, {_PLAN} * (108 + b * 3 + hashint4(j) %% 2) / 10,
    make_date(%(first)s, 1, 25), b = 0, 'bench', now(), now()
FROM generate_series(%(from)s, %(to)s) AS j, generate_series(0, 2) AS b;
INSERT INTO contract (id, project_id, package_id, contractor_id, contract_no, value_dong, signed_on,
    effective_on, expires_on, guarantee_dong, guarantee_expires_on, created_by, recorded_at, changed_at)
SELECT j, j, j, 1 + (j * 7) %% %(contractors)s, j || '/HĐ', {_PLAN} * 11, make_date(%(first)s, 2, 1),
    make_date(%(first)s, 2, 1), make_date(%(last)s - (j %% 5 = 0)::int, 12, 31), {_PLAN},
    make_date(%(last)s, 1 + j %% 12, 15), 'bench', now(), now()
FROM generate_series(%(from)s, %(to)s) AS j;
INSERT INTO payment (project_id, contract_id, fund_source_id, plan_year, period, kind, state, confirmed_dong,
    paid_on, treasury_ref, owner_org, confirmed_by, confirmed_at, created_by, recorded_at, changed_at)
SELECT j, j, 3, y, p, 'volume', 'confirmed',
    floor({_PLAN} * {_SHARE} * (w.part - w.before)
        * (0.9 + 0.1 * {_CHANCE.format("j * 17 + y * 13 + p")}))::bigint,
    day, 'KB-' || y || '-' || p || '-' || j, %(unit)s + j %% %(units)s, 'bench', day, 'bench', day, day
FROM generate_series(%(from)s, %(to)s) AS j, generate_series(%(first)s, %(last)s) AS y,
    generate_series(1, 13) AS p,
    LATERAL (SELECT make_date(y + p / 13, 1 + (p - 1) %% 12, 1 + j %% 27) AS day) AS d,
    LATERAL (SELECT power(p / 13.0, 1.4 + {_CHANCE.format("j * 3 + y")}) AS part,
                    power((p - 1) / 13.0, 1.4 + {_CHANCE.format("j * 3 + y")}) AS before) AS w
WHERE day <= %(today)s;
INSERT INTO commitment (project_id, plan_year, period, amount_dong, created_by, recorded_at, changed_at)
SELECT j, y, p, ({_PLAN} * 0.97 * (power(p / 13.0, 1.6) - power((p - 1) / 13.0, 1.6)))::bigint, 'bench',
    make_date(y, 1, 25), make_date(y, 1, 25)
FROM generate_series(%(from)s, %(to)s) AS j, generate_series(%(first)s, %(last)s) AS y,
    generate_series(1, 13) AS p WHERE make_date(y, 1, 25) <= %(today)s;
INSERT INTO acceptance (project_id, contract_id, volume_dong, accepted_on, minutes, created_by, recorded_at,
    changed_at)
SELECT j, j, {_PLAN} / 5, day, day::text, 'bench', day, day
FROM generate_series(%(from)s, %(to)s) AS j, generate_series(%(first)s, %(last)s) AS y,
    unnest(ARRAY[3, 6, 9, 12]) AS m, LATERAL (SELECT make_date(y, m, 11) AS day) AS d WHERE day <= %(today)s;
INSERT INTO milestone (project_id, contract_id, kind, name, baseline_on, forecast_on, actual_on, created_by,
    recorded_at, changed_at)
SELECT j, j, 'other', 'Mốc ' || m, day, CASE WHEN day > %(today)s THEN day + j %% 60 END,
    CASE WHEN day + j %% 40 <= %(today)s THEN day + j %% 40 END, 'bench', now(), now()
FROM generate_series(%(from)s, %(to)s) AS j, generate_series(1, 6) AS m,
    LATERAL (SELECT make_date(%(last)s - 4 + m, 1 + j %% 12, 10) AS day) AS d;
INSERT INTO progress (project_id, plan_year, period, physical_pct, created_by, recorded_at, changed_at)
SELECT j, %(last)s, m, 60 + m * 2 + j %% 10, 'bench', make_date(%(last)s, m, 28), make_date(%(last)s, m, 28)
FROM generate_series(%(from)s, %(to)s) AS j, generate_series(1, 12) AS m
WHERE make_date(%(last)s, m, 28) <= %(today)s;
"""
_BESIDE = """
INSERT INTO contract_change (project_id, contract_id, kind, old_on, new_on, reason, document, signed_on,
    created_by, recorded_at, changed_at)
SELECT c.project_id, c.id, 'duration', c.expires_on, c.expires_on + 90, 'Chậm', 'PL-01',
    make_date(%(last)s - 1, 11, 20), 'bench', now(), now() FROM contract c WHERE c.id %% 10 = 0;
INSERT INTO price_appraisal (project_id, contract_id, subject, requested_on, created_by, recorded_at,
    changed_at)
SELECT id, id, 'Giá thiết bị', %(today)s::date - id %% 90, 'bench', now(), now() FROM contract
WHERE id %% 25 = 0;
INSERT INTO equipment_item (project_id, contract_id, name, planned_model, ordered_on, created_by, recorded_at,
    changed_at)
SELECT id, id, 'Thiết bị ' || n, 'M' || n, make_date(%(first)s, 6, 1), 'bench', now(), now()
FROM contract, generate_series(1, 2) AS n;
INSERT INTO task (title, title_fold, source_kind, source_id, policy, owner_org, assigner_org, assigner,
    priority, state, given_at, due, due_precision, due_end, due_original, due_set_at, created_at, changed_at)
SELECT 'Gỡ vướng mắc ' || id, 'go vuong mac ' || id, 'bottleneck', (id / 10)::text, 'directive', owner_org,
    owner_org, 'bench', 2, 'received', now(), '{"precision": "day"}', 'day', now() + interval '9 days',
    now() + interval '9 days', now(), now(), now() FROM project WHERE id %% 10 = 0;
INSERT INTO bottleneck (id, project_id, cause, description, amount_dong, task_id, created_by, recorded_at,
    changed_at)
SELECT t.source_id::int, t.source_id::int * 10, 'price', 'Chờ giá', 1000000000, t.id, 'bench', now(), now()
FROM task t WHERE t.source_kind = 'bottleneck';
"""
_SEQUENCES = ("project", "package", "contract", "bottleneck")


def fill(
    connection: psycopg.Connection, projects: int, today: date, say: Callable[[str], None]
) -> dict[str, int]:
    """Fill a fresh database; return how many rows there are of what."""
    last = today.year if today.month > 1 else today.year - 1
    values: dict[str, Any] = {
        "units": UNITS, "contractors": CONTRACTORS, "first": last - YEARS + 1, "last": last, "today": today,
    }  # fmt: skip
    connection.execute("SET statement_timeout = 0")
    _run(connection, _BASE, values)
    row = connection.execute("SELECT min(id) FROM org WHERE parent_id IS NOT NULL").fetchone()
    values["unit"] = row[0] if row else None
    for table in _GUARDED:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for begin in range(1, projects + 1, BATCH):
        span = values | {"from": begin, "to": min(begin + BATCH - 1, projects)}
        _run(connection, _PROJECTS + _MONEY, span)
        say(f"{span['to']:,} projects")
    for table in _GUARDED:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    _run(connection, _BESIDE, values)
    for table in _SEQUENCES:
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )
    connection.execute("VACUUM ANALYZE")
    counted = ("project", "capital_plan", "payment", "commitment", "acceptance", "bid", "milestone")
    found = {}
    for table in counted:
        number = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        found[table] = int(number[0]) if number else 0
    return found


def _run(connection: psycopg.Connection, statements: str, values: dict[str, Any]) -> None:
    # Values as literals: series of numbers need no casts.
    with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
        for statement in statements.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
