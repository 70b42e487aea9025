"""The sheet of a handover (biên bản bàn giao ca trực): what the house listed, and who has signed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from haidang.base.clock import LOCAL
from haidang.documents.report import (
    Body,
    Facts,
    Heading,
    Paragraph,
    Report,
    Signatures,
    Signer,
    Table,
)
from haidang.incidents.after_action.words import ABSENT, REACTIONS, STATES, STEPS, at, vi
from haidang.organisation.service.letterhead import Letterhead

RESOURCE_STATES = {
    "assigned": ("Đã điều động", "Assigned"),
    "on_way": ("Đang đến", "On the way"),
    "on_scene": ("Tại hiện trường", "On scene"),
}
FEED_STATES = {"dead": ("Mất dữ liệu", "Dead"), "error": ("Lỗi", "Failing")}
SHEET_STATES = {
    "unsigned": "Chưa đủ chữ ký",
    "signed": "Hai bên đã ký",
    "withdrawn": "Đã rút, không có giá trị bàn giao",
}


def sheet(row: Mapping[str, Any], agency: Letterhead, made_at: datetime) -> Report:
    """Return the sheet of a handover as ``shifts.one`` says it."""
    items = row["items"]
    number = iter(("I", "II", "III", "IV", "V", "VI", "VII", "VIII"))
    blocks: list[Body] = [Heading(text=f"{next(number)}. Ca trực"), _about(row)]
    for title, found in (
        ("Sự cố đang xử lý", _incidents(items)),
        ("Bước quy trình đang thực hiện", _steps(items)),
        ("Cảnh báo chưa tiếp nhận", _alerts(items.get("alerts_unacknowledged", ()))),
        ("Cảnh báo tạm gác", _shelved(items.get("alerts_shelved", ()))),
        ("Lực lượng, phương tiện đang làm nhiệm vụ", _resources(items)),
        ("Nguồn dữ liệu gián đoạn", _feeds(items)),
    ):
        blocks += [Heading(text=f"{next(number)}. {title}"), found]
    if row["note"]:
        blocks += [Heading(text=f"{next(number)}. Nội dung khác"), Paragraph(text=row["note"])]
    blocks.append(
        Signatures(
            signers=(_signer("Người giao", row["outgoing"]), _signer("Người nhận", row["incoming"])),
            recipients=("Hai bên giao, nhận ca", "Lưu: VT"),
        )
    )
    return Report(
        title="Biên bản",
        subtitle="Bàn giao ca trực",
        agency=agency.name,
        parent=agency.parent,
        symbol=f"BB-{agency.short}" if agency.short else "BB",
        place=agency.place,
        day=moment(row["made_at"]).astimezone(LOCAL).date(),
        made_at=made_at,
        marks=("Đã rút",) if row["state"] == "withdrawn" else (),
        source=f"Bàn giao số {row['id']}, lập lúc {at(moment(row['made_at']))}; hai bên ký trên mã băm "
        f"{row['items_sha256'][:16]}",
        blocks=tuple(blocks),
    )  # fmt: skip


def moment(value: Any) -> datetime:
    """Return an instant, be it one or the text of one, as a frozen list has it."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _when(value: Any) -> str:
    return at(moment(value)) if value else ABSENT


def _about(row: Mapping[str, Any]) -> Facts:
    return Facts(
        rows=(
            ("Đơn vị", row["org"]["name"]),
            ("Người giao", row["outgoing"]["name"]),
            ("Người nhận", row["incoming"]["name"]),
            ("Thời điểm lập danh sách", _when(row["items"].get("as_of") or row["made_at"])),
            ("Tình trạng", SHEET_STATES[row["state"]]),
        )
    )


def _signer(title: str, side: Mapping[str, Any]) -> Signer:
    signed = f"Đã ký trong hệ thống\nlúc {_when(side['signed_at'])}" if side["signed_at"] else ""
    return Signer(title=title, under="(Ký, ghi rõ họ tên)", name=side["name"], signed=signed)


def _table(
    head: tuple[str, ...], rows: Iterable[tuple[str, ...]], widths: tuple[float, ...]
) -> Table | Paragraph:
    found = tuple(rows)
    return Table(head=head, rows=found, widths=widths) if found else Paragraph(text="Không có.")


def _mark(incident: Mapping[str, Any]) -> str:
    """Return what stands before its code; sheets of earlier versions do not say what is simulated."""
    if incident["is_exercise"]:
        return "[DIỄN TẬP] "
    return "[MÔ PHỎNG] " if incident.get("simulated") else ""


def _incidents(items: Mapping[str, Any]) -> Table | Paragraph:
    rows = [
        (
            _mark(each) + each["code"],
            each["title"],
            f"Mức {each['severity']}",
            vi(STATES, each["state"]),
            (each.get("commander") or {}).get("name") or ABSENT,
            ", ".join(vi(REACTIONS, name) for name in each.get("late_clocks", ())) or "Không",
        )
        for each in items.get("incidents", ())
    ]
    if items.get("more_incidents"):
        rows.append(("…", "Còn sự cố khác, xem trong hệ thống", "", "", "", ""))
    head = ("Mã", "Sự cố", "Mức", "Trạng thái", "Chỉ huy", "Mốc đã trễ")
    return _table(head, rows, (2.6, 5, 1.7, 2.6, 3, 2.6))


def _steps(items: Mapping[str, Any]) -> Table | Paragraph:
    codes = _codes(items)
    rows = (
        (
            codes.get(each["incident_id"], ABSENT),
            each["vi"],
            vi(STEPS, each["state"]),
            _when(each["opened_at"]),
        )
        for each in items.get("steps", ())
    )
    return _table(("Sự cố", "Bước", "Trạng thái", "Từ lúc"), rows, (2.6, 7, 4, 3))


def _codes(items: Mapping[str, Any]) -> dict[int, str]:
    return {each["id"]: each["code"] for each in items.get("incidents", ())}


def _alerts(found: Iterable[Mapping[str, Any]]) -> Table | Paragraph:
    rows = (
        (f"P{each['priority']}", each["title_vi"], _entity(each), _when(each["first_at"])) for each in found
    )
    return _table(("Ưu tiên", "Cảnh báo", "Đối tượng", "Từ lúc"), rows, (1.7, 6, 5, 3))


def _shelved(found: Iterable[Mapping[str, Any]]) -> Table | Paragraph:
    rows = (
        (f"P{each['priority']}", each["title_vi"], _entity(each), _when(each["shelved_until"]),
         each["shelved_reason"] or "")
        for each in found
    )  # fmt: skip
    head = ("Ưu tiên", "Cảnh báo", "Đối tượng", "Gác đến", "Lý do")
    return _table(head, rows, (1.7, 5, 4, 3, 4))


def _entity(each: Mapping[str, Any]) -> str:
    entity = each.get("entity") or {}
    return entity.get("name") or entity.get("id") or ""


def _resources(items: Mapping[str, Any]) -> Table | Paragraph:
    codes = _codes(items)
    rows = (
        (each["name"], vi(RESOURCE_STATES, each["status"]), codes.get(each["incident_id"], ABSENT))
        for each in items.get("resources", ())
    )
    return _table(("Lực lượng, phương tiện", "Trạng thái", "Sự cố"), rows, (7, 4, 4))


def _feeds(items: Mapping[str, Any]) -> Table | Paragraph:
    rows = (
        (each["title_vi"] or each["name"], vi(FEED_STATES, each["state"]), _when(each["last_accepted_at"]))
        for each in items.get("feeds", ())
    )
    return _table(("Nguồn", "Tình trạng", "Dữ liệu cuối"), rows, (8, 3, 4))
