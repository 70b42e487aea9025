"""The roles that every site has. A site makes further ones; these stay as they are."""

from __future__ import annotations

from haidang.organisation.model import Role
from haidang.organisation.permissions import PERMISSIONS

ADMINISTRATOR = "administrator"

_READ = (
    "entity.read", "feed.read", "org.read", "area.read", "task.read", "alert.read", "incident.read",
    "warning.read", "procedure.read", "resource.read", "directive.read",
    "programme.read", "indicator.read",
)  # fmt: skip
_DUTY = (
    *_READ, "subscription.read", "registration.read", "feed.run", "system.read", "task.assign", "task.work",
    "task.accept", "alert.act", "incident.work", "warning.write", "resource.manage", "shift.work",
)  # fmt: skip


def _role(name: str, vi: str, en: str, *permissions: str) -> Role:
    unknown = set(permissions) - set(PERMISSIONS)
    if unknown:
        raise ValueError(f"unknown permissions: {sorted(unknown)}")
    return Role(name=name, vi=vi, en=en, permissions=permissions, builtin=True, version=1)


BUILTIN: tuple[Role, ...] = (
    _role(ADMINISTRATOR, "Quản trị hệ thống", "Administrator", *PERMISSIONS),
    _role(
        "data_steward", "Quản trị dữ liệu", "Data steward",
        *_READ, "entity.write", "entity.delete", "subscription.read", "subscription.manage",
        "registration.read", "registration.manage", "feed.run", "feed.manage", "area.manage", "system.read",
        "model.manage", "alert.rule", "indicator.manage",
    ),
    _role("duty_operator", "Trực ban", "Duty operator", *_DUTY),
    _role(
        "duty_head", "Trưởng ca trực", "Head of the shift",
        *_DUTY, "alert.rule", "incident.command", "warning.approve", "exercise.run",
    ),
    _role(
        "desk_officer", "Chuyên viên theo dõi", "Desk officer",
        *_READ, "task.assign", "task.work", "task.accept", "task.oversee",
        "directive.register", "directive.issue", "directive.report", "programme.oversee", "indicator.manage",
    ),
    _role(
        "department_head", "Lãnh đạo sở, ngành", "Head of department",
        *_READ, "task.assign", "task.work", "task.accept", "alert.act", "incident.work", "incident.command",
        "warning.write", "warning.approve", "resource.manage", "programme.edit",
        "indicator.submit", "indicator.approve",
    ),
    _role(
        "department_officer", "Chuyên viên sở, ngành", "Department officer",
        *_READ, "entity.write", "task.work", "alert.act", "incident.work", "indicator.submit",
    ),
    _role(
        "project_officer", "Cán bộ chủ đầu tư", "Officer of a project owner",
        *_READ, "task.work", "programme.edit", "indicator.submit",
    ),
    _role(
        "finance_officer", "Chuyên viên tài chính", "Finance officer",
        *_READ, "task.work", "programme.plan", "payment.confirm", "indicator.submit",
    ),
    _role("viewer", "Người xem", "Viewer", *_READ),
    _role("device", "Thiết bị, hệ thống gửi dữ liệu", "Device", "entity.read", "entity.write"),
)  # fmt: skip
