"""Who works in the invented province: accounts, parts in procedures, tasks. All of it is made up.

Nobody has a name: an account is called by its post, and every title says that it is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from haidang.demo.province import COMMUNES


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
