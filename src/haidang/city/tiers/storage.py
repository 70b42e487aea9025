"""What history weighs, tier by tier, for whoever looks after the disk: a command and a screen."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import Any

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.city.packs import site_packs
from haidang.city.store import storage as store
from haidang.city.store.storage import Tier, Waiting
from haidang.city.terms import Terms
from haidang.city.tiers.retention import kept_days
from haidang.city.times import format_us, to_us

NAMES = {
    "latest": ("Trạng thái hiện tại", "Present state"),
    "log": ("Sổ thay đổi (mới)", "Log (recent)"),
    "hourly": ("Số liệu theo giờ", "Hours summed up"),
    "packed": ("Ngày đã nén", "Packed days"),
    "lake": ("Tệp Parquet", "Parquet files"),
}
_LAGGING_S = 600
"""The hours' step further behind than this is somebody's matter."""


async def figures(conn: Connection, settings: Settings, clock: Clock, terms: Terms) -> dict[str, Any]:
    """Return rows, values, bytes and bytes a value of each tier, how old, and how far its work is behind."""
    now = clock.now()
    waiting = await store.waiting(
        conn,
        pack_before=now.date() - timedelta(days=max(1, settings.history_pack_days)),
        export_before=now.date() - timedelta(days=max(1, settings.history_export_days)),
    )
    measured = {
        "latest": await store.latest(conn),
        "log": await store.log(conn),
        "hourly": await store.hourly(conn),
        "packed": await store.packed(conn),
        "lake": await store.lake(conn),
    }
    return {
        "as_of": _iso(now),
        "data_bytes": await store.database_bytes(conn) + measured["lake"].bytes,
        "disk_free_bytes": shutil.disk_usage(settings.data_dir).free if settings.data_dir.is_dir() else None,
        "tiers": [
            {"tier": name, "vi": vi, "en": en, **_shown(measured[name]), **_behind(name, waiting, now)}
            for name, (vi, en) in NAMES.items()
        ],
        "types": _types(settings, terms),
    }


def _shown(tier: Tier) -> dict[str, Any]:
    present = bool(tier.rows) or tier.estimated
    return {
        "present": present,
        "rows": tier.rows if present else None,
        "values": tier.values if present else None,
        "bytes": tier.bytes if present else None,
        "bytes_per_value": tier.bytes / tier.values if present and tier.values else None,
        "oldest": _iso(tier.oldest),
        "newest": _iso(tier.newest),
        "estimated": tier.estimated,
    }


def _behind(name: str, waiting: Waiting, now: datetime) -> dict[str, Any]:
    lag_s: float | None = None
    said: tuple[str, str] | None = None
    problem: tuple[str, str] | None = None
    if name == "hourly":
        lag_s = None if waiting.step_changes is None else 0.0
        if waiting.step_since is not None:
            lag_s = max(0.0, (now - waiting.step_since).total_seconds())
        if waiting.dirty:
            said = (f"còn {waiting.dirty} giờ chờ tính lại", f"{waiting.dirty} hours wait to be redone")
        if lag_s is not None and lag_s > _LAGGING_S:
            problem = ("Bước tính theo giờ bị chậm.", "The step that keeps the hours is behind.")
    elif name == "packed" and waiting.days:
        said = (f"còn {waiting.days} ngày chờ nén", f"{waiting.days} days wait to be packed")
    elif name == "lake" and waiting.exports:
        said = (f"còn {waiting.exports} ngày chờ xuất", f"{waiting.exports} days wait to be exported")
    failed = waiting.problems.get({"packed": "pack", "lake": "export", "latest": "erase"}.get(name, ""))
    if failed:
        problem = (f"Lần chạy gần nhất bị lỗi: {failed}", f"The last run failed: {failed}")
    return {
        "lag_s": lag_s,
        "lag_vi": said and said[0],
        "lag_en": said and said[1],
        "problem": None if problem is None else {"vi": problem[0], "en": problem[1]},
    }


def _types(settings: Settings, terms: Terms) -> list[dict[str, Any]]:
    """Return the types that the site's packs describe; those of one agency alone are nobody else's matter."""
    packs = site_packs(settings.data_dir)
    kept = kept_days(terms, packs, settings.history_keep_days)
    numbers = {name: terms.type_id(name) for name in sorted(packs.types)}
    return [
        {
            "type": name,
            "vi": packs.type(name).vi,
            "en": packs.type(name).en,
            "retention_days": kept.get(number),
            "values": None,
            "bytes": None,
        }
        for name, number in numbers.items()
        if number is not None
    ]


def _iso(at: datetime | None) -> str | None:
    return None if at is None else format_us(to_us(at))
