"""The table of kinds of records: where each is kept, who may amend what, and what must fit together.

What the schema can hold it holds; :func:`faults_of` says the same in words before it is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec

from haidang.programme.model.records import (
    Acceptance,
    Bid,
    Commitment,
    Contract,
    ContractChange,
    EquipmentItem,
    HandoverRecord,
    LeaseComparison,
    MigrationItem,
    Milestone,
    Package,
    Party,
    PilotService,
    PriceAppraisal,
    Progress,
    Record,
    SecurityDossier,
    Settlement,
    SupervisionReport,
)


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of record: its table, its struct, and who writes it."""

    table: str
    row: type[Record]
    vi: str
    en: str
    amend: bool = True
    """False: a row is never changed."""
    fixed: frozenset[str] = frozenset()
    """Fields that keep what they first said."""
    refs: dict[str, str] = {}
    """Field → kind of the same project that it names."""
    orgs: tuple[str, ...] = ()
    """Fields that name units."""
    public: bool = False
    """Part of what the public sees of a public project."""


def _kind(table: str, row: type[Record], vi: str, en: str, **facts: Any) -> Kind:
    return Kind(table=table, row=row, vi=vi, en=en, **facts)


_CONTRACT = {"contract_id": "contract"}
KINDS: dict[str, Kind] = {
    "party": _kind("project_party", Party, "Đơn vị tham gia", "Parties", orgs=("org_id",)),
    "package": _kind("package", Package, "Gói thầu", "Packages", public=True),
    "bid": _kind(
        "bid",
        Bid,
        "Hồ sơ dự thầu",
        "Bids",
        refs={"package_id": "package"},
        fixed=frozenset({"package_id", "bidder_id"}),
    ),
    "contract": _kind(
        "contract",
        Contract,
        "Hợp đồng",
        "Contracts",
        refs={"package_id": "package"},
        public=True,
        fixed=frozenset({"contractor_id", "value_dong", "expires_on", "signed_on"}),
    ),
    "contract_change": _kind(
        "contract_change",
        ContractChange,
        "Phụ lục hợp đồng",
        "Contract changes",
        refs=_CONTRACT,
        amend=False,
        public=True,
    ),
    "price_appraisal": _kind(
        "price_appraisal", PriceAppraisal, "Thẩm định giá", "Price appraisals", refs=_CONTRACT
    ),
    "equipment_item": _kind(
        "equipment_item",
        EquipmentItem,
        "Thiết bị",
        "Equipment",
        fixed=frozenset({"contract_id", "planned_model"}),
        refs=_CONTRACT | {"change_id": "contract_change", "appraisal_id": "price_appraisal"},
    ),
    "milestone": _kind(
        "milestone",
        Milestone,
        "Mốc tiến độ",
        "Milestones",
        refs=_CONTRACT,
        public=True,
        fixed=frozenset({"baseline_on"}),
    ),
    "acceptance": _kind(
        "acceptance",
        Acceptance,
        "Nghiệm thu",
        "Acceptances",
        refs=_CONTRACT,
        fixed=frozenset({"contract_id", "volume_dong", "accepted_on", "minutes"}),
    ),
    "progress": _kind(
        "progress",
        Progress,
        "Tiến độ hiện trường",
        "Physical progress",
        public=True,
        fixed=frozenset({"plan_year", "period"}),
    ),
    "commitment": _kind("commitment", Commitment, "Cam kết giải ngân", "Commitments", amend=False),
    "supervision_report": _kind(
        "supervision_report", SupervisionReport, "Giám sát, thanh tra, kiểm toán", "Supervision and audit"
    ),
    "handover": _kind(
        "handover_record", HandoverRecord, "Bàn giao", "Hand-over", orgs=("receiver_org",), public=True
    ),
    "settlement": _kind("settlement", Settlement, "Quyết toán", "Settlement"),
    "security_dossier": _kind(
        "security_dossier", SecurityDossier, "Hồ sơ cấp độ an toàn", "Security dossiers"
    ),
    "pilot_service": _kind(
        "pilot_service", PilotService, "Dịch vụ đô thị thí điểm", "Pilot services", public=True
    ),
    "lease_comparison": _kind(
        "lease_comparison", LeaseComparison, "So sánh thuê và đầu tư", "Lease or invest"
    ),
    "migration_item": _kind(
        "migration_item",
        MigrationItem,
        "Sổ chuyển về trung tâm dữ liệu",
        "Moves into the data centre",
        orgs=("org_id",),
        fixed=frozenset({"org_id", "kind"}),
    ),
}


Fault = tuple[str, str, str]
"""Field, and what is wrong with it in both languages."""


def faults_of(row: Record) -> list[Fault]:
    """Return what does not fit together within a row, in words; the schema holds the same."""
    check = _CHECKS.get(type(row))
    return [] if check is None else [fault for fault in check(row) if fault is not None]


def _order(row: Any, *fields: str) -> list[Fault | None]:
    """Days that were given stand in this order."""
    given = [(field, getattr(row, field)) for field in fields if getattr(row, field) is not None]
    return [
        (late, f"không được trước {early}", f"not before {early}")
        for (early, first), (late, second) in pairwise(given)
        if second < first
    ]


def _when(broken: bool, field: str, vi: str, en: str) -> Fault | None:
    return (field, vi, en) if broken else None


def _change(row: Any) -> list[Fault | None]:
    money, days = (row.old_dong, row.new_dong), (row.old_on, row.new_on)
    return [
        _when(
            (row.kind == "value") != (None not in money) or (row.kind != "value" and money != (None, None)),
            "new_dong",
            "giá trị cũ và mới chỉ cho loại value",
            "old and new value, for kind value only",
        ),
        _when(
            (row.kind == "duration") != (None not in days)
            or (row.kind != "duration" and days != (None, None)),
            "new_on",
            "ngày cũ và mới chỉ cho loại duration",
            "old and new day, for kind duration only",
        ),
        _when(
            row.kind in {"scope", "equipment"} and not row.new_text,
            "new_text",
            "cần nội dung mới",
            "what is new is needed",
        ),
    ]


def _contract(row: Any) -> list[Fault | None]:
    return [
        *_order(row, "effective_on", "expires_on"),
        _when(
            (row.ended_on is None) != (row.end_kind is None),
            "end_kind",
            "cần cả ngày và cách kết thúc",
            "day and kind of the end go together",
        ),
        _when(
            row.guarantee_dong > 0 and row.guarantee_expires_on is None,
            "guarantee_expires_on",
            "bảo lãnh cần ngày hết hạn",
            "a guarantee needs its end",
        ),
    ]


def _appraisal(row: Any) -> list[Fault | None]:
    return [
        *_order(row, "requested_on", "appraised_on"),
        _when(
            (row.appraised_on is None) != (row.amount_dong is None),
            "amount_dong",
            "cần cả ngày và giá",
            "day and price go together",
        ),
    ]


def _equipment(row: Any) -> list[Fault | None]:
    other = row.delivered_model not in {"", row.planned_model}
    return [
        *_order(row, "ordered_on", "delivered_on", "installed_on"),
        _when(
            other and (row.change_id is None or row.appraisal_id is None),
            "delivered_model",
            "đổi model cần phụ lục hợp đồng (change_id) và thẩm định giá (appraisal_id)",
            "another model needs its amendment (change_id) and its price appraisal (appraisal_id)",
        ),
    ]


def _progress(row: Any) -> list[Fault | None]:
    exact = row.physical_pct == round(row.physical_pct, 2) if row.physical_pct.is_finite() else False
    return [
        _when(
            not exact or not 0 <= row.physical_pct <= 100,
            "physical_pct",
            "từ 0 đến 100, hai chữ số lẻ",
            "0 to 100, two decimals",
        ),
    ]


def _comparison(row: Any) -> list[Fault | None]:
    return [
        _when(len(row.invest_dong) != len(row.lease_dong), "lease_dong", "cần cùng số năm", "as many years"),
        _when(row.conclusion is not None and not row.reason, "reason", "cần lý do", "a reason is needed"),
    ]


def _migration(row: Any) -> list[Fault | None]:
    return [
        *_order(row, "moved_on", "verified_on"),
        _when(
            row.verified_on is not None and row.moved_on is None, "moved_on", "chưa chuyển", "has not moved"
        ),
        _when(
            row.moved_on is not None and row.not_moving != "", "not_moving", "đã chuyển rồi", "it has moved"
        ),
    ]


_CHECKS: dict[type[Record], Callable[[Any], list[Fault | None]]] = {
    Party: lambda row: [
        _when(
            row.valid_to is not None and row.valid_to <= row.valid_from,
            "valid_to",
            "phải sau ngày đầu",
            "after the first day",
        )
    ],
    Bid: lambda row: [
        _when(row.winner and row.disqualified_reason != "", "winner", "đã bị loại", "was disqualified")
    ],
    Contract: _contract,
    ContractChange: _change,
    PriceAppraisal: _appraisal,
    EquipmentItem: _equipment,
    Acceptance: lambda row: [
        _when(row.volume_dong == 0, "volume_dong", "phải lớn hơn 0", "must be more than nothing")
    ],
    Progress: _progress,
    Settlement: lambda row: [
        *_order(row, "submitted_on", "approved_on"),
        _when(
            (row.approved_on is None) != (row.approved_dong is None),
            "approved_dong",
            "cần cả ngày và số",
            "day and amount go together",
        ),
    ],
    SecurityDossier: lambda row: [
        _when(
            row.state == "approved" and (row.approved_on is None or not row.document),
            "approved_on",
            "cần số quyết định và ngày",
            "document and day are needed",
        ),
    ],
    PilotService: lambda row: _order(row, "started_on", "ends_on"),
    LeaseComparison: _comparison,
    MigrationItem: _migration,
}
