"""Letters: fields onto a report, what is left out, what is refused, and who signs on whose behalf."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.base.problems import Problem
from haidang.documents.letters import letter, shipped, signatory
from haidang.documents.letters.forms import read
from haidang.documents.report import Paragraph, Report, Signatures
from tests.unit.documents.letters import FILLED, OFFICE, filled


def texts(report: Report) -> list[str]:
    return [block.text for block in report.blocks if isinstance(block, Paragraph)]


def test_every_form_is_tried() -> None:
    assert set(FILLED) == set(shipped())


def test_a_reminder_is_a_letter_with_its_subject_under_the_number() -> None:
    found = filled("don-doc")
    assert (found.title, found.number, found.symbol) == ("", "05", "UBND-TH")
    assert found.subtitle == "V/v đôn đốc thực hiện nhiệm vụ quá hạn trong tháng 01 năm 2026"
    assert texts(found)[0].startswith("Thực hiện các ý kiến chỉ đạo của Chủ tịch")
    assert texts(found)[-1] == "Đề nghị Sở Xây dựng quan tâm, chỉ đạo thực hiện./."
    signatures = found.blocks[-1]
    assert isinstance(signatures, Signatures)
    assert signatures.recipients == (
        "Như trên", "Chủ tịch, các Phó Chủ tịch UBND tỉnh (để báo cáo)", "Lưu: VT, TH",
    )  # fmt: skip


def test_a_paragraph_without_its_field_is_left_out_or_said_otherwise() -> None:
    fields = dict(FILLED["don-doc"]["fields"])
    del fields["basis"], fields["leader"]
    said = texts(filled("don-doc", **FILLED["don-doc"] | {"fields": fields}))
    assert said[0].startswith("Qua theo dõi")
    assert not any("chịu trách nhiệm" in text for text in said)
    notice = dict(FILLED["thong-bao-ket-luan"]["fields"])
    del notice["reporter"]
    said = texts(filled("thong-bao-ket-luan", **FILLED["thong-bao-ket-luan"] | {"fields": notice}))
    assert said[1].startswith("Sau khi nghe báo cáo và ý kiến")


def test_the_last_paragraph_is_ended_and_the_number_left_open() -> None:
    found = filled("cong-van")
    assert texts(found)[-1].endswith("tổng hợp, báo cáo./.")
    assert (found.number, found.symbol) == ("", "SXD")
    assert filled("thong-bao-ket-luan").symbol == "TB-UBND"


def test_what_is_missing_or_unknown_is_named() -> None:
    with pytest.raises(Problem) as refusal:
        filled("giay-moi", **FILLED["giay-moi"] | {"fields": {"meeting": "Họp", "colour": "đỏ"}})
    assert {fault.field for fault in refusal.value.faults} == {
        "invited", "purpose", "chair", "time", "venue", "colour",
    }  # fmt: skip
    with pytest.raises(Problem) as refusal:
        filled("cong-van", **FILLED["cong-van"] | {"to": ()})
    assert [fault.field for fault in refusal.value.faults] == ["to"]
    with pytest.raises(Problem) as refusal:
        letter(
            "thu-tinh", **FILLED["cong-van"], day=filled("cong-van").day, made_at=filled("cong-van").made_at
        )
    assert refusal.value.kind.code == "letter-form-unknown"


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ({}, "Giám đốc"),
        ({"collective": "Ủy ban nhân dân"}, "TM. Ủy ban nhân dân\nGiám đốc"),
        ({"instead_of": "Giám đốc"}, "KT. Giám đốc\nGiám đốc"),
        ({"by_order_of": "Chủ tịch", "instead_of": "Cục trưởng"}, "TL. Chủ tịch\nKT. Cục trưởng\nGiám đốc"),
        ({"by_mandate_of": "Bộ trưởng"}, "TUQ. Bộ trưởng\nGiám đốc"),
        ({"acting": True}, "Q. Giám đốc"),
    ],
)  # fmt: skip
def test_who_signs_on_whose_behalf(asked: dict[str, object], title: str) -> None:
    assert signatory("Giám đốc", "Lê Ý", **asked).title == title  # type: ignore[arg-type]


def test_nobody_signs_by_order_and_by_mandate() -> None:
    with pytest.raises(ValueError, match="not both"):
        signatory("Giám đốc", by_order_of="Chủ tịch", by_mandate_of="Chủ tịch")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type: CV", "type: XX"),
        ("{subject}", "{other}"),
        ("paragraphs: paragraphs", "blocks: paragraphs"),
        ("paragraphs: paragraphs", "text: '{paragraphs}'"),
        ("paragraphs: paragraphs", "{paragraphs: paragraphs, otherwise: a}"),
    ],
)
def test_a_form_that_does_not_fit_together_is_refused(tmp_path: Path, old: str, new: str) -> None:
    file = Path(read.__code__.co_filename).parent / "data" / "cong-van.yaml"
    broken = tmp_path / "a.yaml"
    broken.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.yaml"):
        read(broken)


def test_an_office_without_an_abbreviation_still_gets_a_symbol() -> None:
    bare = type(OFFICE)(name="Văn phòng")
    assert filled("thong-bao-ket-luan", **FILLED["thong-bao-ket-luan"] | {"head": bare}).symbol == "TB"
