"""A letter of every form, filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from haidang.documents.letters import letter, signatory
from haidang.documents.report import Heading, Paragraph, Report, Table
from haidang.organisation.service.letterhead import Letterhead

AT = datetime(2026, 2, 5, 3, 0, tzinfo=UTC)
OFFICE = Letterhead(name="Ủy ban nhân dân tỉnh Quảng Ninh", short="UBND", place="Quảng Ninh")
DEPARTMENT = Letterhead(
    name="Sở Xây dựng", parent="Ủy ban nhân dân tỉnh Quảng Ninh", short="SXD", place="Quảng Ninh"
)
TASKS = Table(
    head=("STT", "Nhiệm vụ", "Văn bản giao", "Hạn", "Quá hạn"),
    rows=tuple(
        (str(number), f"Hoàn thành kết nối dữ liệu giao thông giai đoạn {number} về Trung tâm điều hành",
         "Thông báo số 05/TB-UBND", "31/01/2026", f"{number} ngày")
        for number in range(1, 8)
    ),
    widths=(1, 7, 4, 2.4, 2),
    align="cllcc",
)  # fmt: skip

FILLED: dict[str, dict[str, Any]] = {
    "cong-van": {
        "head": DEPARTMENT,
        "to": ("Ủy ban nhân dân các phường, xã",),
        "signer": signatory("Phó Giám đốc", "Nguyễn Văn Ước", instead_of="Giám đốc"),
        "fields": {
            "subject": "phối hợp rà soát hiện trạng chiếu sáng công cộng",
            "paragraphs": (
                "Thực hiện Kế hoạch số 12/KH-UBND của Ủy ban nhân dân tỉnh, đề nghị các địa phương rà soát",
                "Danh mục gửi về Sở Xây dựng trước ngày 20 tháng 02 năm 2026 để tổng hợp, báo cáo",
            ),
        },
    },
    "don-doc": {
        "head": OFFICE,
        "to": ("Sở Xây dựng", "Sở Khoa học và Công nghệ", "Ủy ban nhân dân phường Hồng Gai"),
        "signer": signatory("Chánh Văn phòng", "Lê Thị Ý", by_order_of="Chủ tịch"),
        "recipients": ("Chủ tịch, các Phó Chủ tịch UBND tỉnh (để báo cáo)", "Lưu: VT, TH"),
        "number": "05",
        "symbol": "UBND-TH",
        "fields": {
            "topic": "nhiệm vụ quá hạn trong tháng 01 năm 2026",
            "unit": "Sở Xây dựng",
            "situation": "còn 07 nhiệm vụ quá hạn",
            "as_of": "ngày 05 tháng 02 năm 2026",
            "answer_by": "ngày 12 tháng 02 năm 2026",
            "basis": "các ý kiến chỉ đạo của Chủ tịch Ủy ban nhân dân tỉnh",
            "leader": "Chủ tịch Ủy ban nhân dân tỉnh",
            "tasks": (TASKS,),
        },
    },
    "nha-thau": {
        "head": DEPARTMENT,
        "to": ("Công ty cổ phần Hạ tầng số An Bình",),
        "signer": signatory("Giám đốc", "Phạm Thị Sáu"),
        "fields": {
            "subject": "nhắc nhở tiến độ thực hiện hợp đồng số 12/2025/HĐ",
            "basis": ("Căn cứ hợp đồng số 12/2025/HĐ ký ngày 05/01/2025",),
            "contractor": "Công ty cổ phần Hạ tầng số An Bình",
            "as_of": "ngày 05/02/2026",
            "evidence": (TASKS,),
            "paragraphs": ("Tại cuộc họp ngày 02/02/2026, đại diện Công ty xác nhận chưa giao thiết bị",),
            "act": "Sở Xây dựng nhắc Công ty về tiến độ nêu trên",
            "asks": ("Giao thiết bị trước ngày 20/02/2026", "Báo cáo nguyên nhân chậm"),
            "reply": "Công ty có quyền trả lời bằng văn bản trong 05 ngày làm việc",
        },
    },
    "thong-bao-ket-luan": {
        "head": OFFICE,
        "signer": signatory(
            "Phó Chánh Văn phòng", "Trần Văn Ngọc", by_order_of="Chủ tịch", instead_of="Chánh Văn phòng"
        ),
        "recipients": ("Thường trực Tỉnh ủy (để báo cáo)", "Các sở, ban, ngành", "Lưu: VT"),
        "fields": {
            "leader": "Chủ tịch Ủy ban nhân dân tỉnh",
            "meeting": "cuộc họp vận hành thí điểm Trung tâm điều hành thành phố thông minh",
            "held_on": "02 tháng 02 năm 2026",
            "reporter": "Sở Khoa học và Công nghệ",
            "conclusions": (
                "Giao Sở Xây dựng chủ trì, phối hợp với Công an tỉnh kết nối dữ liệu giao thông trong quý I.",
                "Giao Sở Tài chính bố trí kinh phí trong quý I năm 2026.",
            ),
        },
    },
    "bao-cao": {
        "head": DEPARTMENT,
        "to": ("Ủy ban nhân dân tỉnh Quảng Ninh",),
        "signer": signatory("Giám đốc", "Phạm Thị Sáu", acting=True),
        "fields": {
            "subject": "Kết quả thực hiện ý kiến chỉ đạo tháng 01 năm 2026",
            "addressee": "Ủy ban nhân dân tỉnh",
            "content": (
                Heading(text="I. Kết quả thực hiện"),
                Paragraph(text="Trong tháng, Sở được giao 12 nhiệm vụ; đã hoàn thành 09 nhiệm vụ, đạt 75 %."),
                TASKS,
                Heading(text="II. Kiến nghị"),
                Paragraph(text="Không có."),
            ),
        },
    },
    "giay-moi": {
        "head": OFFICE,
        "signer": signatory("Chánh Văn phòng", "Lê Thị Ý", by_order_of="Chủ tịch"),
        "fields": {
            "meeting": "Họp đánh giá tiến độ đề án đô thị thông minh",
            "invited": ("Giám đốc Sở Xây dựng", "Giám đốc Sở Tài chính"),
            "purpose": "đánh giá tiến độ tháng 01 và bàn nhiệm vụ tháng 02 năm 2026",
            "chair": "đồng chí Chủ tịch Ủy ban nhân dân tỉnh",
            "time": "08 giờ 00, thứ Sáu, ngày 06 tháng 02 năm 2026",
            "venue": "Phòng họp số 2, trụ sở Ủy ban nhân dân tỉnh",
            "requests": ("Đề nghị Sở Xây dựng chuẩn bị báo cáo.",),
        },
    },
    "to-trinh": {
        "head": DEPARTMENT,
        "to": ("Ủy ban nhân dân tỉnh Quảng Ninh",),
        "signer": signatory("Phó Giám đốc", "Nguyễn Văn Ước", instead_of="Giám đốc"),
        "fields": {
            "subject": "Phê duyệt chủ trương đầu tư hệ thống quan trắc ngập",
            "bases": (
                "Căn cứ Luật Đầu tư công ngày 29 tháng 11 năm 2024",
                "Căn cứ Kế hoạch số 12/KH-UBND ngày 15 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh",
            ),
            "content": (
                Heading(text="I. Sự cần thiết đầu tư"),
                Paragraph(text="Mùa mưa năm 2025 có 37 điểm ngập, trong đó 21 điểm chưa có trạm đo."),
            ),
            "request": "Ủy ban nhân dân tỉnh xem xét, phê duyệt chủ trương đầu tư",
        },
    },
}  # fmt: skip


def filled(form: str, **others: Any) -> Report:
    """Return the letter of a form."""
    return letter(form, **({"day": date(2026, 2, 5), "made_at": AT} | FILLED[form] | others))
