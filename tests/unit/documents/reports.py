"""A report that has one of each block, and words that mean harm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from haidang.documents.report import (
    Body,
    Facts,
    Heading,
    Moment,
    Paragraph,
    Points,
    Report,
    Signatures,
    Signer,
    Table,
    Timeline,
)

AT = datetime(2026, 11, 22, 16, 59, 30, tzinfo=UTC)
HOSTILE = '#import "@preview/x:1.0" #eval("1") #read("/etc/passwd") *a* $x$ <b>&amp;</b> ]]> `c` \\ {PAGE}'
"""Markup of typst, of XML, of Word's fields: all of it is to be read as it stands."""
PANGRAMS = (
    "Ăn quả nhớ kẻ trồng cây; Ở bầu thì tròn, Ở ống thì dài.",
    "ẮẰẲẴẶ ẤẦẨẪẬ ẾỀỂỄỆ ỐỒỔỖỘ ỚỜỞỠỢ ỨỪỬỮỰ ÝỲỶỸỴ ĐĂÂÊÔƠƯ",
    "áàảãạ ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ úùủũụ ứừửữự ýỳỷỹỵ đ",
)


def report(*blocks: Body, marks: tuple[str, ...] = (), landscape: bool = False) -> Report:
    """Return a report of some blocks."""
    return Report(
        title="Báo cáo",
        subtitle="Kết quả xử lý sự cố ngập sâu tại khu vực cầu Bãi Cháy, phường Hồng Gai",
        agency="Trung tâm điều hành thông minh",
        parent="Ủy ban nhân dân tỉnh Quảng Ninh",
        symbol="BC-TTĐH",
        place="Quảng Ninh",
        day=date(2026, 2, 5),
        made_at=AT,
        marks=marks,
        source="Lập từ nhật ký sự cố 2026-1187",
        landscape=landscape,
        blocks=blocks,
    )


def every_block(rows: int = 60) -> tuple[Body, ...]:
    """Return one block of each kind, over several pages."""
    return (
        Heading(text="I. Thông tin chung"),
        Facts(rows=(("Loại sự cố", "Ngập lụt"), ("Địa điểm", "Cầu Bãi Cháy\nphường Hồng Gai"))),
        Heading(text="1. Các mốc", level=2),
        Table(
            head=("Mốc", "Yêu cầu", "Thực tế"),
            rows=(("Tiếp nhận", "5 phút", "2 phút"), ("Điều động", "15 phút", "21 phút")),
            widths=(2, 1, 1),
            align="lcr",
            strong=(1,),
        ),
        Paragraph(text="Mực nước vượt báo động III.\nĐội cứu hộ số 1 được điều động."),
        Paragraph(text="Ghi chú.", look="note"),
        Timeline(
            moments=tuple(
                Moment(at=AT + timedelta(minutes=number), text=f"Việc {number}", who="Lê Thị Ý")
                for number in range(rows)
            )
        ),
        Points(items=("Cần máy bơm dự phòng.",)),
        Signatures(
            signers=(Signer(title="KT. Giám đốc\nPhó giám đốc", name="Nguyễn Văn Ước"),),
            recipients=("UBND tỉnh (để báo cáo)", "Lưu: VT"),
        ),
    )
