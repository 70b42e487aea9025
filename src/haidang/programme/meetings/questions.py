"""What needs a decision today, asked by the figures themselves and by who prepares the meeting. Pure.

A question names what it is about and leaves the answer to the chair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from haidang.programme.meetings.pack import Pack, Question, Words
from haidang.programme.meetings.words import big, number

NAMED_MAX = 3
"""Projects that a question calls by name."""


def questions(pack: Pack, by_hand: Sequence[str]) -> Pack:
    """Return a pack with its questions: what was asked by hand first."""
    asked = [Question(code="hand", text=Words(vi=text, en=text), part="questions") for text in by_hand]
    return msgspec.structs.replace(pack, questions=(*asked, *_of_figures(pack)))


def _of_figures(pack: Pack) -> Iterator[Question]:
    yield from _moves(pack)
    yield from _paces(pack)
    yield from _bottlenecks(pack)
    yield from _followups(pack)
    yield from _plans(pack)


def _moves(pack: Pack) -> Iterator[Question]:
    if not pack.moves:
        return
    total = sum(each.amount_dong for each in pack.moves)
    givers = len({each.giver_id for each in pack.moves})
    yield Question(
        code="moves", part="moves",
        text=Words(
            vi=f"Có điều chuyển {big(total)} từ {number(givers)} dự án khó giải ngân hết sang dự án còn khả "
            "năng thanh toán không?",
            en=f"Is {big(total)} to be moved from {givers} projects that will not spend it?",
        ),
        project_ids=tuple(dict.fromkeys(each.giver_id for each in pack.moves)),
    )  # fmt: skip


def _paces(pack: Pack) -> Iterator[Question]:
    short = [each for each in pack.paces if each.allowed is False]
    if not short:
        return
    named = ", ".join(each.name for each in short[:NAMED_MAX])
    more = f" và {number(len(short) - NAMED_MAX)} chủ đầu tư khác" if len(short) > NAMED_MAX else ""
    yield Question(
        code="pace", part="pace",
        text=Words(
            vi=f"Khối lượng đã nghiệm thu chưa đủ để đạt mục tiêu: {named}{more} cam kết mốc nghiệm thu nào?",
            en=f"Accepted volume does not suffice at {len(short)} owners: which acceptances do they promise?",
        ),
    )  # fmt: skip


def _bottlenecks(pack: Pack) -> Iterator[Question]:
    late = [each for each in pack.bottlenecks if each.days_late > 0]
    without = [each for each in pack.bottlenecks if each.due_on is None]
    if late:
        worst = late[0]
        yield Question(
            code="bottlenecks_late", part="bottlenecks",
            text=Words(
                vi=f"{number(len(late))} vướng mắc quá hạn, lâu nhất {number(worst.days_late)} ngày "
                f"({worst.unit}, dự án {worst.project}): đơn vị nào gỡ, đến ngày nào?",
                en=f"{len(late)} bottlenecks are overdue: who clears them, by when?",
            ),
            project_ids=tuple(dict.fromkeys(each.project_id for each in late)),
        )  # fmt: skip
    if without:
        yield Question(
            code="bottlenecks_no_due", part="bottlenecks",
            text=Words(
                vi=f"{number(len(without))} vướng mắc chưa có thời hạn: ấn định ngày nào?",
                en=f"{len(without)} bottlenecks have no due: which day is set?",
            ),
            project_ids=tuple(dict.fromkeys(each.project_id for each in without)),
        )  # fmt: skip


def _followups(pack: Pack) -> Iterator[Question]:
    found = pack.followups
    if found is None or not (found.overdue or found.earlier_overdue):
        return
    count = found.overdue + found.earlier_overdue
    yield Question(
        code="followups", part="followups",
        text=Words(
            vi=f"{number(count)} nhiệm vụ từ các cuộc họp trước quá hạn: xử lý trách nhiệm, thời hạn thế "
            "nào?",
            en=f"{count} tasks of earlier meetings are overdue: what follows?",
        ),
        project_ids=tuple(
            dict.fromkeys(
                each.project_id for each in found.items
                if each.place == "overdue" and each.project_id is not None
            )
        ),
    )  # fmt: skip


def _plans(pack: Pack) -> Iterator[Question]:
    planned = pack.total.ratio("annual")
    allocated = pack.total.ratio("allocation")
    if planned is None or allocated is None:
        return
    left = planned.denominator_dong - allocated.denominator_dong
    if left > 0:
        yield Question(
            code="allocation", part="owners",
            text=Words(
                vi=f"Còn {big(left)} kế hoạch chưa phân bổ chi tiết: phân bổ cho dự án nào, đến ngày nào?",
                en=f"{big(left)} of the plan is not allocated in detail: to which projects, by when?",
            ),
        )  # fmt: skip
