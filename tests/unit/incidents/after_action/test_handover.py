"""The sheet of a handover: what the house listed, who signed it, and what an empty list looks like."""

from __future__ import annotations

from typing import Any

from haidang.documents import pdf, word
from haidang.documents.report import Heading, Paragraph, Report, Signatures, Table
from haidang.incidents.after_action.handover import sheet
from haidang.organisation.service.letterhead import Letterhead
from tests.unit.documents.pdf_reading import pages
from tests.unit.incidents.after_action.stories import START, after

AGENCY = Letterhead(name="Trung tâm điều hành", parent="UBND tỉnh", short="TTĐH", place="Quảng Ninh")


def handover(**facts: Any) -> dict[str, Any]:
    """Return a handover as the API says it; its list is frozen, so instants in it are texts."""
    entity = {"id": "urn:ngsi-ld:FloodMonitoring:1", "name": "Trạm Bãi Cháy", "type": "FloodMonitoring"}
    return {
        "id": 9, "state": "unsigned", "org": {"id": 2, "name": "Trung tâm điều hành"}, "note": "",
        "outgoing": {"id": 1, "name": "Nguyễn Thị Hoa", "signed_at": after(5)},
        "incoming": {"id": 2, "name": "Trần Văn Ước", "signed_at": None},
        "made_at": START, "items_sha256": "ab" * 32,
        "items": {
            "as_of": "2026-03-16T02:30:00Z", "more_incidents": False,
            "incidents": [
                {"id": 7, "code": "2026-1187", "title": "Ngập đường", "severity": 2, "state": "assigned",
                 "is_exercise": False, "commander": None, "late_clocks": ["on_scene"]},
                {"id": 8, "code": "DT-2026-3", "title": "Cháy chợ", "severity": 1, "state": "reported",
                 "is_exercise": True, "commander": {"name": "Lê Quang Ý"}, "late_clocks": []},
                {"id": 9, "code": "2026-9", "title": "Ngập", "severity": 3, "state": "reported",
                 "is_exercise": False, "simulated": True, "commander": None, "late_clocks": []},
            ],
            "alerts_unacknowledged": [
                {"id": 3, "title_vi": "Mực nước trên báo động III", "priority": 1, "entity": entity,
                 "first_at": "2026-03-16T02:10:00Z"},
            ],
            "alerts_shelved": [],
            "steps": [{"incident_id": 7, "procedure": "flood-street", "step": "close-road", "vi": "Cấm đường",
                       "state": "approving", "task_id": 5, "opened_at": "2026-03-16T02:20:00Z"}],
            "resources": [{"id": 4, "name": "Xuồng 01", "status": "on_way", "incident_id": 7}],
            "feeds": [{"name": "mua", "title_vi": "Trạm mưa", "state": "dead", "last_accepted_at": None}],
        },
    } | facts  # fmt: skip


def drawn(**facts: Any) -> Report:
    return sheet(handover(**facts), AGENCY, START)


def under(report: Report, title: str) -> Table | Paragraph:
    """Return the block under a heading."""
    blocks = report.blocks
    at = next(no for no, each in enumerate(blocks) if isinstance(each, Heading) and each.text.endswith(title))
    found = blocks[at + 1]
    assert isinstance(found, Table | Paragraph)
    return found


def test_everything_that_is_open_stands_in_it() -> None:
    report = drawn()
    incidents = under(report, "Sự cố đang xử lý")
    assert isinstance(incidents, Table)
    assert [(row[0], row[4], row[5]) for row in incidents.rows] == [
        ("2026-1187", "Chưa có", "Có mặt tại hiện trường"), ("[DIỄN TẬP] DT-2026-3", "Lê Quang Ý", "Không"),
        ("[MÔ PHỎNG] 2026-9", "Chưa có", "Không"),
    ]  # fmt: skip
    alerts, resources = under(report, "chưa tiếp nhận"), under(report, "đang làm nhiệm vụ")
    assert isinstance(alerts, Table) and isinstance(resources, Table)
    assert alerts.rows[0] == ("P1", "Mực nước trên báo động III", "Trạm Bãi Cháy", "09:10:00 16/03/2026")
    steps = under(report, "Bước quy trình đang thực hiện")
    assert isinstance(steps, Table)
    assert steps.rows == (("2026-1187", "Cấm đường", "Chờ phê duyệt", "09:20:00 16/03/2026"),)
    assert resources.rows == (("Xuồng 01", "Đang đến", "2026-1187"),)
    feeds = under(report, "Nguồn dữ liệu gián đoạn")
    assert isinstance(feeds, Table) and feeds.rows == (("Trạm mưa", "Mất dữ liệu", "Chưa có"),)


def test_an_empty_list_says_that_it_is_empty() -> None:
    shelved = under(drawn(), "tạm gác")
    assert isinstance(shelved, Paragraph) and shelved.text == "Không có."


def test_both_sign_and_who_has_signed_in_the_house_is_said_so() -> None:
    signatures = drawn().blocks[-1]
    assert isinstance(signatures, Signatures)
    assert [(each.title, each.name, each.signed) for each in signatures.signers] == [
        ("Người giao", "Nguyễn Thị Hoa", "Đã ký trong hệ thống\nlúc 09:35:00 16/03/2026"),
        ("Người nhận", "Trần Văn Ước", ""),
    ]


def test_one_that_was_withdrawn_is_marked_on_every_page() -> None:
    report = drawn(state="withdrawn")
    assert all("ĐÃ RÚT" in page for page in pages(pdf.drawn(report)))


def test_a_note_is_a_part_of_its_own_and_both_forms_are_drawn() -> None:
    report = drawn(note="Chìa khóa kho ở bàn trực")
    note = under(report, "Nội dung khác")
    assert isinstance(note, Paragraph) and note.text == "Chìa khóa kho ở bàn trực"
    assert word.drawn(report).startswith(b"PK")
    assert "BIÊN BẢN" in pages(pdf.drawn(report))[0]
