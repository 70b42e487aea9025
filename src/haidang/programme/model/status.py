"""Where a project is in its life, derived from what stands beside it (governance.md § 1.3); never stored."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["identification", "preparation", "implementation", "completion", "maintenance", "cancelled"]
STATUSES: dict[Status, tuple[str, str]] = {
    "identification": ("Chủ trương", "Identification"),
    "preparation": ("Chuẩn bị", "Preparation"),
    "implementation": ("Thực hiện", "Implementation"),
    "completion": ("Hoàn thành, bàn giao", "Completion"),
    "maintenance": ("Đã quyết toán", "Maintenance"),
    "cancelled": ("Đã hủy", "Cancelled"),
}


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What a project has reached."""

    cancelled: bool = False
    decided: bool = False
    """An investment decision, a total or a plan stands."""
    contracted: bool = False
    handed_over: bool = False
    settled: bool = False


def status_of(life: Life) -> Status:
    """Return the status; the furthest thing reached decides."""
    reached: tuple[tuple[bool, Status], ...] = (
        (life.cancelled, "cancelled"), (life.settled, "maintenance"), (life.handed_over, "completion"),
        (life.contracted, "implementation"), (life.decided, "preparation"),
    )  # fmt: skip
    return next((status for yes, status in reached if yes), "identification")
