"""A figure unfolded to its values, and what was missing."""

from __future__ import annotations

from haidang.indicators.formulas.unfolding import unfold
from haidang.indicators.model.period import parse
from tests.unit.indicators.formulas.scenes import COMMUNES, PROVINCE, Memory, formula


def test_every_step_is_told_with_unit_value_and_what_lacks() -> None:
    scene = Memory().put("B-1", "2026-03", "200")
    for place, value in zip(COMMUNES, ("10", None, "30"), strict=True):
        if value:
            scene.put("C-1", "2026-03", value, place)
    text = 'percent(sum([C-1] over area, missing: skip), [B-1], of: "dân số")'
    told = unfold(formula(text, "%"), scene, PROVINCE, parse("2026-03"))
    assert (told["value"], told["unit"], told["vi"]) == ("20", "%", "tỷ lệ % trên dân số")
    above, below = told["parts"]
    assert (above["value"], above["have"], above["of"], above["flags"]) == ("40", 2, 3, ["partial"])
    assert [part["value"] for part in above["parts"]] == ["10", None, "30"]
    assert above["parts"][1]["missing_vi"] == "thiếu số liệu thành phần"
    assert (below["code"], below["value"], below["parts"]) == ("B-1", "200", [])


def test_periods_unfold_in_their_order_and_a_missing_year_says_so() -> None:
    scene = Memory().put("A-1", "2026-01", "1").put("A-1", "2026-02", "2")
    told = unfold(formula("cumulative([A-1]) - last_year([A-1])"), scene, PROVINCE, parse("2026-02"))
    assert told["missing"] == "incomplete"
    year, before = told["parts"]
    assert [part["period"] for part in year["parts"]] == ["2026-01", "2026-02"]
    assert before["parts"][0]["period"] == "2025-02"
