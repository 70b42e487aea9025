"""The standing test set: what a person would mark in invented notices, letters and reports."""

from __future__ import annotations

import unicodedata
from typing import Any, Literal

import pytest

from haidang.directives.extraction import Reading, read
from haidang.directives.extraction.score import Sample, score
from tests.unit.directives.extraction.corpus import documents, marked, samples

ALL = documents()
HARD = "\u00a0 "


def _read(each: dict[str, Any]) -> Reading:
    return read(each["text"], issued_on=each["issued"])


def _form(text: str, form: Literal["NFC", "NFD"]) -> str:
    return unicodedata.normalize(form, text).replace(" ", HARD)


def test_the_set_is_read_as_marked() -> None:
    found = score(samples(ALL), marked(ALL))
    assert found.f1 >= 0.98, found.mistakes
    assert found.lead_exact >= 0.98, found.mistakes
    assert found.cooperating_f1 >= 0.96, found.mistakes
    assert (found.deadlines_missed, found.deadlines_false, found.dates_wrong) == (0, 0, 0), found.mistakes


@pytest.mark.parametrize("each", documents("silent"), ids=lambda each: each["id"])
def test_what_was_done_told_or_praised_is_no_directive(each: dict[str, Any]) -> None:
    assert _read(each).items == ()


def test_decomposed_text_and_the_other_tone_marks_give_the_same() -> None:
    plain = score(samples(ALL), marked(ALL))
    for form in ("NFD", "NFC"):
        texts = [
            Sample(each.doc, _form(each.text, form), each.docdate)
            for each in samples(ALL)
        ]  # fmt: skip
        found = score(texts, marked(ALL))
        assert (found.matched, found.proposed, found.lead_exact, found.dates_wrong) == (
            plain.matched, plain.proposed, plain.lead_exact, plain.dates_wrong,
        )  # fmt: skip


@pytest.mark.parametrize("each", [one for one in ALL if "facts" in one], ids=lambda each: each["id"])
def test_a_document_says_who_it_is(each: dict[str, Any]) -> None:
    document = read(each["text"]).document
    assert document.kind == each["kind"]
    assert document.issued_on_certain
    wanted = dict(each["facts"])
    if held := wanted.pop("held_on", None):
        assert document.meeting is not None
        assert document.meeting.held_on == held
    assert {name: getattr(document, name) for name in wanted} == wanted


def test_exceptions_of_a_group_are_kept() -> None:
    letter = next(each for each in ALL if each["id"] == "digital-land")
    names = {name.name: name.exceptions for item in _read(letter).items for name in item.lead}
    assert names["UBND các huyện, thị xã, thành phố"] == ("thành phố Vị Thanh",)


def test_unknown_names_surface_and_are_warned_of() -> None:
    report = next(each for each in ALL if each["id"] == "unknown-units")
    unresolved = [
        item for item in _read(report).items if any(name.kind == "unresolved" for name in item.lead)
    ]
    assert [item.lead[0].name for item in unresolved] == ["Câu lạc bộ Khởi nghiệp Sáng tạo Cố đô", "HEPCO"]
    assert all("unresolved" in {each.code for each in item.warnings} for item in unresolved)


def test_a_repeated_notice_is_linked() -> None:
    hospital = next(each for each in ALL if each["id"] == "hospital")
    assert [item.follows for item in _read(hospital).items if item.follows] == [("210/TB-UBND",)]


@pytest.mark.parametrize(
    ("words", "chair"),
    [
        ("Ngày 20/11/2026, Phó Chủ tịch UBND tỉnh Lê Văn Hải đã", "Phó Chủ tịch UBND tỉnh Lê Văn Hải"),
        ("Chiều 27/11, tại trụ sở UBND tỉnh, ông Lê Văn Hải", "ông Lê Văn Hải"),
    ],
)  # fmt: skip
def test_who_chaired_stands_without_day_and_place(words: str, chair: str) -> None:
    meeting = read(f"THÔNG BÁO\n{words} chủ trì cuộc họp về tiến độ dự án.").document.meeting
    assert meeting is not None
    assert meeting.chair == chair


def test_a_product_ends_before_its_deadline() -> None:
    (item,) = read("Giao Sở Xây dựng lập báo cáo tiến độ trước ngày 22/12/2026.").items
    assert item.product == "báo cáo tiến độ"
