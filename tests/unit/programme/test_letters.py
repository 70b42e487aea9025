"""Letters to contractors: facts with where they stand, the right of reply, papers of Decree 30/2020."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import msgspec
import pytest

from haidang.documents import pdf, word
from haidang.documents.lint import lint
from haidang.documents.report import prepared
from haidang.organisation.service.letterhead import Letterhead
from haidang.programme.letters.evidence import evidence
from haidang.programme.letters.model import EVIDENCE_MAX, ActName, Letter, NewLetter, Signatory, judging
from haidang.programme.letters.paper import paper
from haidang.programme.model.records import Contract

TODAY = date(2026, 3, 16)
AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
CONTRACT = Contract(
    id=4, project_id=1, contractor_id=2, contract_no="12/2025/HĐ", value_dong=30_000_000_000,
    signed_on=date(2025, 1, 5), effective_on=date(2025, 1, 5), expires_on=date(2025, 12, 31),
    guarantee_dong=5_000_000_000, guarantee_expires_on=date(2026, 4, 1), created_by="x", recorded_at=AT,
    changed_at=AT,
)  # fmt: skip
FOUND: dict[str, list[dict[str, Any]]] = {
    "now": [{"value_dong": 30_000_000_000, "expires_on": date(2026, 2, 1)}],
    "extensions": [{"document": "PL01", "signed_on": date(2025, 12, 20), "old_on": date(2025, 12, 31),
                    "new_on": date(2026, 2, 1)}],
    "milestones": [{"id": 7, "name": "Giao thiết bị", "baseline_on": date(2026, 1, 10),
                    "forecast_on": date(2026, 4, 10), "days": 90}],
    "accepted": [{"dong": None, "times": 0, "last": None}],
    "equipment": [{"id": 9, "name": "Màn hình ghép", "delivered_on": None}],
    "advances": [{"dong": 3_000_000_000}],
    "steps": [{"act": "warn", "document": "12/BQL", "dated_on": date(2026, 2, 2),
               "reply_until": datetime(2026, 2, 9, 17, tzinfo=UTC)}],
}  # fmt: skip


def new(act: ActName = "warn", **facts: Any) -> NewLetter:
    given: dict[str, Any] = {
        "act": act, "contract_id": 4, "text": "Đến nay nhà thầu chưa giao màn hình ghép.",
        "asks": ("Giao thiết bị trước ngày 30/3/2026", "Báo cáo nguyên nhân chậm"),
        "signatory": Signatory(name="Nguyễn Văn An", office="Giám đốc"),
    }  # fmt: skip
    return NewLetter(**(given | facts))


def letter(act: ActName = "warn", **facts: Any) -> Letter:
    return Letter(
        act=act, agency=Letterhead(name="Ban Quản lý dự án", short="BQLDA", place="Quảng Ninh"),
        project="Trung tâm điều hành", contractor="Công ty cổ phần Hạ tầng số An Bình",
        tax_code="0101234567", contract_no=CONTRACT.contract_no, contract_signed_on=CONTRACT.signed_on,
        new=new(act, **facts), new_contract_no="15/2026/HĐ" if act == "replace" else "", as_of=TODAY,
        made_at=AT, evidence=evidence(CONTRACT, FOUND, TODAY),
    )  # fmt: skip


MORE: dict[str, dict[str, Any]] = {
    "plan": {"plan_until": date(2026, 4, 30)}, "cut_scope": {"cut_dong": 4_500_000_000, "skips": "9/QĐ-UBND"},
    "replace": {"new_contract_id": 5}, "warn": {"subject": "Chậm giao thiết bị"}, "close": {"asks": ()},
}  # fmt: skip


def said(it: Letter, **facts: Any) -> str:
    return msgspec.json.encode(prepared(paper(it, **facts))).decode()


@pytest.mark.parametrize("act", get_args(ActName))
def test_the_letter_of_every_step_is_a_paper_without_findings(act: ActName) -> None:
    drawn = paper(
        letter(act, **MORE.get(act, {})), number="12/BQLDA", signed_on=TODAY, until=date(2026, 3, 23)
    )
    assert lint(word.drawn(drawn), "docx") == ()
    assert lint(pdf.drawn(drawn), "pdf") == ()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("warn", "nhắc nhở tiến độ thực hiện hợp đồng số 12/2025/HĐ"),
        ("plan", "hoàn thành chậm nhất ngày 30/4/2026"),
        ("cut_scope", "phần giảm có giá trị 4.500 triệu đồng"),
        ("replace", "thực hiện theo hợp đồng số 15/2026/HĐ"),
    ],
)
def test_a_step_says_what_it_does(act: ActName, words: str) -> None:
    assert words in said(letter(act, **MORE.get(act, {})))


def test_the_contractor_is_told_until_when_it_may_reply() -> None:
    it = letter(subject="Chậm")
    assert "trong 05 ngày làm việc kể từ ngày ký. Ý kiến" in said(it), "a draft has no day yet"
    assert "chậm nhất hết ngày 23/3/2026. Ý kiến" in said(it, until=date(2026, 3, 23))
    assert "có quyền trả lời" not in said(letter("close", asks=()))
    assert "Nếu số liệu nêu trên chưa đúng" in said(it)


def test_every_fact_says_where_it_stands_and_what_is_missing_is_said() -> None:
    found = evidence(CONTRACT, FOUND, TODAY)
    assert [(each.found, each.source) for each in found[:4]] == [
        ("đến ngày 31/12/2025", "Hợp đồng số 12/2025/HĐ"),
        ("từ ngày 31/12/2025 đến ngày 01/02/2026", "PL01 ngày 20/12/2025"),
        ("hết hạn ngày 01/02/2026, quá 43 ngày", "Hợp đồng số 12/2025/HĐ"),
        ("kế hoạch ngày 10/01/2026, dự kiến ngày 10/4/2026, chậm 90 ngày", "Mốc tiến độ số 7"),
    ]
    text = " ".join(f"{each.what}: {each.found}" for each in found)
    for words in (
        "sổ chưa có biên bản nghiệm thu nào", "sổ chưa ghi nhận giao",
        "3.000 triệu đồng; bảo lãnh đến ngày 01/4/2026",
        "Nhắc nhở: ngày 02/02/2026, thời hạn trả lời hết ngày 09/02/2026",
    ):  # fmt: skip
        assert words in text, words
    many = FOUND | {"milestones": FOUND["milestones"] * 100}
    assert len(evidence(CONTRACT, many, TODAY)) == EVIDENCE_MAX


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nhà thầu yếu kém, cố tình chậm giao.", ("yếu kém", "cố tình")),
        ("Nhà thầu chậm giao 43 ngày.", ()),
        ("YẾU KÉM; yếu kém", ("yếu kém",)),
        ("Yếu tố kém thuận lợi", ()),
    ],
)
def test_words_that_judge_are_shown_to_the_writer(text: str, found: tuple[str, ...]) -> None:
    assert judging(new(text=text, asks=())) == found
