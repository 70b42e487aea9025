"""Figures of a programme of three projects, of which one is known by name only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from haidang.organisation.service.letterhead import Letterhead
from haidang.programme.model.money import Ratio
from haidang.programme.reports.missing import missing
from haidang.programme.reports.model import (
    Adjustment,
    Amount,
    Bottleneck,
    Contract,
    Figures,
    Finding,
    Foresight,
    Line,
    Milestone,
    Notes,
    Tender,
)

NOW = datetime(2026, 3, 16, 10, 5, tzinfo=UTC)
TO = date(2026, 3, 16)
BILLION = 1_000_000_000
FINANCE = Letterhead(
    name="Sở Tài chính", parent="Ủy ban nhân dân tỉnh Quảng Ninh", short="STC", place="Quảng Ninh"
)
OWNER = Letterhead(
    name="Ban Quản lý dự án đầu tư xây dựng", parent="Ủy ban nhân dân tỉnh Quảng Ninh", short="BQLDA",
    place="Quảng Ninh",
)  # fmt: skip
CENTRE = Line(
    id=1, public_id="DA-2026-000001", name="Trung tâm điều hành thông minh giai đoạn II",
    owner="Ban Quản lý dự án đầu tư xây dựng", deciding="Ủy ban nhân dân tỉnh Quảng Ninh", group="B",
    phase="transitional", start_on=date(2025, 1, 5), finish_on=date(2026, 12, 31),
    total_dong=120 * BILLION, initial_dong=40 * BILLION, current_dong=45 * BILLION,
    carry_over_dong=3 * BILLION, paid_dong=7_654_321_987, paid_carry_over_dong=BILLION,
    paid_in_period_dong=5 * BILLION, accepted_dong=9 * BILLION, physical_pct=Decimal("12.5"),
    physical_of="2/2026", milestones=4, milestones_met=2, milestones_met_in_period=1, milestones_late=1,
    packages=2, packages_opened=1, contracts=1, contracts_over=1, plan_changes=1, findings=1, bottlenecks=1,
    bottlenecks_overdue=1, reported="03/BC-BQLDA",
)  # fmt: skip
CAMERAS = msgspec.structs.replace(
    CENTRE, id=2, public_id="DA-2026-000002", name="Mua sắm camera giám sát giao thông", owner="Công an tỉnh",
    deciding=None, group="C", carry_over_dong=None, current_dong=15 * BILLION, initial_dong=15 * BILLION,
    paid_dong=BILLION, paid_carry_over_dong=0, paid_in_period_dong=0, milestones_late=0, contracts_over=0,
    bottlenecks=0, bottlenecks_overdue=0, reported="", finish_on=date(2025, 9, 30),
)  # fmt: skip
BARE = Line(id=3, public_id="DA-2026-000003", name="Số hóa hồ sơ địa chính", owner="Sở Nông nghiệp")
LINES = (CENTRE, CAMERAS, BARE)


def ratio(paid: int, plan: int) -> Ratio:
    return Ratio(
        numerator_dong=paid, denominator_dong=plan, denominator_kind="annual", plan_as_of=TO, cutoff=TO
    )


WHOLE = Figures(
    kind="monthly", agency=FINANCE, program="Đề án đô thị thông minh tỉnh Quảng Ninh giai đoạn 2026–2030",
    period="2026-03", plan_year=2026, plan_as_of=TO, cut_off=NOW, plan_initial_on=date(2026, 1, 5),
    plan_dong={"prime_minister": None, "council_initial": 55 * BILLION, "annual": 62 * BILLION,
               "allocation": 60 * BILLION, "carry_over": 3 * BILLION},
    ratios=(ratio(8_654_321_987, 62 * BILLION),), lines=LINES,
    elsewhere=Amount(source="", current_dong=2 * BILLION),
    sources=(
        Amount(source="Ngân sách tỉnh", initial_dong=40 * BILLION, current_dong=47 * BILLION,
               carry_over_dong=3 * BILLION, paid_dong=7_654_321_987, paid_in_period_dong=5 * BILLION),
        Amount(source="Ngân sách trung ương", initial_dong=15 * BILLION, current_dong=15 * BILLION,
               paid_dong=BILLION),
    ),
    milestones=(
        Milestone(project=CENTRE.name, name="Giao thiết bị phòng điều hành", baseline_on=date(2026, 1, 10),
                  forecast_on=date(2026, 4, 10), days_late=90),
    ),
    adjustments=(
        Adjustment(project=CENTRE.name, what="Kế hoạch vốn năm (triệu đồng)", before="40.000",
                   after="45.000", document="215/QĐ-UBND", on=date(2026, 3, 2)),
    ),
    tenders=(
        Tender(project=CENTRE.name, name="Gói thầu số 3: Thiết bị", method="Đấu thầu rộng rãi",
               estimate_dong=80 * BILLION, opened_on=date(2026, 3, 3), bidders=3, winner="Công ty An Bình",
               contract_dong=78 * BILLION),
    ),
    contracts=(
        Contract(project=CENTRE.name, number="12/2025/HĐ", contractor="Công ty cổ phần Hạ tầng số An Bình",
                 value_dong=30 * BILLION, expires_on=date(2026, 2, 1), days_over=43,
                 accepted_dong=9 * BILLION, paid_dong=7 * BILLION),
    ),
    findings=(
        Finding(project=CENTRE.name, kind="Kiểm tra, thanh tra", document="07/KL-TTr", on=date(2026, 3, 9),
                by="Thanh tra tỉnh", text="Kiến nghị bổ sung hồ sơ nghiệm thu."),
    ),
    bottlenecks=(
        Bottleneck(project=CENTRE.name, cause="thiết bị", text="Chờ thẩm định giá thiết bị thay thế",
                   unit="Sở Khoa học và Công nghệ", due=date(2026, 3, 2), overdue=True),
    ),
    foresight=Foresight(as_of=TO, method="Theo nhóm dự án tương tự", error_points=10.4,
                        p10_dong=30 * BILLION, p50_dong=45 * BILLION, p90_dong=58 * BILLION),
    missing=missing("monthly", LINES, year=2026, keeper="Sở Tài chính", notes=Notes(), supervisors={}),
)  # fmt: skip
OVERVIEW = msgspec.structs.replace(
    WHOLE, kind="overview", period="2026-H1", foresight=None,
    missing=missing("overview", LINES, year=2026, keeper="Sở Tài chính", notes=Notes(), supervisors={}),
)  # fmt: skip
ONE = msgspec.structs.replace(
    WHOLE, kind="supervision", agency=OWNER, project=CENTRE.name, period="2026-Q1", lines=(CENTRE,),
    plan_dong={"annual": 45 * BILLION, "council_initial": 40 * BILLION},
    ratios=(ratio(7_654_321_987, 45 * BILLION),),
    elsewhere=None, foresight=None,
    sources=(msgspec.structs.replace(WHOLE.sources[0], current_dong=45 * BILLION),),
    missing=missing("supervision", (CENTRE,), year=2026, keeper="Sở Tài chính", notes=Notes(),
                    supervisors={1: "Công ty Giám sát Bình Minh"}),
    notes=Notes(difficulties="Nguồn cung thiết bị trên thị trường khan hiếm.",
                proposals=("Cho phép gia hạn hợp đồng đến ngày 30/6/2026.",)),
)  # fmt: skip
