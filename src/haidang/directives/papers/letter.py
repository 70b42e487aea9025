"""The reminder letter as a paper. Pure: what it says was kept when it was written."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from haidang.directives.papers.model import EDITION, Late
from haidang.directives.papers.report import late_table
from haidang.directives.papers.signing import head_of
from haidang.directives.papers.words import day, moment, number
from haidang.documents.letters import letter as filled
from haidang.documents.letters.filling import Value
from haidang.documents.report import Report
from haidang.organisation.service.letterhead import Letterhead
from haidang.tasks.model.due import local_day

BASIS_MAX = 4


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


def topic(letter: Letter) -> str:
    """Return what is reminded of."""
    return f"ý kiến chỉ đạo, nhiệm vụ được giao (lần {letter.turn} năm {letter.year})"


def paper(letter: Letter, symbol: str) -> Report:
    """Return the letter under its number ("45/VP-TH")."""
    digits, _, tail = symbol.partition("/")
    leaders = {each.leader for each in letter.late}
    fields: dict[str, Value] = {
        "topic": topic(letter), "unit": letter.org, "situation": _situation(letter),
        "as_of": moment(letter.made_at), "answer_by": f"ngày {day(letter.answer_by)}",
        "basis": _basis(letter), "leader": leaders.pop() if len(leaders) == 1 else "",
        "tasks": (late_table(letter.late, with_unit=_several(letter), due="Hạn"),),
    }  # fmt: skip
    return filled(
        "don-doc", head=letter.agency, fields=fields, day=local_day(letter.made_at), made_at=letter.made_at,
        signer=head_of(letter.agency), to=(letter.org,),
        recipients=(f"{letter.agency.parent} (để báo cáo)",) if letter.agency.parent else (), number=digits,
        symbol=tail, marks=("Dữ liệu mô phỏng",) if letter.simulated else (),
        source=f"Lập từ hệ thống theo dõi nhiệm vụ lúc {moment(letter.made_at)}.",
    )  # fmt: skip


def _several(letter: Letter) -> bool:
    """Say whether units under the one that is reminded lead some of the tasks."""
    return len({each.unit for each in letter.late}) > 1


def _situation(letter: Letter) -> str:
    before = letter.previous
    earlier = f"; lần trước: Công văn số {before.number} ngày {day(before.day)}" if before else ""
    return (
        f"còn {number(len(letter.late))} nhiệm vụ quá hạn chưa được công nhận kết quả (đôn đốc lần "
        f"{letter.turn} trong năm {letter.year}{earlier})"
    )


def _basis(letter: Letter) -> str:
    """Return the documents by which the tasks were given, where they are few enough to be read."""
    documents = sorted({each.document for each in letter.late if each.document})
    if not 1 <= len(documents) <= BASIS_MAX:
        return ""
    return "chỉ đạo tại văn bản số " + ", ".join(documents)
