"""A letter to a contractor as a paper. Pure: what it says was kept when it was drafted."""

from __future__ import annotations

from datetime import date

from haidang.documents.letters import letter as filled
from haidang.documents.letters import signatory
from haidang.documents.letters.filling import Value
from haidang.documents.report import Report, Table
from haidang.programme.letters.model import Letter
from haidang.programme.reports.content.parts import SIMULATED
from haidang.programme.reports.words import day, million, moment
from haidang.tasks.model.due import local_day

_STEPS = {
    "warn": "{agency} nhắc {contractor} về tiến độ nêu trên",
    "demand": "{agency} yêu cầu {contractor} thực hiện hợp đồng theo tiến độ đã ký",
    "plan": "{agency} ghi nhận kế hoạch khắc phục của {contractor}, hoàn thành chậm nhất ngày {until}",
    "cut_scope": "{agency} điều chỉnh giảm khối lượng của {contractor} trong hợp đồng{cut}",
    "replace": "{agency} thay thế {contractor} đối với phần việc còn lại của hợp đồng{successor}",
    "close": "{agency} kết thúc việc theo dõi tiến độ hợp đồng đã nhắc {contractor}",
}


def paper(
    it: Letter, *, number: str = "", signed_on: date | None = None, until: date | None = None
) -> Report:
    """Return the letter; of a draft without number, day and the end of the time to reply."""
    digits, _, tail = number.partition("/")
    # A draft of an agency without an abbreviation still leaves room for its number.
    room = "CV" if not (number or it.agency.short) else ""
    new, signer = it.new, it.new.signatory
    fields: dict[str, Value] = {
        "subject": it.subject, "contractor": it.contractor, "as_of": f"ngày {day(it.as_of)}",
        "basis": (
            _contract(it),
            *new.basis, *((f"Căn cứ văn bản số {new.skips}",) if new.skips else ()),
        ),
        "evidence": (_table(it),), "act" if new.asks else "done": _step(it),
        "asks": tuple(f"{each.rstrip(' .;')}." for each in new.asks), "reply": _reply(it, until),
        "paragraphs": tuple(line for line in new.text.split("\n") if line.strip()),
    }  # fmt: skip
    return filled(
        "nha-thau", head=it.agency, fields=fields, day=signed_on or local_day(it.made_at), made_at=it.made_at,
        signer=signatory(
            signer.office, signer.name, collective=signer.collective, instead_of=signer.instead_of,
            by_order_of=signer.by_order_of, by_mandate_of=signer.by_mandate_of,
        ),
        to=(it.contractor,), recipients=new.recipients, number=digits, symbol=tail or room,
        marks=(SIMULATED,) if it.simulated else (),
        source=f"Số liệu lấy từ sổ chương trình, dự án lúc {moment(it.made_at)}.",
    )  # fmt: skip


def _contract(it: Letter) -> str:
    return (
        f"Căn cứ hợp đồng số {it.contract_no} ký ngày {day(it.contract_signed_on)} giữa chủ đầu tư và "
        f"{it.contractor} (mã số thuế {it.tax_code}) thuộc dự án {it.project}"
    )


def _table(it: Letter) -> Table:
    rows = tuple((str(at), each.what, each.found, each.source) for at, each in enumerate(it.evidence, 1))
    return Table(
        head=("TT", "Nội dung", "Theo sổ", "Căn cứ"), rows=rows, widths=(0.9, 4.6, 6.4, 4), align="clll"
    )


def _step(it: Letter) -> str:
    new = it.new
    return _STEPS[it.act].format(
        agency=it.agency.name, contractor=it.contractor,
        until="" if new.plan_until is None else day(new.plan_until),
        cut="" if new.cut_dong is None else f", phần giảm có giá trị {million(new.cut_dong)} triệu đồng",
        successor=f", thực hiện theo hợp đồng số {it.new_contract_no}" if it.new_contract_no else "",
    )  # fmt: skip


def _reply(it: Letter, until: date | None) -> str:
    if it.act == "close":
        return ""
    days = f"{it.new.reply_working_days:02} ngày làm việc kể từ ngày ký"
    end = f", chậm nhất hết ngày {day(until)}" if until else ""
    return (
        f"{it.contractor} có quyền trả lời bằng văn bản, kèm tài liệu chứng minh, trong {days}{end}. Ý "
        "kiến trả lời "
        "được ghi vào hồ sơ và được xem xét trước bước tiếp theo"
    )
