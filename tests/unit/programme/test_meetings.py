"""What a meeting writes: decisions as a notice says them, where they stand in its text, figures in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from haidang.actions.meetings.notice import Decided, Notice, listed, said, text_of
from haidang.organisation.service.letterhead import Letterhead
from haidang.programme.meetings.gathering import _case
from haidang.programme.meetings.model import Decision, lacks, plan_year_of, title_of
from haidang.programme.meetings.service import HINDRANCES, NOT_NOW, SAME_DAY
from haidang.programme.meetings.words import big, day, money, percent, points
from haidang.programme.model.money import Ratio
from haidang.tasks.model.due import Due

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TOLD = [
    (
        Decided(
            text="Bàn giao mặt bằng", lead="Ban A", coops=("Sở B",), product="biên bản", due="05/12/2026"
        ),
        "Giao Ban A chủ trì, phối hợp với Sở B: bàn giao mặt bằng; kết quả: biên bản; thời hạn: 05/12/2026.",
    ),
    # A name keeps its capital; a project that the wording names already is not named again.
    (
        Decided(text="UBND phường Cảng Mới bàn giao", lead="Sở B", due="tháng 12"),
        "Giao Sở B: UBND phường Cảng Mới bàn giao; thời hạn: tháng 12.",
    ),
    (
        Decided(text="Nghiệm thu dự án trung tâm dữ liệu", lead="Ban A", project="Trung tâm dữ liệu"),
        "Giao Ban A: nghiệm thu dự án trung tâm dữ liệu.",
    ),
    (
        Decided(text="Nghiệm thu lô hai", lead="Ban A", project="Camera giai đoạn II"),
        "Giao Ban A: nghiệm thu lô hai (dự án Camera giai đoạn II).",
    ),
]


@pytest.mark.parametrize(("decision", "words"), TOLD)
def test_a_decision_is_said_as_notices_say_it(decision: Decided, words: str) -> None:
    assert said(decision) == words


def test_the_text_is_the_papers_and_each_decision_stands_where_its_span_says() -> None:
    decisions = tuple(decision for decision, _ in TOLD) * 3
    notice = Notice(
        agency=Letterhead(name="Văn phòng UBND tỉnh", short="VP"), issued_on=date(2026, 11, 23), made_at=NOW,
        leader="Chủ tịch UBND tỉnh", meeting="họp giao ban", held_on=date(2026, 11, 23), decisions=decisions,
    )  # fmt: skip
    found = text_of(notice)
    passages = [found.text[start:end] for start, end in found.spans]
    assert passages == [said(each).rstrip(".") for each in decisions]
    assert found.text.count("\n") >= len(decisions) and found.text.endswith("./.")


def test_names_are_listed_as_people_list_them() -> None:
    assert [listed(names) for names in (("A",), ("A", "B"), ("A", "B", "C"))] == ["A", "A và B", "A, B và C"]


def test_the_docs_name_tests_that_are_there_and_every_refusal() -> None:
    page = (ROOT / "docs" / "programme-meeting.md").read_text(encoding="utf-8")
    tests = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("integration", "acceptance", "unit")
        for path in (ROOT / "tests" / folder / "programme").glob("test_meeting*.py")
    )
    assert {name for name in re.findall(r"`(test_\w+)`", page) if f"def {name}(" not in tests} == set()
    assert all(f"`{name}`" in page for name in (*HINDRANCES, SAME_DAY.code, NOT_NOW.code))


def ratio(paid: int, of: int) -> Ratio:
    return Ratio(
        numerator_dong=paid, denominator_dong=of, denominator_kind="annual", plan_as_of=date(2026, 11, 1),
        cutoff=date(2026, 11, 1),
    )  # fmt: skip


def test_figures_in_words() -> None:
    assert [money(each) for each in (None, 0, 499_999, 500_000, 1_240_500_000_000)] == [
        "–", "0", "0", "1", "1.240.500",
    ]  # fmt: skip
    assert [big(each) for each in (None, 950, 850_000_000, 1_240_500_000_000)] == [
        "–", "950 đồng", "850 triệu đồng", "1.240,5 tỷ đồng",
    ]  # fmt: skip
    assert [percent(each) for each in (None, ratio(1, 0), ratio(612, 1000))] == ["–", "–", "61,2%"]
    assert points(ratio(50, 100), ratio(534, 1000)) == "+3,4"
    assert (points(None, ratio(1, 2)), points(ratio(1, 2), ratio(1, 2))) == ("–", "0")
    assert (day(date(2026, 2, 5)), day(date(2026, 3, 16)), day(None)) == ("05/02/2026", "16/3/2026", "–")


def test_january_reports_on_the_year_before_and_a_draft_says_what_it_lacks() -> None:
    assert (plan_year_of(date(2027, 1, 31)), plan_year_of(date(2027, 2, 1))) == (2026, 2027)
    assert title_of(date(2026, 2, 3)) == "Họp giao ban giải ngân tháng 02 năm 2026"
    draft = Decision(id=1, meeting_id=1, text="Việc", created_by="x", recorded_at=NOW, changed_at=NOW)
    assert lacks(draft) == ("lead_org", "due", "product")
    whole = Decision(
        id=1, meeting_id=1, text="Việc", lead_org=2, product="báo cáo", due=Due(precision="urgent"),
        created_by="x", recorded_at=NOW, changed_at=NOW,
    )  # fmt: skip
    assert lacks(whole) == ()


def test_a_case_says_the_last_day_of_its_reply() -> None:
    row = {
        "id": 1, "project_id": 2, "project": "Cầu", "owner_org": 3, "area_code": None, "sector": None,
        "contractor": "Công ty Một", "contract_no": "01/HĐ", "state": "demanded", "subject": "Chậm",
        "replied": False,
    }  # fmt: skip
    kept = _case({**row, "reply_until": datetime(2026, 11, 18, 17, tzinfo=UTC)})
    assert kept.reply_until == date(2026, 11, 18), "the end is exclusive: midnight after the last day"
    assert _case({**row, "reply_until": None}).reply_until is None
