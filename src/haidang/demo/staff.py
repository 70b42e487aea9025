"""Who works in the invented province: accounts, parts in procedures, tasks. All of it is made up.

Nobody has a name: an account is called by its post, and every title says that it is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from haidang.demo.province import COMMUNES
from haidang.incidents.model.resources import ResourceKind


class Post(msgspec.Struct, frozen=True):
    """An account of the demonstration."""

    username: str
    title: str
    agency: str
    role: str
    over: str | None = None
    """Word of the agency over which it holds its role; None: its own."""


POSTS: tuple[Post, ...] = (
    Post("hd-truc-ban-a", "Trực ban ca A (mô phỏng)", "centre", "duty_operator", "committee"),
    Post("hd-truc-ban-b", "Trực ban ca B (mô phỏng)", "centre", "duty_operator", "committee"),
    Post("hd-truong-ca-a", "Trưởng ca A (mô phỏng)", "centre", "duty_head", "committee"),
    Post("hd-truong-ca-b", "Trưởng ca B (mô phỏng)", "centre", "duty_head", "committee"),
    Post("hd-lanh-dao-truc", "Lãnh đạo trực (mô phỏng)", "committee", "department_head"),
    Post("hd-chu-tich", "Chủ tịch UBND tỉnh (mô phỏng)", "committee", "department_head"),
    Post("hd-van-phong", "Chuyên viên theo dõi chỉ đạo (mô phỏng)", "committee", "desk_officer"),
    Post("hd-tai-chinh", "Chuyên viên Sở Tài chính (mô phỏng)", "finance", "finance_officer", "committee"),
    Post("hd-du-an", "Cán bộ dự án Sở KH và CN (mô phỏng)", "digital", "project_officer"),
    Post("hd-du-an-cong-an", "Cán bộ dự án Công an tỉnh (mô phỏng)", "police", "project_officer"),
    Post("hd-du-an-giao-duc", "Cán bộ dự án Sở GD và ĐT (mô phỏng)", "education", "project_officer"),
    Post("hd-cong-an", "Trực ban Công an tỉnh (mô phỏng)", "police", "department_officer"),
    Post("hd-csgt", "Trực ban CSGT (mô phỏng)", "traffic_police", "department_officer"),
    Post("hd-pccc", "Trực ban PCCC và CNCH (mô phỏng)", "fire", "department_officer"),
    Post("hd-an-ninh-mang", "Trực ban An ninh mạng (mô phỏng)", "cyber", "department_officer"),
    Post("hd-quan-su", "Trực ban Bộ CHQS tỉnh (mô phỏng)", "military", "department_officer"),
    Post("hd-cap-cuu", "Điều phối cấp cứu 115 (mô phỏng)", "health", "department_officer"),
    Post("hd-dien-luc", "Điều độ điện lực (mô phỏng)", "power", "department_officer"),
    Post("hd-xay-dung", "Trực ban Sở Xây dựng (mô phỏng)", "construction", "department_officer"),
    Post("hd-moi-truong", "Trực ban Sở NN và MT (mô phỏng)", "environment", "department_officer"),
    Post("hd-doi-thong", "Trực ban phường Đồi Thông (mô phỏng)", "HD003", "department_officer"),
    Post("hd-ben-sang", "Trực ban phường Bến Sáng (mô phỏng)", "HD001", "department_officer"),
    Post("hd-cang-moi", "Trực ban phường Cảng Mới (mô phỏng)", "HD004", "department_officer"),
)

DUTIES: Mapping[str, tuple[tuple[str, str | None], ...]] = {
    "duty_officer": (("centre", None),),
    "shift_lead": (("centre", None),),
    "leader_on_duty": (("committee", None),),
    "police_duty": (("police", None),),
    "traffic_police_duty": (("traffic_police", None),),
    "fire_duty": (("fire", None),),
    "cyber_duty": (("cyber", None),),
    "camera_duty": (("police", None),),
    "data_duty": (("centre", None),),
    "water_duty": (("construction", None),),
    "military_duty": (("military", None),),
    "health_duty": (("health", None),),
    "power_duty": (("power", None),),
    "construction_duty": (("construction", None),),
    "environment_duty": (("environment", None),),
    "commune_duty": tuple((each.code, each.code) for each in COMMUNES),
}
"""Which agency fills which part in a procedure, and in which area; None: everywhere."""


NAMED: Mapping[str, str] = {"leader_on_duty": "hd-lanh-dao-truc"}
"""Parts that one person fills: who approves is not whoever of the committee happens to look."""


class Force(msgspec.Struct, frozen=True):
    """A vehicle or team that can be sent."""

    name: str
    kind: ResourceKind
    agency: str
    area: str
    lon: float
    lat: float
    capacity: str = ""


FORCES: tuple[Force, ...] = (
    Force("Xe chữa cháy 01 (mô phỏng)", "fire_engine", "fire", "HD001", 107.0830, 21.0625, "5 m³ nước"),
    Force("Xe chữa cháy 02 (mô phỏng)", "fire_engine", "fire", "HD004", 107.0280, 21.0690, "8 m³ nước"),
    Force("Xe thang 32 m (mô phỏng)", "fire_engine", "fire", "HD001", 107.0835, 21.0628, "32 m"),
    Force("Xuồng cứu hộ 01 (mô phỏng)", "rescue_boat", "fire", "HD003", 107.1060, 21.0700, "8 người"),
    Force("Xuồng cứu hộ 02 (mô phỏng)", "rescue_boat", "military", "HD005", 107.1470, 21.0930, "12 người"),
    Force("Đội CNCH số 1 (mô phỏng)", "team", "fire", "HD001", 107.0832, 21.0622, "10 người"),
    Force("Tổ CSGT trung tâm (mô phỏng)", "patrol", "traffic_police", "HD001", 107.0880, 21.0590, "4 người"),
    Force("Tổ CSGT Đồi Thông (mô phỏng)", "patrol", "traffic_police", "HD003", 107.1130, 21.0720, "3 người"),
    Force("Tổ CSGT Cảng Mới (mô phỏng)", "patrol", "traffic_police", "HD004", 107.0210, 21.0660, "3 người"),
    Force("Tổ Công an cơ động (mô phỏng)", "team", "police", "HD002", 107.0510, 21.0830, "12 người"),
    Force("Xe cứu thương 01 (mô phỏng)", "ambulance", "health", "HD001", 107.0810, 21.0570),
    Force("Xe cứu thương 02 (mô phỏng)", "ambulance", "health", "HD003", 107.1080, 21.0740),
    Force("Xe cứu thương 03 (mô phỏng)", "ambulance", "health", "HD005", 107.1510, 21.0910),
    Force(
        "Máy bơm lưu động 01 (mô phỏng)", "pump", "construction", "HD003", 107.1140, 21.0690, "1.000 m³/giờ"
    ),
    Force("Máy bơm lưu động 02 (mô phỏng)", "pump", "construction", "HD001", 107.0900, 21.0610, "500 m³/giờ"),
    Force("Xe cẩu cứu hộ (mô phỏng)", "crane", "traffic_police", "HD001", 107.0850, 21.0560, "20 tấn"),
    Force("Đội sửa chữa điện 01 (mô phỏng)", "repair_team", "power", "HD002", 107.0490, 21.0860, "6 người"),
    Force("Đội chiếu sáng (mô phỏng)", "repair_team", "lighting", "HD001", 107.0870, 21.0600, "4 người"),
    Force(
        "Đội ứng cứu sự cố mạng (mô phỏng)", "response_team", "cyber", "HD001", 107.0845, 21.0600, "6 người"
    ),
    Force("Đại đội dân quân cơ động (mô phỏng)", "team", "military", "HD003", 107.1090, 21.0650, "40 người"),
    Force("Xe tải chở quân (mô phỏng)", "truck", "military", "HD003", 107.1092, 21.0652, "30 người"),
    Force("Thiết bị bay quan sát (mô phỏng)", "drone", "police", "HD001", 107.0838, 21.0604),
    Force(
        "Tổ xung kích phường Đồi Thông (mô phỏng)", "team", "HD003", "HD003", 107.1105, 21.0722, "15 người"
    ),
    Force("Tổ xung kích phường Cảng Mới (mô phỏng)", "team", "HD004", "HD004", 107.0240, 21.0690, "15 người"),
)

Way = Literal["draft", "receive", "start", "progress", "report", "return", "accept"]


class Job(msgspec.Struct, frozen=True):
    """A task of the demonstration, and how far it has come."""

    word: str
    """Its name, by which it is not made twice."""
    title: str
    agency: str
    giver: str
    hours: int
    """From now until it is due; below zero: its end has passed."""
    sector: str
    priority: int
    done: tuple[Way, ...] = ()
    area: str | None = None
    product: str = ""


JOBS: tuple[Job, ...] = (
    Job(
        "evacuation", "Rà soát phương án sơ tán dân vùng trũng ven sông Muối (mô phỏng)", "HD003",
        "committee", 72, "environment", 2, area="HD003", product="Phương án đã được phê duyệt",
    ),
    Job(
        "cameras", "Khôi phục các camera mất tín hiệu kéo dài trên địa bàn tỉnh (mô phỏng)", "police",
        "centre", 30, "transport", 3, ("receive", "start", "progress"),
    ),
    Job(
        "pumps", "Báo cáo tình trạng các trạm bơm chống ngập trước mùa mưa (mô phỏng)", "construction",
        "committee", -26, "environment", 2, ("receive", "start"),
    ),
    Job(
        "hydrants", "Kiểm tra trụ nước chữa cháy khu cảng Cảng Mới (mô phỏng)", "fire", "centre", 20,
        "security", 2, ("receive", "start", "report"), area="HD004",
    ),
    Job(
        "gauges", "Hiệu chuẩn các trạm thủy văn tự động (mô phỏng)", "environment", "centre", 96,
        "environment", 3, ("receive", "start", "report", "return"),
    ),
    Job(
        "signals", "Điều chỉnh chu kỳ đèn tín hiệu nút giao trung tâm giờ cao điểm (mô phỏng)",
        "traffic_police", "centre", 48, "transport", 3, ("receive", "start", "report", "accept"),
        area="HD001",
    ),
    Job(
        "lamps", "Thay đèn hỏng trên các tuyến đường phường Bến Sáng (mô phỏng)", "lighting", "HD001", 5,
        "lighting", 3, ("receive",), area="HD001",
    ),
    Job(
        "drill", "Chuẩn bị diễn tập ứng phó lũ và sơ tán năm nay (mô phỏng)", "military", "committee", 240,
        "environment", 3, ("draft",),
    ),
)  # fmt: skip
