"""The facts of the register that a letter to a contractor names, each with where it stands; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from haidang.programme.letters.model import EVIDENCE_MAX, Evidence
from haidang.programme.model.records import Contract
from haidang.programme.reports.words import day, million, number
from haidang.tasks.model.due import last_day

Found = Mapping[str, Sequence[Mapping[str, Any]]]
STEPS = {
    "warn": "Nhắc nhở", "demand": "Yêu cầu bằng văn bản", "plan": "Kế hoạch khắc phục",
    "cut_scope": "Giảm khối lượng", "replace": "Thay thế", "reply": "Nhà thầu trả lời", "close": "Kết thúc",
}  # fmt: skip


def evidence(contract: Contract, found: Found, today: date) -> tuple[Evidence, ...]:
    """Return the facts, oldest duty first; what the register does not hold is said to be missing."""
    parts = (
        _duration(contract, found, today), _milestones(found), _accepted(contract, found),
        _equipment(found), _advance(contract, found), _steps(found),
    )  # fmt: skip
    return tuple(each for part in parts for each in part)[:EVIDENCE_MAX]


def _duration(contract: Contract, found: Found, today: date) -> Iterator[Evidence]:
    source = f"Hợp đồng số {contract.contract_no}"
    yield Evidence(
        what="Thời hạn theo hợp đồng đã ký", found=f"đến ngày {day(contract.expires_on)}", source=source
    )
    for each in found["extensions"]:
        yield Evidence(
            what="Gia hạn", found=f"từ ngày {day(each['old_on'])} đến ngày {day(each['new_on'])}",
            source=f"{each['document']} ngày {day(each['signed_on'])}",
        )  # fmt: skip
    [now] = found["now"]
    over = (today - now["expires_on"]).days
    if over > 0 and contract.ended_on is None:
        yield Evidence(
            what="Quá thời hạn đang có hiệu lực",
            found=f"hết hạn ngày {day(now['expires_on'])}, quá {number(over)} ngày", source=source,
        )  # fmt: skip


def _milestones(found: Found) -> Iterator[Evidence]:
    for each in found["milestones"]:
        forecast = f", dự kiến ngày {day(each['forecast_on'])}" if each["forecast_on"] else ""
        yield Evidence(
            what=f"Mốc “{each['name']}” chưa đạt",
            found=f"kế hoạch ngày {day(each['baseline_on'])}{forecast}, chậm {number(each['days'])} ngày",
            source=f"Mốc tiến độ số {each['id']}",
        )  # fmt: skip


def _accepted(contract: Contract, found: Found) -> Iterator[Evidence]:
    [accepted], [now] = found["accepted"], found["now"]
    value = f"giá trị hợp đồng {million(now['value_dong'])} triệu đồng"
    if accepted["dong"] is None:
        said = f"sổ chưa có biên bản nghiệm thu nào; {value}"
    else:
        said = (
            f"{million(accepted['dong'])} triệu đồng ({number(accepted['times'])} lần, gần nhất ngày "
            f"{day(accepted['last'])}); {value}"
        )
    yield Evidence(what="Khối lượng đã nghiệm thu", found=said, source=f"Hợp đồng số {contract.contract_no}")


def _equipment(found: Found) -> Iterator[Evidence]:
    for each in found["equipment"]:
        came = (
            f"đã giao ngày {day(each['delivered_on'])}" if each["delivered_on"] else "sổ chưa ghi nhận giao"
        )
        yield Evidence(
            what=f"Thiết bị “{each['name']}”", found=f"{came}, chưa ghi nhận lắp đặt",
            source=f"Danh mục thiết bị số {each['id']}",
        )  # fmt: skip


def _advance(contract: Contract, found: Found) -> Iterator[Evidence]:
    [advances] = found["advances"]
    if not advances["dong"]:
        return
    until = contract.guarantee_expires_on
    held = f"bảo lãnh đến ngày {day(until)}" if until else "sổ chưa ghi nhận bảo lãnh"
    yield Evidence(
        what="Tạm ứng chưa thu hồi", found=f"{million(advances['dong'])} triệu đồng; {held}",
        source="Chứng từ Kho bạc",
    )  # fmt: skip


def _steps(found: Found) -> Iterator[Evidence]:
    for each in found["steps"]:
        until = each["reply_until"]
        yield Evidence(
            what=STEPS[each["act"]],
            found=f"ngày {day(each['dated_on'])}"
            + (f", thời hạn trả lời hết ngày {day(last_day(until))}" if until else ""),
            source=f"Văn bản số {each['document']}",
        )  # fmt: skip
