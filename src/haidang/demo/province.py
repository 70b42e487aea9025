"""The invented province: its communes, its agencies, and where its devices stand. All of it is made up.

It lies on the coast near 107.1 E 21.1 N only so that the map has land, sea and islands round it; its towns
keep to the land as the base map draws it, whose coast is coarse. Codes of real units are digits; these begin
with letters, so that they can never be taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from haidang.organisation.model import Area, AreaKind

CODE = "HD"
NAME = "Hải Đăng (mô phỏng)"
FULL_NAME = "Tỉnh Hải Đăng (mô phỏng)"
SITE_NAME = "Trung tâm điều hành thông minh tỉnh Hải Đăng (mô phỏng)"
SITE_NAME_EN = "Smart operations centre of Hải Đăng Province (simulated)"
CENTRE = (107.07, 21.08)
BOUNDS = (106.74, 21.0, 107.37, 21.2)
"""West, south, east, north of everything in it."""
SOURCE = "Dữ liệu mô phỏng"
SINCE = date(2025, 7, 1)
"""The invented communes exist since the day from which there is no district level."""


class Commune(msgspec.Struct, frozen=True):
    """A commune or ward: its middle, how far its devices spread, and how many of them it gets."""

    code: str
    name: str
    kind: AreaKind
    lon: float
    lat: float
    reach_km: float
    weight: float
    """Share of the province's devices, against the other communes."""


COMMUNES: tuple[Commune, ...] = (
    Commune("HD001", "Bến Sáng", "ward", 107.085, 21.058, 0.8, 5),
    Commune("HD002", "Ngọn Đèn", "ward", 107.050, 21.085, 0.9, 4),
    Commune("HD003", "Đồi Thông", "ward", 107.110, 21.073, 1.0, 4),
    Commune("HD004", "Cảng Mới", "ward", 107.023, 21.068, 1.0, 3),
    Commune("HD005", "Vịnh Xanh", "ward", 107.150, 21.092, 2.0, 3),
    Commune("HD006", "Cửa Sóng", "ward", 107.200, 21.101, 1.8, 2),
    Commune("HD007", "Gió Nồm", "ward", 107.260, 21.118, 1.3, 2),
    Commune("HD008", "Bãi Dương", "commune", 107.310, 21.124, 1.5, 1),
    Commune("HD009", "Suối Trong", "commune", 107.130, 21.150, 2.0, 1),
    Commune("HD010", "Núi Mây", "commune", 107.000, 21.160, 2.5, 1),
    Commune("HD011", "Đồng Muối", "commune", 106.860, 21.086, 1.7, 1.5),
    Commune("HD012", "Đầm Sen", "commune", 106.800, 21.048, 2.0, 1.5),
)

STREETS: tuple[str, ...] = (
    "Hải Đăng", "Bến Sáng", "Cây Bàng", "Hoa Phượng", "Sóng Biếc", "Cánh Buồm", "Chợ Cá", "Vườn Đào",
    "Giếng Đồn", "Đường Tàu", "Rừng Thông", "Ngã Tư Đèn", "Mỏ Neo", "Bình Minh", "Hoàng Hôn", "Trăng Rằm",
)  # fmt: skip
"""Streets that no town has all of."""

RIVERS: tuple[str, ...] = ("sông Trong", "sông Muối", "suối Mây", "kênh Bến Sáng", "đầm Sen")


class Agency(msgspec.Struct, frozen=True):
    """An agency of the province: it answers for devices, has people on duty, or both."""

    word: str
    """How the rest of the demonstration calls it."""
    name: str
    short_name: str
    kind: str
    under: str = "committee"
    """Word of the agency above it."""
    area_code: str | None = None


COMMITTEE = Agency("committee", "Ủy ban nhân dân tỉnh Hải Đăng (mô phỏng)", "UBND-HD", "committee")
AGENCIES: tuple[Agency, ...] = (
    Agency("police", "Công an tỉnh Hải Đăng (mô phỏng)", "CA-HD", "police"),
    Agency("construction", "Sở Xây dựng Hải Đăng (mô phỏng)", "SXD-HD", "department"),
    Agency("environment", "Sở Nông nghiệp và Môi trường Hải Đăng (mô phỏng)", "SNNMT-HD", "department"),
    Agency("lighting", "Trung tâm Chiếu sáng công cộng Hải Đăng (mô phỏng)", "TTCS-HD", "utility"),
    Agency("centre", "Trung tâm Điều hành thông minh tỉnh Hải Đăng (mô phỏng)", "IOC-HD", "centre"),
    Agency(
        "traffic_police", "Phòng Cảnh sát giao thông tỉnh Hải Đăng (mô phỏng)", "CSGT-HD", "police", "police"
    ),
    Agency("fire", "Phòng Cảnh sát PCCC và CNCH tỉnh Hải Đăng (mô phỏng)", "PCCC-HD", "police", "police"),
    Agency("cyber", "Phòng An ninh mạng tỉnh Hải Đăng (mô phỏng)", "ANM-HD", "police", "police"),
    Agency("military", "Bộ Chỉ huy quân sự tỉnh Hải Đăng (mô phỏng)", "BCHQS-HD", "military"),
    Agency("health", "Trung tâm Cấp cứu 115 Hải Đăng (mô phỏng)", "TTCC115-HD", "department"),
    Agency("power", "Công ty Điện lực Hải Đăng (mô phỏng)", "PC-HD", "utility"),
    Agency("finance", "Sở Tài chính Hải Đăng (mô phỏng)", "STC-HD", "department"),
    Agency("digital", "Sở Khoa học và Công nghệ Hải Đăng (mô phỏng)", "SKHCN-HD", "department"),
    Agency("education", "Sở Giáo dục và Đào tạo Hải Đăng (mô phỏng)", "SGDDT-HD", "department"),
    Agency("healthcare", "Sở Y tế Hải Đăng (mô phỏng)", "SYT-HD", "department"),
    Agency("culture", "Sở Văn hóa, Thể thao và Du lịch Hải Đăng (mô phỏng)", "SVHTTDL-HD", "department"),
    Agency("service", "Trung tâm Phục vụ hành chính công tỉnh Hải Đăng (mô phỏng)", "HCC-HD", "centre"),
    Agency("board", "Ban Quản lý dự án đầu tư xây dựng tỉnh Hải Đăng (mô phỏng)", "BQLDA-HD", "department"),
    *(
        Agency(
            each.code,
            f"Ủy ban nhân dân {'phường' if each.kind == 'ward' else 'xã'} {each.name} (mô phỏng)",
            f"UBND-{each.code}",
            "commune",
            area_code=each.code,
        )
        for each in COMMUNES
    ),
)


def areas() -> Iterator[Area]:
    """Yield the province and its communes as administrative areas."""
    top = Area(
        code=CODE, name=NAME, full_name=FULL_NAME, kind="province", parent_code=None, lon=CENTRE[0],
        lat=CENTRE[1], valid_from=SINCE, valid_to=None, since_exact=True, source=SOURCE,
    )  # fmt: skip
    yield top
    for each in COMMUNES:
        full_name = f"{'Phường' if each.kind == 'ward' else 'Xã'} {each.name}"
        yield msgspec.structs.replace(
            top, code=each.code, name=each.name, full_name=full_name, kind=each.kind, parent_code=CODE,
            lon=each.lon, lat=each.lat,
        )  # fmt: skip
