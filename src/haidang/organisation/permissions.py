"""The one module that decides who may do what, over what.

A permission is a word of :data:`PERMISSIONS`. Somebody holds it within a :class:`Scope`: a subtree of
agencies, a subtree of areas, a sector. The same rule is told twice here and nowhere else: once in Python
(:meth:`Scope.covers`) and once in SQL (:func:`scope_sql`); a test holds the two together.
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from haidang.base.problems import FORBIDDEN, Problem

PUBLIC = "public"
"""A route that asks for no account."""
SIGNED_IN = "signed-in"
"""A route for whoever is signed in, without a particular permission."""


class Permission(msgspec.Struct, frozen=True):
    """What a permission lets its holder do, in both languages."""

    vi: str
    en: str


PERMISSIONS: dict[str, Permission] = {
    "entity.read": Permission("Xem thực thể và lịch sử", "Read entities and their history"),
    "entity.write": Permission("Tạo và cập nhật thực thể", "Create and update entities"),
    "entity.delete": Permission("Xóa thực thể", "Delete entities"),
    "subscription.read": Permission("Xem đăng ký nhận thông báo", "See subscriptions and their dead letters"),
    "subscription.manage": Permission("Quản lý đăng ký nhận thông báo", "Manage subscriptions"),
    "registration.read": Permission("Xem đăng ký nguồn dữ liệu", "See context source registrations"),
    "registration.manage": Permission(
        "Quản lý đăng ký nguồn dữ liệu, thiết bị điều khiển", "Manage context source registrations"
    ),
    "model.manage": Permission("Đổi chế độ kiểm tra theo mô hình dữ liệu", "Say how strict data models are"),
    "tenant.administer": Permission("Quản lý không gian dữ liệu (tenant)", "Administer tenants"),
    "feed.read": Permission("Xem nguồn dữ liệu", "See feeds"),
    "feed.run": Permission("Chạy, tạm dừng nguồn dữ liệu", "Run and pause feeds"),
    "feed.manage": Permission("Khai báo nguồn dữ liệu", "Declare feeds"),
    "task.read": Permission("Xem nhiệm vụ", "See tasks"),
    "task.assign": Permission(
        "Giao nhiệm vụ, đổi hạn, chuyển, hủy", "Give tasks, change dues, transfer, cancel"
    ),
    "task.work": Permission("Thực hiện và báo cáo nhiệm vụ", "Work on tasks and report results"),
    "task.accept": Permission(
        "Công nhận, trả lại kết quả, quyết định gia hạn", "Judge results, decide extensions"
    ),
    "task.oversee": Permission(
        "Quyết định cấp trên về nhiệm vụ, phân vai nhận nhắc việc",
        "Decide in the last instance, name addressees",
    ),
    "alert.read": Permission("Xem cảnh báo", "See alerts"),
    "alert.act": Permission(
        "Nhận, gác lại, đóng cảnh báo, ghi cảnh báo bằng tay", "Acknowledge, shelve, close and enter alerts"
    ),
    "alert.rule": Permission(
        "Quản lý quy tắc cảnh báo, bảo trì", "Manage alert rules, their trials, and maintenance"
    ),
    "warning.read": Permission("Xem bản tin cảnh báo", "See warnings (CAP)"),
    "warning.write": Permission("Soạn bản tin cảnh báo", "Draft warnings"),
    "warning.approve": Permission("Duyệt phát bản tin cảnh báo", "Approve warnings before they leave"),
    "incident.read": Permission("Xem sự cố", "See incidents"),
    "incident.work": Permission(
        "Mở, xử lý, ghi nhật ký sự cố", "Open incidents, act on them, write their log"
    ),
    "incident.command": Permission(
        "Chỉ huy sự cố: mức độ, đóng, gộp, tách, phân vai",
        "Command incidents: severity, closing, merging, splitting, roles",
    ),
    "procedure.read": Permission("Xem quy trình xử lý", "See procedures"),
    "resource.read": Permission("Xem lực lượng, phương tiện", "See resources"),
    "resource.manage": Permission(
        "Quản lý, điều động lực lượng, phương tiện", "Manage and dispatch resources"
    ),
    "shift.work": Permission("Trực ca, bàn giao ca", "Work a shift, hand it over and sign"),
    "exercise.run": Permission("Tổ chức diễn tập", "Run exercises"),
    "directive.read": Permission(
        "Xem ý kiến chỉ đạo, văn bản giao việc", "See directives and their documents"
    ),
    "directive.register": Permission(
        "Nhập văn bản, cuộc họp, xác nhận đề xuất trích xuất",
        "Register documents and meetings, confirm what was read from them",
    ),
    "directive.issue": Permission(
        "Ban hành, thay thế, liên kết, theo dõi ý kiến chỉ đạo",
        "Issue, replace, link and follow up directives",
    ),
    "directive.report": Permission(
        "Lập báo cáo, công văn đôn đốc về ý kiến chỉ đạo", "Make reports and reminder letters on directives"
    ),
    "programme.read": Permission("Xem chương trình, dự án đầu tư", "See programmes and projects"),
    "programme.edit": Permission(
        "Cập nhật dự án của đơn vị (chủ đầu tư)", "Keep the register of one's own projects (owner)"
    ),
    "programme.plan": Permission(
        "Duyệt kế hoạch vốn, điều chỉnh, nhập bảng kế hoạch", "Approve capital plans, revisions and imports"
    ),
    "payment.confirm": Permission(
        "Xác nhận giải ngân theo chứng từ Kho bạc", "Confirm payments by the Treasury's reference"
    ),
    "programme.oversee": Permission(
        "Giám sát chương trình, xử lý nhà thầu", "Oversee programmes, decide on cases of contractors"
    ),
    "indicator.read": Permission("Xem chỉ tiêu, số liệu", "See indicators and their values"),
    "indicator.submit": Permission(
        "Nhập, nộp số liệu chỉ tiêu của đơn vị", "Enter and submit the figures of one's own unit"
    ),
    "indicator.approve": Permission(
        "Duyệt, khóa, đính chính số liệu chỉ tiêu", "Approve, lock and correct figures"
    ),
    "indicator.manage": Permission(
        "Quản lý danh mục chỉ tiêu, phương pháp tính, mở khóa số liệu",
        "Keep the register of indicators and their methods, unlock figures",
    ),
    "account.read": Permission("Xem tài khoản", "See accounts"),
    "account.manage": Permission("Quản lý tài khoản và phân quyền", "Manage accounts and what they hold"),
    "org.read": Permission("Xem cơ quan, đơn vị", "See agencies"),
    "org.manage": Permission("Quản lý cơ quan, đơn vị", "Manage agencies"),
    "area.read": Permission("Xem đơn vị hành chính", "See administrative areas"),
    "area.manage": Permission("Quản lý đơn vị hành chính, ranh giới", "Manage areas and their outlines"),
    "role.manage": Permission("Quản lý vai trò", "Manage roles"),
    "key.manage": Permission("Quản lý khóa truy cập (API)", "Manage API keys"),
    "audit.read": Permission("Xem nhật ký kiểm toán", "Read the audit log"),
    "system.read": Permission("Xem tình trạng hệ thống", "See the state of the system"),
}

NOT_FOR_KEYS = frozenset({"account.manage", "role.manage", "key.manage"})
"""What a machine's key never holds: a lost key must not be able to make further ways in."""


class Anywhere(enum.Enum):
    """The answer "it does not matter" where a question leaves out the agency, the area or the sector."""

    ANYWHERE = 0


ANYWHERE = Anywhere.ANYWHERE


class Scope(msgspec.Struct, frozen=True):
    """Permissions held over a part of the house; ``None`` in a dimension means all of it."""

    permissions: frozenset[str]
    org_ids: frozenset[int] | None = None
    """Agencies, the subtree already expanded."""
    area_codes: frozenset[str] | None = None
    """Areas of today, the subtree already expanded."""
    sector: str | None = None

    def covers(
        self,
        permission: str,
        org_id: int | Anywhere | None = ANYWHERE,
        area_code: str | Anywhere | None = ANYWHERE,
        sector: str | Anywhere | None = ANYWHERE,
    ) -> bool:
        """Say whether this scope gives ``permission`` over the thing asked for.

        A thing that has no agency, area or sector (``None``) is covered only by a scope without that limit.
        """
        return (
            permission in self.permissions
            and (self.org_ids is None or org_id is ANYWHERE or org_id in self.org_ids)
            and (self.area_codes is None or area_code is ANYWHERE or area_code in self.area_codes)
            and (self.sector is None or sector is ANYWHERE or sector == self.sector)
        )

    def contains(self, other: Scope, permission: str) -> bool:
        """Say whether whatever ``other`` gives of ``permission`` lies within this scope."""
        return (
            permission in self.permissions
            and _within(other.org_ids, self.org_ids)
            and _within(other.area_codes, self.area_codes)
            and self.sector in (None, other.sector)
        )


def _within(inner: frozenset[Any] | None, outer: frozenset[Any] | None) -> bool:
    return outer is None or (inner is not None and inner <= outer)


class Principal(msgspec.Struct, frozen=True):
    """Whoever asks: an account, a key or a part of the system itself, and what it holds."""

    id: str
    """``account:7``, ``key:3`` or ``system:feeds``; the word for the audit log."""
    name: str
    org_id: int | None
    """The agency it belongs to; ``None`` for the system."""
    scopes: tuple[Scope, ...]

    def may(
        self,
        permission: str,
        *,
        org_id: int | Anywhere | None = ANYWHERE,
        area_code: str | Anywhere | None = ANYWHERE,
        sector: str | Anywhere | None = ANYWHERE,
    ) -> bool:
        """Say whether it holds ``permission`` over the thing; what is left out is not asked."""
        return any(scope.covers(permission, org_id, area_code, sector) for scope in self.scopes)

    def require(
        self,
        permission: str,
        *,
        org_id: int | Anywhere | None = ANYWHERE,
        area_code: str | Anywhere | None = ANYWHERE,
        sector: str | Anywhere | None = ANYWHERE,
    ) -> None:
        """Raise ``Problem`` (forbidden) where :meth:`may` says no."""
        if permission in (PUBLIC, SIGNED_IN):
            return
        if not self.may(permission, org_id=org_id, area_code=area_code, sector=sector):
            word = PERMISSIONS.get(permission, Permission(permission, permission))
            raise Problem(
                FORBIDDEN,
                f"Cần quyền: {word.vi}.",
                f"This needs the permission: {word.en}.",
                permission=permission,
            )

    def may_give(self, given: Scope) -> bool:
        """Say whether nothing in ``given`` goes beyond what it holds itself (no privilege escalation)."""
        return all(
            any(own.contains(given, permission) for own in self.scopes) for permission in given.permissions
        )

    def everywhere(self, permission: str) -> bool:
        """Say whether it holds ``permission`` over the whole house, without any limit."""
        return self.may(permission, org_id=None, area_code=None, sector=None)


def system(name: str) -> Principal:
    """Return a part of the system itself, which may do everything; its acts bear its name."""
    return Principal(f"system:{name}", name, None, (Scope(frozenset(PERMISSIONS)),))


def scope_sql(
    principal: Principal,
    permission: str,
    *,
    org: str | None = "e.owner_org",
    area: str | None = "e.area_code",
    sector: str | None = "e.sector",
) -> tuple[str, dict[str, Any]]:
    """Return the SQL predicate, and its parameters, of the rows over which ``permission`` is held.

    ``org``, ``area`` and ``sector`` name the columns (words of ours, never input); ``None`` where the table
    has no such column, and then that limit is not asked. The parameters begin with ``scope_``.
    """
    choices: list[str] = []
    values: dict[str, Any] = {}
    for number, scope in enumerate(each for each in principal.scopes if permission in each.permissions):
        limits: list[str] = []
        if org and scope.org_ids is not None:
            limits.append(f"{org} = ANY(%(scope_org_{number})s::int[])")
            values[f"scope_org_{number}"] = sorted(scope.org_ids)
        if area and scope.area_codes is not None:
            limits.append(f"{area} = ANY(%(scope_area_{number})s::text[])")
            values[f"scope_area_{number}"] = sorted(scope.area_codes)
        if sector and scope.sector is not None:
            limits.append(f"{sector} = %(scope_sector_{number})s::text")
            values[f"scope_sector_{number}"] = scope.sector
        if not limits:
            return "TRUE", {}
        choices.append("(" + " AND ".join(limits) + ")")
    return ("(" + " OR ".join(choices) + ")" if choices else "FALSE"), values
