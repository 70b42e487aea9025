"""What the shipped sector packs declare, and that a faulty file is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.base.problems import Problem
from haidang.indicators.model.due import due_at
from haidang.indicators.model.period import parse
from haidang.indicators.packs import BUILTIN, load
from haidang.indicators.service.measuring import CODES
from haidang.organisation.calendar import load_calendar

FOUND = load([BUILTIN])
X1 = "code: X1, vi: x, en: x, unit: x, level: unit, period: month, source: submitted, method: {vi: x, en: x}"
AB = "form: a-b, vi: x, en: x, period: day, due: {working_days: 1}"


def test_some_sixty_indicators_ship_each_in_both_languages_with_its_way() -> None:
    assert len(FOUND.indicators) >= 60
    for each in FOUND.indicators.values():
        assert each.vi
        assert each.en
        assert each.unit
        assert each.method.vi
        assert each.method.en
        assert not each.verify or each.legal_basis, each.code
    assert set(CODES) <= set(FOUND.indicators)
    assert all(FOUND.indicators[code].shared for code in CODES)
    sources = {each.source for each in FOUND.indicators.values()}
    assert {"computed", "internal", "pulled", "submitted"} <= sources


def test_the_dues_that_ship_come_to_a_working_day() -> None:
    calendar = load_calendar()
    periods = {"day": "2026-05-01", "month": "2026-04", "quarter": "2026-Q1"}
    for form in FOUND.forms.values():
        due = due_at(form.due, parse(periods[form.period]), calendar)
        assert calendar.is_working_day(due.date()), form.form


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("forms: [{form: a-b, vi: x, en: x, period: month, due: {}}]", "a-b"),
        ("indicatorz: []", "indicatorz"),
        (f"indicators: [{{{X1}}}]", "X1"),
        (f"forms: [{{{AB}}}]\nindicators: [{{{X1}, form: a-b}}]", "X1"),
        ("{", "while parsing"),
    ],
)
def test_a_faulty_file_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "khac").mkdir()
    (tmp_path / "khac" / "indicators.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem) as refused:
        load([tmp_path])
    assert refused.value.kind.code == "bad-sector-pack"
    said = f"{refused.value.en} {refused.value.faults}"
    assert "khac/indicators.yaml" in said
    assert named in said


def test_a_province_overrides_by_code(tmp_path: Path) -> None:
    (tmp_path / "governance").mkdir()
    (tmp_path / "governance" / "indicators.yaml").write_text(
        "indicators: [{code: NV-QUA-HAN, vi: Việc trễ, en: Late, unit: việc, level: unit, period: day, "
        "source: internal, method: {vi: x, en: x}}]",
        encoding="utf-8",
    )
    assert load([BUILTIN, tmp_path]).indicators["NV-QUA-HAN"].vi == "Việc trễ"
