"""The 32 projects of the invented scheme, and who owns and builds them. All of it is made up.

The shape is that of the provinces' smart-city schemes of 2017 to 2020: a data centre, cameras in two phases,
a traffic centre, systems of schools and hospitals, one-stop service, platforms. Months are counted back from
the day on which the demonstration is made, so that whatever the date some projects are over, most are being
built, and some wait for their tender. Names of companies are invented; their tax codes cannot exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from haidang.programme.model.register import ProjectGroup, ProjectKind

Tender = Literal[
    "fair", "single", "late", "close", "identical", "all_out", "lowest_out", "short", "discount", "direct",
]  # fmt: skip
Story = Literal["late", "reappraised", "equipment", "replaced", ""]
SIMULATED = "(mô phỏng)"


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """A project: what it is, when it was decided, how its building goes."""

    word: str
    """Its name in the demonstration; by it the same project is made the same way each time."""
    name: str
    owner: str
    sector: str
    group: ProjectGroup = "B"
    kind: ProjectKind = "it"
    billion: int
    """Total investment as first decided, billion đồng."""
    age: int
    """Months since the investment decision."""
    tender: int = 7
    """Months from the decision to the contract."""
    months: int = 18
    """How long the main contract was to take."""
    pace: float = 1.0
    """How fast it really goes: 1 is as planned."""
    area: str = "HD001"
    at: tuple[float, float] | None = None
    level: int | None = None
    """Security level of the system."""
    capacity: str = ""
    contractor: int = 0
    bids: Tender = "fair"
    central: float = 0.0
    """Share of the central budget; the rest is the province's."""
    public: bool = True
    story: Story = ""
    allocated_late: bool = False
    supplements: bool = False
    """Its plan is supplemented in November, as it should not be."""
    parts: int = 1
    """Into how many contracts the main work is divided."""


def _one(  # noqa: PLR0917 - as the table below reads
    word: str, name: str, owner: str, sector: str, billion: int, age: int, **facts: object
) -> Scheme:  # fmt: skip
    return msgspec.convert(
        {"word": word, "name": f"{name} {SIMULATED}", "owner": owner, "sector": sector, "billion": billion,
         "age": age, **facts},
        Scheme,
    )  # fmt: skip


SCHEMES: tuple[Scheme, ...] = (
    _one(
        "architecture", "Kiến trúc thành phố thông minh và kiến trúc chính quyền số của tỉnh", "digital",
        "governance", 6, 57, kind="planning", group="C", tender=3, months=6, pace=1.0, contractor=7,
        bids="single",
    ),
    _one(
        "data-centre", "Trung tâm dữ liệu thành phố thông minh", "digital", "governance", 148, 55, months=20,
        pace=1.0, level=3, capacity="40 tủ máy chủ, 2 PB lưu trữ", contractor=0, at=(107.0842, 21.0609),
        central=0.3,
    ),
    _one(
        "fibre", "Mạng cáp quang chuyên dùng của các cơ quan cấp tỉnh, cấp xã", "digital", "governance", 85,
        52, kind="construction", months=18, pace=0.9, contractor=8, capacity="420 km cáp, 146 điểm kết nối",
        bids="close",
    ),
    _one(
        "platform", "Nền tảng tích hợp, chia sẻ dữ liệu dùng chung", "digital", "governance", 62, 50,
        months=16, pace=1.0, level=3, contractor=1,
    ),
    _one(
        "conference", "Hệ thống hội nghị truyền hình trực tuyến đến cấp xã", "digital", "governance", 28, 48,
        kind="equipment", group="C", tender=5, months=9, pace=1.0, contractor=2, bids="discount",
    ),
    _one(
        "wifi", "Wi-Fi công cộng tại khu du lịch và trung tâm hành chính", "digital", "tourism", 12, 44,
        kind="it_lease", group="C", tender=4, months=12, pace=1.0, contractor=8, area="HD005",
    ),
    _one(
        "open-data", "Cổng dữ liệu mở của tỉnh", "digital", "governance", 9, 16, group="C", tender=5,
        months=9, pace=1.05, level=2, contractor=1, bids="short",
    ),
    _one(
        "ioc", "Trung tâm điều hành thông minh tỉnh", "centre", "governance", 176, 33, tender=8, months=22,
        supplements=True,
        pace=0.82, level=3, contractor=0, parts=2, story="reappraised", at=(107.0845, 21.0602),
        capacity="Màn hình ghép 48 m², 60 chỗ trực, 12 hệ thống kết nối",
    ),
    _one(
        "citizen-app", "Ứng dụng công dân số và tổng đài phản ánh hiện trường", "centre", "governance", 14,
        25, group="C", tender=5, months=10, pace=1.0, level=2, contractor=1,
    ),
    _one(
        "cameras-1", "Hệ thống camera giám sát giai đoạn I", "police", "security", 68, 54, kind="equipment",
        tender=6, months=12, pace=1.0, level=3, contractor=2, capacity="286 camera giám sát và giao thông",
        public=False,
    ),
    _one(
        "cameras-2", "Hệ thống camera giám sát giai đoạn II", "police", "security", 312, 30,
        kind="equipment", tender=8, months=18, pace=0.5, level=3, contractor=3, parts=2, story="late",
        capacity="3.200 camera tại nút giao, cửa ngõ và cơ sở trọng yếu", area="HD004", at=(107.0230,
        21.0680),
    ),
    _one(
        "order", "Ứng dụng công nghệ thông tin bảo đảm an ninh trật tự", "police", "security", 46, 40,
        tender=7, months=15, pace=0.85, level=4, contractor=4, bids="lowest_out", public=False,
    ),
    _one(
        "soc", "Trung tâm giám sát an toàn, an ninh mạng", "cyber", "cybersecurity", 54, 29, tender=7,
        months=14, pace=1.0, level=3, contractor=4, bids="single",
    ),
    _one(
        "traffic", "Hệ thống điều hành giao thông thông minh", "construction", "transport", 134, 30,
        kind="equipment", tender=8, months=20, pace=0.85, level=3, contractor=5, story="equipment",
        capacity="64 nút giao, 210 điểm đo đếm", area="HD002", at=(107.0505, 21.0850), central=0.25,
    ),
    _one(
        "signals", "Nâng cấp đèn tín hiệu giao thông thích ứng", "construction", "transport", 38, 19,
        kind="equipment", tender=6, months=12, pace=0.8, contractor=5, area="HD002",
    ),
    _one(
        "ticket", "Thẻ vé điện tử và quản lý vận tải công cộng", "construction", "public-transport", 22, 21,
        group="C", tender=6, months=12, pace=0.75, contractor=9, bids="all_out",
    ),
    _one(
        "lighting", "Chiếu sáng công cộng thông minh giai đoạn I", "lighting", "lighting", 57, 27,
        kind="construction", tender=6, months=14, pace=1.0, contractor=6, capacity="8.200 đèn điều khiển",
        area="HD003", at=(107.1100, 21.0730),
    ),
    _one(
        "drainage", "Giám sát ngập và điều khiển từ xa trạm bơm", "construction", "environment", 33, 18,
        kind="equipment", tender=6, months=12, pace=0.8, contractor=6, area="HD003", bids="late",
        allocated_late=True,
    ),
    _one(
        "schools-1", "Trường học thông minh giai đoạn I", "education", "education", 96, 34, kind="equipment",
        tender=7, months=16, pace=0.55, level=2, contractor=3, story="replaced",
        capacity="12 trường, 260 phòng học", area="HD002",
    ),
    _one(
        "schools-2", "Trường học thông minh giai đoạn II", "education", "education", 74, 7, kind="equipment",
        tender=9, months=16, contractor=2, capacity="15 trường", area="HD004", bids="fair",
    ),
    _one(
        "school-data", "Cơ sở dữ liệu ngành giáo dục và học bạ điện tử", "education", "education", 18, 42,
        group="C", tender=6, months=11, pace=1.05, level=2, contractor=7,
    ),
    _one(
        "hospitals", "Bệnh án điện tử tại các bệnh viện công lập", "healthcare", "health", 66, 31, tender=7,
        months=18, pace=0.85, level=3, contractor=7, capacity="9 bệnh viện", bids="identical",
    ),
    _one(
        "health-record", "Hồ sơ sức khỏe điện tử toàn dân", "healthcare", "health", 27, 26, group="C",
        tender=6, months=13, pace=1.0, level=3, contractor=1,
    ),
    _one(
        "telehealth", "Khám, chữa bệnh từ xa tuyến tỉnh và xã", "healthcare", "health", 19, 16,
        kind="equipment", group="C", tender=6, months=10, supplements=True,
        pace=1.0, level=2, contractor=9,
    ),
    _one(
        "monitoring", "Mạng lưới quan trắc môi trường tự động", "environment", "environment", 41, 37,
        kind="equipment", tender=6, months=14, pace=1.0, level=2, contractor=10, area="HD006",
        capacity="18 trạm không khí, 24 trạm nước", central=0.4,
    ),
    _one(
        "land", "Cơ sở dữ liệu đất đai của tỉnh", "environment", "governance", 88, 36, tender=8, months=22,
        pace=0.7, level=3, contractor=7, bids="single", central=0.5,
    ),
    _one(
        "tourism", "Hệ thống du lịch thông minh", "culture", "tourism", 24, 23, group="C", tender=6,
        months=12, pace=1.05, level=2, contractor=9, area="HD005", at=(107.1500, 21.0920),
    ),
    _one(
        "museum", "Số hóa di sản và bảo tàng trực tuyến", "culture", "tourism", 11, 6, group="C", tender=8,
        months=10, contractor=9, area="HD005",
    ),
    _one(
        "one-stop", "Hệ thống thông tin giải quyết thủ tục hành chính (một cửa điện tử)", "service",
        "governance", 31, 53, tender=6, months=12, pace=1.0, level=3, contractor=1, group="C",
    ),
    _one(
        "documents", "Quản lý văn bản và theo dõi chỉ đạo, điều hành", "service", "governance", 16, 12,
        group="C", tender=5, months=9, supplements=True,
        pace=1.0, level=2, contractor=1,
    ),
    _one(
        "building", "Cải tạo trụ sở đặt Trung tâm điều hành thông minh", "board", "buildings", 49, 46,
        kind="construction", tender=6, months=14, pace=0.9, contractor=11, at=(107.0846, 21.0600),
    ),
    _one(
        "pilot-ward", "Thí điểm phường thông minh Cảng Mới", "HD004", "governance", 15, 1, group="C",
        tender=8, months=10, contractor=10, area="HD004", at=(107.0230, 21.0681),
    ),
)  # fmt: skip

CONTRACTORS: tuple[str, ...] = (
    "Công ty Cổ phần Giải pháp số Ngọn Hải Đăng", "Công ty TNHH Phần mềm Bến Sáng",
    "Công ty Cổ phần Thiết bị Viễn thông Mỏ Neo", "Công ty Cổ phần Công nghệ Sóng Biếc",
    "Công ty TNHH An ninh mạng Cánh Buồm", "Công ty Cổ phần Giao thông thông minh Ngã Tư Đèn",
    "Công ty Cổ phần Điện chiếu sáng Trăng Rằm", "Công ty TNHH Tư vấn và Phần mềm Hoa Phượng",
    "Công ty Cổ phần Hạ tầng cáp quang Bình Minh", "Công ty TNHH Dịch vụ số Rừng Thông",
    "Công ty Cổ phần Quan trắc Vịnh Xanh", "Công ty TNHH Xây dựng Cây Bàng",
    "Công ty Cổ phần Tích hợp hệ thống Đồi Thông", "Công ty TNHH Tư vấn giám sát Giếng Đồn",
)  # fmt: skip
"""Invented companies; each is called with :data:`SIMULATED`."""
ADVISER = 13
"""Who draws up and supervises."""
INSTEAD = 12
"""Who takes over where a contractor is replaced."""


def tax_code(number: int) -> str:
    """Return a tax code that cannot exist: its last digit is not the one that the others ask for."""
    digits = f"99000{number:04}"
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    asked = 10 - sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return f"{digits}{(asked + 5) % 10}"


SECTORS: Mapping[str, str] = {
    "governance": "chính quyền số", "security": "an ninh trật tự", "transport": "giao thông",
    "public-transport": "vận tải công cộng", "education": "giáo dục", "health": "y tế",
    "environment": "môi trường", "tourism": "du lịch", "lighting": "chiếu sáng", "buildings": "công trình",
    "cybersecurity": "an toàn thông tin", "agriculture": "nông nghiệp",
}  # fmt: skip
