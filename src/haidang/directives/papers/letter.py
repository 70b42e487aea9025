"""The reminder letter as a paper. Pure: what it says was kept when it was written."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from haidang.base.clock import LOCAL
from haidang.directives.papers.model import EDITION, Late
from haidang.directives.papers.report import late_table
from haidang.directives.papers.words import day, moment, number
from haidang.documents.report import Body, Paragraph, Report, Signatures, Signer
from haidang.organisation.service.letterhead import Letterhead


class Previous(msgspec.Struct, frozen=True, kw_only=True):
    """The letter before this one to the same unit."""

    number: str
    day: date


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a reminder letter says."""

    edition: int = EDITION
    agency: Letterhead
    org: str
    """Whom it reminds."""
    turn: int
    """The how manieth to this unit in the year."""
    year: int
    made_at: datetime
    answer_by: date
    late: tuple[Late, ...]
    previous: Previous | None = None
    simulated: bool = False


def subject(letter: Letter) -> str:
    """Return what the letter is about (trích yếu)."""
    return f"Đôn đốc thực hiện ý kiến chỉ đạo, nhiệm vụ được giao (lần {letter.turn} năm {letter.year})"


def paper(letter: Letter, symbol: str) -> Report:
    """Return the letter under its number ("45/VP-TH")."""
    at = letter.made_at.astimezone(LOCAL)
    digits, _, tail = symbol.partition("/")
    above = (f"{letter.agency.parent} (để báo cáo)",) if letter.agency.parent else ()
    blocks: tuple[Body, ...] = (
        Paragraph(text=f"Kính gửi: {letter.org}", look="strong"),
        Paragraph(text=_why(letter)),
        late_table(letter.late, with_unit=len({each.unit for each in letter.late}) > 1, due="Hạn"),
        *(Paragraph(text=text) for text in _asked(letter)),
        Signatures(
            signers=(Signer(title="Thủ trưởng đơn vị", under="(Ký, ghi rõ họ tên, đóng dấu)"),),
            recipients=("Như trên", *above, "Lưu: VT"),
        ),
    )
    return Report(
        title="Công văn", subtitle=subject(letter), agency=letter.agency.name, parent=letter.agency.parent,
        number=digits, symbol=tail, place=letter.agency.place, day=at.date(), made_at=letter.made_at,
        marks=("Dữ liệu mô phỏng",) if letter.simulated else (),
        source=f"Lập từ hệ thống theo dõi nhiệm vụ lúc {moment(letter.made_at)}.", blocks=blocks,
    )  # fmt: skip


def _why(letter: Letter) -> str:
    return (
        f"Qua theo dõi việc thực hiện ý kiến chỉ đạo, nhiệm vụ được giao, đến {moment(letter.made_at)}, "
        f"{letter.org} còn {number(len(letter.late))} nhiệm vụ quá hạn chưa được công nhận kết quả:"
    )


def _asked(letter: Letter) -> tuple[str, ...]:
    before = letter.previous
    earlier = f" (lần trước: Công văn số {before.number} ngày {day(before.day)})" if before else ""
    return (
        f"Đây là công văn đôn đốc lần {letter.turn} năm {letter.year} đối với đơn vị{earlier}.",
        (
            f"{letter.agency.name} đề nghị {letter.org} khẩn trương thực hiện các nhiệm vụ nêu trên; báo cáo "
            "kết quả, nguyên nhân chậm, trách nhiệm của tập thể, cá nhân liên quan và thời hạn hoàn thành "
            f"chậm nhất ngày {day(letter.answer_by)} để tổng hợp, báo cáo cấp có thẩm quyền./."
        ),
    )
