"""The after-action report says what the log says: times against targets, what was skipped or is missing."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from haidang.documents import pdf, word
from haidang.documents.report import Facts, Heading, Paragraph, Points, Report, Table, Timeline, prepared
from haidang.incidents.after_action.model import AfterAction, Entry, decides, fitted, met
from haidang.incidents.after_action.paper import paper
from haidang.incidents.after_action.words import KINDS, long
from haidang.incidents.model.acts import RULES
from haidang.incidents.model.resources import RULES as RESOURCE_RULES
from haidang.incidents.service.journal import KINDS as WRITTEN
from tests.unit.documents.pdf_reading import pages
from tests.unit.incidents.after_action.stories import LOG, START, after, story


def part(report: Report, title: str) -> list[object]:
    """Return the blocks under a heading of the first level."""
    found: list[object] = []
    inside = False
    for block in report.blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.text.partition(". ")[2] == title
        elif inside:
            found.append(block)
    assert found, title
    return found


def table(report: Report, title: str) -> Table:
    """Return the first table under a heading."""
    return next(block for block in part(report, title) if isinstance(block, Table))


def test_times_are_held_against_their_targets_and_a_missing_one_is_said_to_be_missing() -> None:
    shown = table(paper(story()), "Các mốc thời gian so với yêu cầu")
    assert [(row[0], row[2].partition("\n")[0], row[3]) for row in shown.rows] == [
        ("Tiếp nhận", "0 giây", "Đạt"),
        ("Điều động lực lượng", "21 phút", "Chậm 6 phút"),
        ("Có mặt tại hiện trường", "Chưa có", "Chưa đạt, đã quá 2 giờ 35 phút"),
        ("Kết thúc", "2 giờ", "Đạt"),
    ]
    assert shown.strong == (1, 2)
    assert met(story()) == (2, 4)


def test_the_timeline_is_the_whole_log_with_its_numbers_and_corrections() -> None:
    [shown] = (block for block in part(paper(story()), "Diễn biến") if isinstance(block, Timeline))
    assert [moment.no for moment in shown.moments] == [entry.no for entry in LOG]
    said = {moment.no: moment.text for moment in shown.moments}
    assert said[3] == "Phân loại (từ mức 3 thành mức 2)"
    assert said[4] == "Điều động: Tới ngay (Xuồng 01)"
    assert said[5] == "Quan sát: Nước sâu 40 cm [đã được đính chính tại mục 6]"
    assert said[6] == "Đính chính mục 5: Nước sâu 60 cm"


def test_steps_that_were_skipped_or_late_stand_out_with_their_reason() -> None:
    shown = table(paper(story()), "Thực hiện quy trình")
    assert [row[2] for row in shown.rows] == [
        "Hoàn thành; Nguyễn Thị Hoa; Đã báo 2 đơn vị",
        "Hoàn thành; trễ 31 phút; Trần Văn Ước; phê duyệt: Lê Quang Ý",
        "Bỏ qua; lý do: Không còn người trong vùng ngập",
    ]
    assert shown.strong == (1, 2)
    assert [row[3] for row in shown.rows] == [
        "09:40:00 16/03/2026",
        "10:00:00 16/03/2026",
        "20 phút từ khi mở",
    ]


def test_decisions_and_lessons_with_their_tasks() -> None:
    report = paper(story())
    assert [row[0] for row in table(report, "Các quyết định").rows] == ["3", "4", "8", "9", "10"]
    points, _ = part(report, "Bài học và kiến nghị")
    assert isinstance(points, Points)
    assert "nhiệm vụ số 41: Sở Xây dựng" in points.items[0]
    assert points.items[1] == "Danh bạ trực ban cũ (mục 12; chưa giao nhiệm vụ)"


def test_what_was_not_there_is_said_not_to_be_there() -> None:
    bare = story(reactions=(), runs=(), uses=(), links=(), files=(), lessons=(), decisions=(), closed_at=None)
    report = paper(bare)
    said = [block.text for block in report.blocks if isinstance(block, Paragraph)]
    for text in (
        "Sự cố chưa kết thúc khi lập báo cáo này. Số mốc thời gian đạt yêu cầu: 0/0.",
        "Không áp dụng quy trình nào.", "Không điều động lực lượng, phương tiện có đăng ký.",
        "Nhật ký không ghi quyết định nào.", "Nhật ký chưa ghi bài học nào.",
    ):  # fmt: skip
        assert text in said, text
    [facts] = part(report, "Thông tin chung")
    assert isinstance(facts, Facts)
    assert dict(facts.rows)["Thời điểm kết thúc"] == "Chưa có"


def test_a_broken_chain_is_said_on_every_page() -> None:
    broken = story(head=msgspec.structs.replace(story().head, sound=False))
    assert "CHUỖI BĂM KHÔNG TOÀN VẸN" in paper(broken).source
    assert "chuỗi băm toàn vẹn, mã băm cuối 3fa9c1d23fa9c1d2" in paper(story()).source


def test_an_exercise_says_so_on_every_page_and_counts_nowhere() -> None:
    report = paper(story(is_exercise=True, simulated=True))
    assert report.marks == ("Diễn tập", "Dữ liệu mô phỏng")
    assert all("DIỄN TẬP · DỮ LIỆU MÔ PHỎNG" in page for page in pages(pdf.drawn(report)))
    first = part(report, "Tóm tắt")[0]
    assert isinstance(first, Paragraph)
    assert first.text == "Đây là cuộc diễn tập, không tính vào thống kê."
    assert paper(story()).marks == ()


def test_both_forms_are_drawn_of_the_same_report() -> None:
    report = paper(story())
    assert word.drawn(report).startswith(b"PK")
    assert "KẾT QUẢ XỬ LÝ" not in (text := "".join(pages(pdf.drawn(report))))
    assert "Kết quả xử lý sự cố 2026-1187" in text


def test_every_kind_of_entry_has_a_word() -> None:
    wanted = {*RULES, *WRITTEN, "open", "absorb", "lesson-task"}
    wanted |= {f"resource-{name}" for name in RESOURCE_RULES if name in {"on_way", "on_scene", "release"}}
    assert wanted <= set(KINDS)
    assert decides("step_skipped") and decides("decision") and not decides("note")


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 giây"), (timedelta(seconds=59), "59 giây"),
        (timedelta(minutes=2, seconds=10), "2 phút 10 giây"), (timedelta(hours=2), "2 giờ"),
        (timedelta(hours=2, seconds=5), "2 giờ"), (timedelta(days=1, hours=3, minutes=9), "1 ngày 3 giờ"),
        (-timedelta(minutes=6), "6 phút"),
    ],
)  # fmt: skip
def test_spans_are_said_in_two_units(span: timedelta, said: str) -> None:
    assert long(span) == said


@forall(st.lists(st.integers(0, 400), max_size=40), st.integers(1, 20), st.integers(0, 4_000))
def test_of_a_long_log_beginning_and_end_are_held(sizes: list[int], most: int, letters: int) -> None:
    log = [Entry(no=no, at=START, by="a", kind="note", text="a" * size) for no, size in enumerate(sizes)]
    held, left_out = fitted(log, most=most, letters=letters)
    assert len(held) + left_out == len(log)
    assert len(held) <= most
    assert sum(len(entry.text) for entry in held) <= letters
    early = [entry for entry, same in zip(held, log, strict=False) if entry is same]
    assert [*early, *log[len(early) + left_out :]] == held


def test_a_log_without_end_still_makes_a_report() -> None:
    entries = [
        Entry(no=no, at=after(no), by="Hệ thống", kind="note", text="dài " * 900) for no in range(1, 5_000)
    ]
    held, left_out = fitted(entries, most=1_500, letters=600_000)
    whole: AfterAction = story(log=tuple(held), log_left_out=left_out)
    prepared(paper(whole))
    [note, *_] = part(paper(whole), "Diễn biến")
    assert isinstance(note, Paragraph)
    assert note.text.startswith(f"Không in {left_out} mục ở giữa")
