"""Whatever the text, every place points into it, and reading never fails."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from haidang.directives.extraction import Reading, read
from haidang.directives.extraction.text import Text
from tests.unit.directives.extraction.corpus import documents

PIECES = st.sampled_from([
    "Giao ", "Sở Xây dựng", "các sở: Y tế, Nội vụ", " chủ trì, phối hợp với ", "UBND H. Phú Tân", ", ",
    "; ", ". ", ":\n", "\n- ",
    "1. ", "trước ngày 31/9", " trong quý IV/2023", " rà soát kế hoạch", "yêu cầu ", " phải ",
    "(trừ quận 1)", "đã ", "\u00a0", "\r\n",
    "uỷ ban nhân dân tỉnh", "\u200b", "Nơi nhận:", "Kính gửi: ", "Số: 05/TB-UBND",
    "ngày 5 tháng 9 năm 2019", "do ", "cùng ", "…", "“",
    "Công ty TNHH ", "Đồng thời, ", "hoà\u0301", "\u0323", "Hoàn thành trước 5/5.", " gửi về ",
    "đồng chí Lê Văn An", "🙂", "\x00",
])  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join)
FORMS = st.sampled_from(["NFC", "NFD", "raw"])


def places(reading: Reading) -> Iterator[tuple[str, int, int]]:
    for item in reading.items:
        yield item.sentence, item.start, item.end
        for name in (*item.lead, *item.cooperating):
            yield name.text, name.start, name.end
        for due in (item.deadline, item.urgency):
            if due:
                yield due.text, due.start, due.end
    for reference in reading.document.references:
        yield reference.text, reference.start, reference.end


@settings(max_examples=300, deadline=None)
@given(TEXTS, FORMS)
def test_every_place_points_into_the_raw_text(text: str, form: str) -> None:
    raw = text if form == "raw" else unicodedata.normalize("NFC" if form == "NFC" else "NFD", text)
    for words, start, end in places(read(raw)):
        assert 0 <= start <= end <= len(raw)
        assert raw[start:end] == words


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), FORMS)
def test_the_working_copy_leads_back(text: str, form: str) -> None:
    raw = text if form == "raw" else unicodedata.normalize("NFC" if form == "NFC" else "NFD", text)
    copy = Text(raw)
    assert len(copy.plain) == len(copy.low)
    ats = [copy.raw_at(at) for at in range(len(copy.plain) + 1)]
    assert ats == sorted(ats)
    assert all(0 <= at <= len(raw) for at in ats)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_the_same_text_gives_the_same_reading(text: str) -> None:
    assert read(text) == read(text)


def test_the_set_has_its_places_in_both_forms() -> None:
    for each in documents():
        for form in ("NFC", "NFD"):
            raw = unicodedata.normalize("NFD" if form == "NFD" else "NFC", each["text"])
            assert all(raw[start:end] == words for words, start, end in places(read(raw)))
