"""What the leaders of the invented province have asked for, and what became of it. All of it is made up.

Days are counted from the day on which the demonstration is made: below zero is past. Nobody has a name:
leaders and units are called by their posts, and every text says that it is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from haidang.demo.province import COMMUNES

CHAIRMAN = "Chủ tịch UBND tỉnh (mô phỏng)"
DEPUTY = "Phó Chủ tịch UBND tỉnh (mô phỏng)"

SPOKEN: Mapping[str, str] = {
    "police": "Công an tỉnh",
    "construction": "Sở Xây dựng",
    "environment": "Sở Nông nghiệp và Môi trường",
    "lighting": "Trung tâm Chiếu sáng công cộng",
    "centre": "Trung tâm Điều hành thông minh tỉnh",
    "traffic_police": "Phòng Cảnh sát giao thông",
    "fire": "Phòng Cảnh sát PCCC và CNCH",
    "cyber": "Phòng An ninh mạng",
    "military": "Bộ Chỉ huy quân sự tỉnh",
    "health": "Trung tâm Cấp cứu 115",
    "power": "Công ty Điện lực Hải Đăng",
    "finance": "Sở Tài chính",
    "digital": "Sở Khoa học và Công nghệ",
    "education": "Sở Giáo dục và Đào tạo",
    "healthcare": "Sở Y tế",
    "culture": "Sở Văn hóa, Thể thao và Du lịch",
    "service": "Trung tâm Phục vụ hành chính công tỉnh",
    "board": "Ban Quản lý dự án đầu tư xây dựng tỉnh",
    **{each.code: f"UBND {'phường' if each.kind == 'ward' else 'xã'} {each.name}" for each in COMMUNES},
}
"""How a notice calls the agencies."""

Way = Literal["receive", "start", "progress", "report", "return", "accept", "ask", "grant"]


class Step(msgspec.Struct, frozen=True):
    """Something done with a task on a day."""

    day: int
    way: Way
    to: int = 0
    """``ask``: the new last day; ``progress``: per cent."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One directive: to whom, what, by when, and how it went."""

    to: tuple[str, ...]
    action: str
    product: str
    due: int | Literal["urgent", "open"]
    coop: tuple[str, ...] = ()
    field: str | None = None
    said: str = ""
    """How the text calls those it goes to, where it does not name each."""
    went: tuple[Step, ...] = ()
    ways: Mapping[str, tuple[Step, ...]] = {}
    """Of several units: how it went with each."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A document with its directives."""

    number: str
    day: int
    kind: Literal["THÔNG BÁO", "CÔNG VĂN"]
    leader: str
    subject: str
    asks: tuple[Ask, ...]
    meeting: str = ""
    held: int = 0
    issued: bool = True
    """Not: it waits for somebody to confirm."""


def _steps(*steps: tuple[int, Way] | tuple[int, Way, int]) -> tuple[Step, ...]:
    return tuple(Step(*each) for each in steps)


_EVACUATION: dict[str, tuple[Step, ...]] = {
    "HD001": _steps((-38, "receive"), (-14, "report"), (-12, "accept")),
    "HD002": _steps((-39, "receive"), (-20, "report"), (-17, "accept")),
    "HD003": _steps((-37, "receive"), (-36, "start"), (-9, "report"), (-7, "return")),
    "HD004": _steps((-39, "receive"), (-11, "report"), (-9, "accept")),
    "HD005": _steps((-36, "receive"), (-6, "report")),
    "HD006": _steps((-38, "receive"), (-13, "report"), (-10, "accept")),
    "HD007": _steps((-33, "receive"), (-3, "report"), (-2, "accept")),
    "HD008": _steps((-39, "receive"), (-18, "report"), (-15, "accept")),
    "HD009": _steps((-30, "receive"), (-12, "start"), (-4, "progress", 70)),
    "HD010": (),
    "HD011": _steps((-37, "receive"), (-8, "report"), (-1, "accept")),
    "HD012": _steps((-38, "receive"), (-7, "report")),
}

NOTICES: tuple[Notice, ...] = (
    Notice(
        number="41/TB-UBND", day=-128, kind="THÔNG BÁO", leader=CHAIRMAN, held=-130,
        meeting="Phiên họp thường kỳ của UBND tỉnh (mô phỏng)",
        subject="Kết luận của Chủ tịch UBND tỉnh tại phiên họp thường kỳ (dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=("construction",), coop=("environment",), field="environment", due=-90,
                action="rà soát, lập danh mục các điểm ngập úng đô thị và đề xuất phương án xử lý từng điểm",
                product="Danh mục và phương án xử lý",
                went=_steps((-126, "receive"), (-120, "start"), (-84, "report"), (-80, "accept")),
            ),
            Ask(
                to=("police",), coop=("centre",), field="security", due=-60,
                action="hoàn thành kết nối hình ảnh của hệ thống camera an ninh về Trung tâm Điều hành",
                product="Biên bản kết nối",
                went=_steps((-127, "receive"), (-118, "start"), (-66, "report"), (-63, "accept")),
            ),
            Ask(
                to=("environment",), coop=("construction", "military"), field="environment", due=-70,
                action="hoàn thiện bản đồ nguy cơ ngập lụt theo từng cấp báo động",
                product="Bản đồ số đã nghiệm thu",
                went=_steps((-125, "receive"), (-100, "start"), (-30, "progress", 80)),
            ),
            Ask(
                to=("centre",), coop=("police", "cyber"), field="governance", due=-40,
                action="xây dựng, trình ban hành quy chế vận hành Trung tâm Điều hành thông minh",
                product="Dự thảo quyết định",
                went=_steps((-127, "receive"), (-110, "start"), (-45, "report"), (-38, "return")),
            ),
        ),
    ),
    Notice(
        number="52/TB-UBND", day=-75, kind="THÔNG BÁO", leader=DEPUTY, held=-77,
        meeting="Giao ban chuyển đổi số (mô phỏng)",
        subject="Kết luận của Phó Chủ tịch UBND tỉnh tại cuộc giao ban chuyển đổi số (dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=("cyber",), field="cybersecurity", due=-20,
                action="đánh giá an toàn thông tin theo cấp độ đối với các hệ thống đang vận hành",
                product="Báo cáo đánh giá",
                went=_steps((-74, "receive"), (-70, "start"), (-25, "report"), (-22, "return")),
            ),
            Ask(
                to=("centre",), coop=("police", "construction"), field="governance", due=-30,
                action="chuẩn hóa danh mục dữ liệu dùng chung và công bố trên kho dữ liệu",
                product="Danh mục đã công bố",
                went=_steps((-75, "receive"), (-72, "start"), (-35, "report"), (-33, "accept")),
            ),
            Ask(
                to=("health",), coop=("centre",), field="health", due=-10,
                action="kết nối dữ liệu điều phối cấp cứu với Trung tâm Điều hành",
                product="Biên bản kết nối",
                went=_steps((-73, "receive"), (-60, "start"), (-14, "ask", 12), (-12, "grant")),
            ),
            Ask(
                to=("power",), coop=("lighting",), field="lighting", due=40,
                action="lắp đặt công tơ đo xa cho các tủ điều khiển chiếu sáng công cộng",
                product="Biên bản nghiệm thu",
                went=_steps((-70, "receive"), (-50, "start"), (-9, "progress", 45)),
            ),
        ),
    ),
    Notice(
        number="63/TB-UBND", day=-40, kind="THÔNG BÁO", leader=CHAIRMAN, held=-41,
        meeting="Họp ứng phó mưa lũ, sạt lở (mô phỏng)",
        subject="Kết luận của Chủ tịch UBND tỉnh tại cuộc họp ứng phó mưa lũ, sạt lở (dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=tuple(each.code for each in COMMUNES), said="UBND các xã, phường", field="environment",
                due=-5,
                action="rà soát phương án sơ tán dân vùng trũng thấp, ven sông, ven biển và báo cáo số hộ "
                "phải sơ tán",
                product="Phương án và danh sách hộ", ways=_EVACUATION,
            ),
            Ask(
                to=("military",), coop=("fire",), field="environment", due=-8,
                action="kiểm tra phương tiện, lực lượng cứu hộ, cứu nạn trên địa bàn",
                product="Biên bản kiểm tra",
                went=_steps((-39, "receive"), (-30, "start"), (-10, "report")),
            ),
            Ask(
                to=("environment",), field="environment", due=2,
                action="hiệu chuẩn các trạm thủy văn tự động, bảo đảm số liệu thông suốt trong mùa mưa lũ",
                product="Biên bản hiệu chuẩn",
                went=_steps((-38, "receive"), (-20, "start"), (-3, "progress", 60)),
            ),
            Ask(
                to=("construction",), field="environment", due="urgent",
                action="nạo vét cửa cống, kênh tiêu thoát nước khu vực trung tâm",
                product="Báo cáo khối lượng",
                went=_steps((-39, "receive"), (-37, "start")),
            ),
        ),
    ),
    Notice(
        number="68/TB-UBND", day=-25, kind="THÔNG BÁO", leader=DEPUTY, held=-26,
        meeting="Họp giải ngân các dự án thuộc Đề án thành phố thông minh (mô phỏng)",
        subject="Kết luận của Phó Chủ tịch UBND tỉnh tại cuộc họp giải ngân Đề án thành phố thông minh "
        "(dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=("police",), coop=("HD004",), field="security", due=-4,
                action="đẩy nhanh bàn giao vị trí dựng cột, nhập thiết bị của hệ thống camera giám sát "
                "giai đoạn II",
                product="Báo cáo tiến độ từng điểm",
                went=_steps((-24, "receive"), (-20, "start"), (-9, "progress", 35)),
            ),
            Ask(
                to=("finance",), coop=("construction",), field="transport", due=6,
                action="hoàn thành thẩm định giá thiết bị thay thế của hệ thống điều hành giao thông",
                product="Chứng thư thẩm định giá",
                went=_steps((-24, "receive"), (-18, "start")),
            ),
            Ask(
                to=("centre",), field="governance", due=15,
                action="hoàn thành các hạng mục thành phần để đưa Trung tâm Điều hành vào khai thác",
                product="Biên bản nghiệm thu",
                went=_steps((-23, "receive"), (-15, "start"), (-5, "progress", 70)),
            ),
            Ask(
                to=("education",), field="education", due=-10,
                action="báo cáo kết quả thay thế nhà thầu chậm tiến độ của dự án trường học thông minh",
                product="Báo cáo",
                went=_steps((-24, "receive"), (-13, "report"), (-11, "accept")),
            ),
        ),
    ),
    Notice(
        number="70/CV-UBND", day=-18, kind="CÔNG VĂN", leader=DEPUTY,
        subject="Về việc bảo đảm trật tự đô thị dịp cuối năm (dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=("traffic_police",), coop=("construction",), field="transport", due=-1,
                action="điều chỉnh phương án phân luồng khu vực chợ và trường học giờ cao điểm",
                product="Phương án phân luồng",
                went=_steps((-17, "receive"), (-10, "start"), (-4, "progress", 50)),
            ),
            Ask(
                to=("lighting",), coop=("HD001", "HD002"), field="lighting", due=1,
                action="thay thế đèn hỏng trên các tuyến đường chính",
                product="Biên bản nghiệm thu",
                went=_steps((-17, "receive"), (-12, "start"), (-1, "ask", 9)),
            ),
            Ask(
                to=("fire",), coop=("police",), field="security", due=4,
                action="kiểm tra an toàn phòng cháy, chữa cháy tại chợ, siêu thị, khu nhà trọ",
                product="Báo cáo kết quả kiểm tra",
                went=_steps((-16, "receive"), (-14, "start"), (-1, "report")),
            ),
        ),
    ),
    Notice(
        number="78/TB-UBND", day=-6, kind="THÔNG BÁO", leader=CHAIRMAN, held=-6,
        meeting="Giao ban tuần (mô phỏng)",
        subject="Kết luận của Chủ tịch UBND tỉnh tại cuộc giao ban tuần (dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=("police",), coop=("cyber",), field="security", due=10,
                action="xây dựng kế hoạch bảo đảm an ninh trật tự dịp lễ hội cuối năm",
                product="Kế hoạch",
                went=_steps((-5, "receive"), (-3, "start")),
            ),
            Ask(
                to=("construction",), coop=("traffic_police",), field="transport", due=5,
                action="báo cáo tiến độ sửa chữa các nút giao trọng điểm và giải pháp đẩy nhanh tiến độ",
                product="Báo cáo",
                went=_steps((-5, "receive"), (-2, "progress", 30)),
            ),
            Ask(
                to=("centre",), field="governance", due="open",
                action="theo dõi, tổng hợp tình hình khai thác dữ liệu của các cơ quan",
                product="Báo cáo tổng hợp",
                went=_steps((-5, "receive"),),
            ),
        ),
    ),
    Notice(
        number="84/TB-UBND", day=-1, kind="THÔNG BÁO", leader=DEPUTY, held=-1,
        meeting="Họp về môi trường đô thị (mô phỏng)",
        subject="Kết luận của Phó Chủ tịch UBND tỉnh tại cuộc họp về môi trường đô thị (dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=("environment",), coop=("HD001", "HD003"), field="environment", due=20,
                action="xây dựng phương án xử lý rác thải tồn đọng tại các điểm tập kết",
                product="Phương án đã được phê duyệt",
            ),
            Ask(
                to=("HD003",), coop=("environment",), field="environment", due=14,
                action="vận động, xử lý dứt điểm việc đốt rơm rạ, rác thải trên địa bàn",
                product="Báo cáo kết quả",
            ),
        ),
    ),
    Notice(
        number="91/TB-UBND", day=0, kind="THÔNG BÁO", leader=CHAIRMAN, held=-1, issued=False,
        meeting="Họp về kết nối dữ liệu (mô phỏng)",
        subject="Kết luận của Chủ tịch UBND tỉnh tại cuộc họp về kết nối dữ liệu (dữ liệu mô phỏng)",
        asks=(
            Ask(
                to=("centre",), coop=("police",), due=25, product="",
                action="đề xuất phương án chia sẻ dữ liệu giữa các cơ quan",
            ),
            Ask(
                to=("construction",), due=15, product="",
                action="cung cấp dữ liệu hạ tầng giao thông cho Trung tâm Điều hành",
            ),
            Ask(
                to=("health",), coop=("fire", "traffic_police"), due=30, product="",
                action="diễn tập phối hợp cấp cứu tai nạn giao thông nghiêm trọng",
            ),
        ),
    ),
)  # fmt: skip
