"""The pack as a report by Decree 30/2020/NĐ-CP. Pure: the same pack makes the same paper.

Amounts of tables are in triệu đồng; every share says of what it is one, by the plan of which day, and until
which day payments count. What there are no figures of is said to be absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from haidang.base.clock import LOCAL
from haidang.documents.letters import signatory
from haidang.documents.report import Body, Heading, Paragraph, Points, Report, Signatures, Signer, Table
from haidang.organisation.service.letterhead import COMMITTEE, Letterhead
from haidang.programme.meetings.pack import Case, Followups, Money, Owner, Pack, Words
from haidang.programme.meetings.sentences import GOAL, foreseen, lowest, since, stands
from haidang.programme.meetings.words import NONE, big, day, decimal, moment, money, number, percent, points
from haidang.programme.model.money import DENOMINATORS, DenominatorKind

SHOWN_MAX = 20
"""Rows of a table on paper; how many more there are is said below it."""
RISKS_SHOWN, REASONS_SHOWN = 15, 2
UNIT = "Đơn vị tính: triệu đồng, làm tròn; số đến từng đồng nằm trong bản chốt số liệu."
HAND = "(Ký, ghi rõ họ tên, đóng dấu)"
SHORT: dict[DenominatorKind, str] = {
    "prime_minister": "KH TTg giao", "prime_minister_with_carry_over": "KH TTg giao, kéo dài",
    "council_initial": "KH đầu năm", "council_initial_with_carry_over": "KH đầu năm, kéo dài",
    "annual": "KH sau ĐC", "annual_with_carry_over": "KH sau ĐC, kéo dài", "allocation": "Đã phân bổ",
    "allocation_with_carry_over": "Đã phân bổ, kéo dài", "carry_over": "Vốn kéo dài",
}  # fmt: skip
"""Heads of narrow columns; the table of denominators above them has the whole words."""
PLACES = {
    "done_on_time": "hoàn thành đúng hạn", "done_late": "hoàn thành trễ hạn", "in_time": "còn hạn",
    "due_soon": "sắp đến hạn", "awaiting_verdict": "chờ công nhận", "overdue": "quá hạn",
    "no_due": "chưa có hạn", "suspended": "tạm dừng", "cancelled": "đã hủy", "draft": "chưa giao",
}  # fmt: skip
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def paper(pack: Pack, *, cases: Sequence[Case], symbol: str = "", sha256: str = "") -> Report:
    """Return the report; ``cases``: those that the reader may see; ``symbol``: its number, if it has one."""
    digits, _, tail = symbol.partition("/")
    parts = (
        ("Tình hình giải ngân", _state(pack)),
        ("Dự án có nguy cơ không đạt mục tiêu", _risks(pack)),
        ("Mức giải ngân cần đạt mỗi tháng", _pace(pack)),
        ("Đề xuất điều chuyển vốn", _moves(pack)),
        ("Vướng mắc", _bottlenecks(pack)),
        *((("Xử lý nhà thầu chậm", _cases(cases)),) if cases else ()),
        ("Kết quả thực hiện kết luận các cuộc họp trước", _followups(pack.followups)),
        ("Nội dung đề nghị cuộc họp quyết định", _questions(pack)),
    )
    body = [
        block
        for no, (title, blocks) in zip(ROMAN, parts, strict=False)
        for block in (Heading(text=f"{no}. {title}"), *blocks)
    ]
    marks = (*(("Dữ liệu mô phỏng",) if pack.simulated else ()), *(("Hạn chế phổ biến",) if cases else ()))
    return Report(
        title="Báo cáo", subtitle=subject(pack), agency=pack.agency.name, parent=pack.agency.parent,
        number=digits, symbol=tail or f"BC-{pack.agency.short}".removesuffix("-"), place=pack.agency.place,
        day=pack.made_at.astimezone(LOCAL).date(), made_at=pack.made_at, marks=marks,
        source=_source(pack, sha256), blocks=(_opening(pack), *body, _signatures(pack)),
    )  # fmt: skip


def subject(pack: Pack) -> str:
    """Return what the report is about."""
    return f"Tình hình giải ngân kế hoạch vốn năm {pack.plan_year} của {pack.program}"


def _source(pack: Pack, sha256: str) -> str:
    kept = f" Mã băm SHA-256: {sha256[:16]}…" if sha256 else " Bản xem trước, chưa phát hành."
    return f"Số liệu của hệ thống, chốt lúc {moment(pack.made_at)}.{kept}"


def _opening(pack: Pack) -> Body:
    title = pack.title[:1].lower() + pack.title[1:]
    return Paragraph(
        text=f"Phục vụ {title} ngày {day(pack.held_on)}, {pack.agency.name} báo cáo như sau (giải ngân do "
        "Kho "
        f"bạc Nhà nước xác nhận đến ngày {day(pack.cutoff)}; kế hoạch theo các quyết định có hiệu lực đến "
        "ngày "
        f"{day(pack.plan_as_of)}):"
    )  # fmt: skip


def _more(shown: int, count: int, what: str) -> Iterator[Body]:
    if count > shown:
        yield Paragraph(
            text=f"Bảng nêu {number(shown)} {what} đầu danh sách; còn {number(count - shown)} {what} khác "
            "xem trên hệ thống.",
            look="note",
        )  # fmt: skip


def _state(pack: Pack) -> Iterator[Body]:
    yield Points(items=tuple(filter(None, (stands(pack), since(pack), foreseen(pack), lowest(pack)))))
    yield Heading(text="1. Tỷ lệ theo từng mẫu số", level=2)
    if pack.total.ratios:
        yield _denominators(pack.total)
    else:
        yield Paragraph(text="Chưa có quyết định giao kế hoạch của năm.")
    yield Heading(text="2. Theo chủ đầu tư", level=2)
    if not pack.owners:
        yield Paragraph(text="Chưa có kế hoạch và chưa có khoản giải ngân nào.")
        return
    shown = pack.owners[: SHOWN_MAX * 2]
    yield _owners(pack, shown)
    compared = f", so với bản ngày {day(pack.previous.cutoff)}" if pack.previous else ""
    yield Paragraph(
        text=f"{UNIT} KH: kế hoạch; ĐC: điều chỉnh; TTg: Thủ tướng Chính phủ. Cột kế hoạch và giải ngân "
        "gồm cả vốn "
        f"kéo dài. Tăng: điểm phần trăm của {SHORT['annual_with_carry_over']}{compared}. Tổng gồm cả phần "
        "vốn chưa "
        "gắn với chủ đầu tư.",
        look="note",
    )  # fmt: skip
    yield from _more(len(shown), len(pack.owners), "chủ đầu tư")


def _denominators(total: Money) -> Table:
    rows = tuple(
        (
            DENOMINATORS[each.denominator_kind][0].capitalize().replace("thủ tướng", "Thủ tướng"),
            number(each.denominator_dong), number(each.numerator_dong), percent(each),
        )
        for each in total.ratios
    )  # fmt: skip
    return Table(
        head=("Mẫu số", "Kế hoạch (đồng)", "Giải ngân tính vào mẫu số (đồng)", "Tỷ lệ"), rows=rows,
        widths=(7.2, 3.3, 3.6, 1.7), align="lrrr",
    )  # fmt: skip


def _owners(pack: Pack, shown: Sequence[Owner]) -> Table:
    # A column for each denominator of which any owner has a share, but "carry-over" by itself.
    kinds = [
        kind for kind in DENOMINATORS
        if kind != "carry_over" and any(each.money.ratio(kind) for each in pack.owners)
    ]  # fmt: skip
    if len(kinds) > 5:  # with and without carry-over of the current plan; of the others without
        kinds = [kind for kind in kinds if not kind.endswith("_over") or kind == "annual_with_carry_over"]

    def cells(name: tuple[str, str], of: Money) -> tuple[str, ...]:
        change = points(of.before.share, of.ratio()) if of.before else NONE
        shares = (percent(of.ratio(kind)) for kind in kinds)
        return (*name, money(of.plan_dong), money(of.paid_dong), *shares, change)

    rows = [cells((str(no), each.name), each.money) for no, each in enumerate(shown, 1)]
    rows.append(cells(("", "Tổng cộng"), pack.total))
    heads = tuple(f"Tỷ lệ/ {SHORT[kind]}" for kind in kinds)
    return Table(
        head=("TT", "Chủ đầu tư", "Kế hoạch", "Giải ngân", *heads, "Tăng"), rows=tuple(rows),
        widths=(0.9, 4, 2.2, 2.2, *(1.7 for _ in kinds), 1.3), align="clrr" + "r" * len(kinds) + "r",
        strong=(len(rows) - 1,),
    )  # fmt: skip


def _risks(pack: Pack) -> Iterator[Body]:
    if not pack.risks:
        yield Paragraph(
            text=f"Trong {number(pack.risks_of)} dự án, không có dự án nào dự báo dưới {GOAL} hoặc có dấu "
            "hiệu "
            "cần chú ý."
        )  # fmt: skip
        return
    shown = pack.risks[:RISKS_SHOWN]
    rows = tuple(
        (
            str(no), f"{each.name}\n({each.owner})", money(each.plan_dong),
            f"{money(each.paid_dong)}\n({percent(each.share)})", _p50(each.p50_dong, each.plan_dong),
            money(each.shortfall_dong), _reasons(each.reasons),
        )
        for no, each in enumerate(shown, 1)
    )  # fmt: skip
    yield Table(
        head=("TT", "Dự án, chủ đầu tư", "Kế hoạch", "Giải ngân", "Dự báo 31/01", "Thiếu so với mục tiêu",
              "Lý do"),
        rows=rows, widths=(0.9, 4.2, 1.7, 1.7, 1.5, 1.7, 5.3), align="clrrrrl",
    )  # fmt: skip
    yield Paragraph(
        text=f"{UNIT} Tỷ lệ và dự báo (mức giữa P50) là của kế hoạch sau điều chỉnh và vốn kéo dài; mục "
        f"tiêu {GOAL}. "
        "Dấu hiệu là câu hỏi để làm rõ, không phải kết luận.",
        look="note",
    )  # fmt: skip
    yield from _more(len(shown), len(pack.risks), "dự án")


def _reasons(found: Sequence[Words]) -> str:
    """Return the first reasons, and how many more there are."""
    lines = [f"- {each.vi}" for each in found[:REASONS_SHOWN]]
    if len(found) > REASONS_SHOWN:
        lines.append(f"- và {number(len(found) - REASONS_SHOWN)} dấu hiệu khác")
    return "\n".join(lines) or NONE


def _p50(dong: int | None, plan: int | None) -> str:
    if dong is None or not plan:
        return NONE
    return f"{decimal(100 * dong / plan, 1)}%"


def _pace(pack: Pack) -> Iterator[Body]:
    if pack.pace_total is None or not pack.paces:
        yield Paragraph(text="Chưa có kế hoạch của năm.")
        return
    total = pack.pace_total
    need = (
        f"Để đạt {GOAL} kế hoạch đến ngày 31/01/{pack.plan_year + 1}, mỗi tháng trong "
        f"{number(pack.periods_left)} "
        f"tháng còn lại cần giải ngân {big(total.monthly_dong)}; khối lượng đã nghiệm thu chưa thanh toán là "
        f"{big(total.payable_dong)}."
        if total.monthly_dong is not None and pack.periods_left
        else "Năm kế hoạch không còn tháng nào."
    )
    yield Paragraph(text=need)
    shown = pack.paces[:SHOWN_MAX]
    rows = [
        (str(no), each.name, money(each.plan_dong), money(each.paid_dong), money(each.monthly_dong),
         money(each.payable_dong), each.why.vi[:1].upper() + each.why.vi[1:])
        for no, each in enumerate(shown, 1)
    ]  # fmt: skip
    rows.append(
        ("", "Tổng cộng", money(total.plan_dong), money(total.paid_dong), money(total.monthly_dong),
         money(total.payable_dong), "")
    )  # fmt: skip
    yield Table(
        head=("TT", "Chủ đầu tư", "Kế hoạch", "Giải ngân", "Cần mỗi tháng", "Đã nghiệm thu chưa trả",
              "Khả năng"),
        rows=tuple(rows), widths=(0.9, 4, 1.8, 1.8, 1.8, 2, 4.6), align="clrrrrl", strong=(len(rows) - 1,),
    )  # fmt: skip
    yield Paragraph(text=UNIT, look="note")
    yield from _more(len(shown), len(pack.paces), "chủ đầu tư")


def _moves(pack: Pack) -> Iterator[Body]:
    if not pack.moves:
        why = "" if pack.outlook.method else " vì chưa dự báo được số giải ngân cả năm"
        yield Paragraph(text=f"Chưa có đề xuất điều chuyển{why}.")
        return
    shown = pack.moves[:SHOWN_MAX]
    rows = [
        (str(no), each.giver, each.taker, each.source, money(each.amount_dong))
        for no, each in enumerate(shown, 1)
    ]
    rows.append(("", "Tổng cộng", "", "", money(sum(each.amount_dong for each in pack.moves))))
    yield Table(
        head=("TT", "Từ dự án", "Sang dự án", "Nguồn vốn", "Số tiền"), rows=tuple(rows),
        widths=(0.9, 5, 5, 3, 2.4), align="clllr", strong=(len(rows) - 1,),
    )  # fmt: skip
    giver, taker = pack.moves[0].why_giver.vi, pack.moves[0].why_taker.vi
    yield Paragraph(
        text=f"{UNIT} Dự án cho: {giver}. Dự án nhận: {taker}. Chỉ là đề xuất; điều chuyển cần quyết định "
        "của cấp "
        "có thẩm quyền.",
        look="note",
    )  # fmt: skip
    yield from _more(len(shown), len(pack.moves), "đề xuất")


def _bottlenecks(pack: Pack) -> Iterator[Body]:
    if not pack.bottlenecks:
        yield Paragraph(text="Không có vướng mắc nào đang mở.")
        return
    causes = [
        (each.words.vi[:1].upper() + each.words.vi[1:], number(each.open), number(each.overdue),
         money(each.amount_dong))
        for each in pack.causes
    ]  # fmt: skip
    total = (
        "Tổng cộng", number(sum(each.open for each in pack.causes)),
        number(sum(each.overdue for each in pack.causes)), "",
    )  # fmt: skip
    yield Table(
        head=("Nguyên nhân", "Đang mở", "Quá hạn", "Số vốn vướng"), rows=(*causes, total),
        widths=(6, 2.5, 2.5, 3.5), align="lccr", strong=(len(causes),),
    )  # fmt: skip
    shown = pack.bottlenecks[:SHOWN_MAX]
    words = {each.cause: each.words.vi for each in pack.causes}
    rows = tuple(
        (str(no), each.project, f"{words[each.cause].capitalize()}: {each.description}", each.unit,
         day(each.due_on), number(each.days_late) if each.days_late else "")
        for no, each in enumerate(shown, 1)
    )  # fmt: skip
    yield Table(
        head=("TT", "Dự án", "Vướng mắc", "Đơn vị gỡ", "Hạn", "Quá hạn (ngày)"), rows=rows,
        widths=(0.9, 4, 5.2, 3, 2.1, 1.6), align="clllcc",
        strong=tuple(at for at, each in enumerate(shown) if each.days_late > 30),
    )  # fmt: skip
    yield Paragraph(text=f"{UNIT} Số vốn vướng: của những vướng mắc có nêu số tiền.", look="note")
    yield from _more(len(shown), len(pack.bottlenecks), "vướng mắc")


def _cases(cases: Sequence[Case]) -> Iterator[Body]:
    rows = tuple(
        (str(no), each.contractor, f"{each.project}\n(hợp đồng {each.contract_no})", each.subject,
         each.state.vi, "đã trả lời" if each.replied else f"chưa trả lời (hạn {day(each.reply_until)})")
        for no, each in enumerate(cases, 1)
    )  # fmt: skip
    yield Table(
        head=("TT", "Nhà thầu", "Dự án", "Nội dung", "Bước xử lý", "Trả lời"), rows=rows,
        widths=(0.9, 3.2, 4, 3.6, 2.6, 2.4), align="clllll",
    )  # fmt: skip
    yield Paragraph(
        text="Thông tin hạn chế phổ biến; nhà thầu có quyền trả lời trong thời hạn nêu trên.", look="note"
    )


def _followups(found: Followups | None) -> Iterator[Body]:
    if found is None:
        yield Paragraph(text="Chưa có cuộc họp nào của chương trình được kết luận trên hệ thống.")
        return
    done = found.done_on_time + found.done_late
    by = f" (Thông báo số {found.number})" if found.number else ""
    yield Paragraph(
        text=f"Kết luận cuộc họp ngày {day(found.held_on)}{by} giao {number(found.given)} nhiệm vụ: "
        f"hoàn thành {number(done)} (đúng hạn {number(found.done_on_time)}, trễ hạn "
        f"{number(found.done_late)}), còn hạn "
        f"{number(found.in_time)}, chờ công nhận {number(found.awaiting_verdict)}, quá hạn "
        f"{number(found.overdue)}, khác {number(found.other)}.{_earlier(found)}"
    )  # fmt: skip
    shown = found.items[:SHOWN_MAX]
    if not shown:
        return
    rows = tuple(
        (each.no, each.text + (f"\n(dự án {each.project})" if each.project else ""), each.unit,
         day(each.due_on), _stands(each.place, each.days_late))
        for each in shown
    )  # fmt: skip
    yield Table(
        head=("Số", "Nhiệm vụ", "Đơn vị chủ trì", "Hạn giao", "Tình trạng"), rows=rows,
        widths=(0.9, 6.6, 3.4, 2.2, 2.7), align="cllcl",
        strong=tuple(at for at, each in enumerate(shown) if each.place == "overdue"),
    )  # fmt: skip
    yield from _more(len(shown), len(found.items), "nhiệm vụ")


def _earlier(found: Followups) -> str:
    if not found.earlier_open:
        return ""
    return (
        f" Từ các cuộc họp trước nữa còn {number(found.earlier_open)} nhiệm vụ chưa xong, trong đó quá hạn "
        f"{number(found.earlier_overdue)}."
    )


def _stands(place: str, late: int) -> str:
    words = PLACES.get(place, place)
    return f"{words[:1].upper()}{words[1:]}" + (f" {number(late)} ngày" if place == "overdue" else "")


def _questions(pack: Pack) -> Iterator[Body]:
    if not pack.questions:
        yield Paragraph(text="Số liệu chưa đặt ra nội dung nào cần quyết định.")
        return
    for no, each in enumerate(pack.questions, 1):
        yield Paragraph(text=f"{no}. {each.text.vi}")


def _signatures(pack: Pack) -> Body:
    above = (f"{pack.agency.parent} (để báo cáo)",) if pack.agency.parent else ()
    chair = (f"{pack.chair} (để báo cáo)",) if pack.chair else above
    return Signatures(
        signers=(_head_of(pack.agency),), recipients=(*chair, "Các chủ đầu tư", "Lưu: VT"),
    )  # fmt: skip


def _head_of(agency: Letterhead) -> Signer:
    if agency.short == COMMITTEE:
        by = signatory("Chủ tịch", collective="Ủy ban nhân dân")
        return Signer(title=by.title, under=HAND)
    return Signer(title="Thủ trưởng đơn vị", under=HAND)
