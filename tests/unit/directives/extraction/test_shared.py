"""How good the reading is on the public sample beside the checkout (`docs/extraction.md`, "How good")."""

from __future__ import annotations

import msgspec

from haidang.directives.extraction import read
from haidang.directives.extraction.score import Marked, Sample, score
from tests.shared_data import shared


def test_the_goals_hold_on_the_sample() -> None:
    folder = shared("directives")
    samples = [msgspec.json.decode(line, type=Sample) for line in (folder / "documents.jsonl").open("rb")]
    marked = [msgspec.json.decode(line, type=Marked) for line in (folder / "items.jsonl").open("rb")]
    found = score(samples, marked)
    assert (found.documents, found.items) == (26, 63)
    assert found.f1 >= 0.95
    assert found.lead_exact >= 0.97
    assert found.cooperating_f1 >= 0.92
    assert found.deadlines_missed <= 1
    assert found.deadlines_false <= 1
    assert found.dates_wrong <= 1


def test_a_deadline_before_its_letter_is_flagged() -> None:
    folder = shared("directives")
    samples = [msgspec.json.decode(line, type=Sample) for line in (folder / "documents.jsonl").open("rb")]
    letter = next(each for each in samples if each.doc == "a12")
    (item,) = read(letter.text, issued_on=letter.docdate).items
    assert item.deadline is not None
    assert item.deadline.text == "trước ngày 21/11/2022"
    assert "deadline-before-document" in {each.code for each in item.warnings}
