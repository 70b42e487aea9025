"""What a report says: published beside computed, differences flagged, nothing rated in parts."""

from __future__ import annotations

from fractions import Fraction

import pytest

from haidang.indicators.indices import methods
from haidang.indicators.indices.report import computed, report, tolerance_for
from haidang.indicators.indices.tables import read
from tests.unit.indicators.indices.examples import TABLE, field_table


def test_the_worked_table_of_the_docs() -> None:
    rows = report(field_table())["rows"]
    assert [(row["unit"], row["computed"], row["rank"]) for row in rows] == [
        ("Alpha", 66.0, 1), ("Beta", 61.0, 2), ("Gamma", 61.0, 2), ("Delta", 40.0, 4),
    ]  # fmt: skip


def test_a_difference_beyond_the_rounding_is_flagged_and_the_published_kept() -> None:
    found = report(field_table(TABLE.replace("61\nGamma", "64.50\nGamma")))
    beta = found["rows"][1]
    assert (beta["computed"], beta["published"], beta["difference"], beta["flagged"]) == (
        61.0,
        64.5,
        -3.5,
        True,
    )
    assert found["summary"]["differing"] == 1


@pytest.mark.parametrize(
    ("decimals", "allowed"), [(0, "3"), (1, "0.3"), (2, "0.03"), (3, "0.003"), (6, "0.0001")]
)
def test_the_tolerance_follows_from_the_decimals(decimals: int, allowed: str) -> None:
    assert tolerance_for(decimals) == Fraction(allowed)


def test_who_is_not_rated_has_no_place_and_is_in_no_median() -> None:
    found = report(field_table(TABLE.replace("Beta,5,8,6", "Beta,5,,6")))
    beta = found["rows"][1]
    assert (beta["computed"], beta["published"], beta["difference"], beta["rank"]) == (None, 61.0, None, None)
    assert (beta["missing"], beta["why"]) == (["b"], "not_rated")
    assert found["rows"][2]["rank"] == 2
    assert found["summary"]["rated"] == 3


def test_a_template_is_compared_by_what_was_published() -> None:
    method = methods.named("PCI-2022")
    found = report(
        computed(method, read(b"province,published\nHa Noi,66.74\nHue,69.36\n", method, year=2022))
    )
    assert found["basis"] == "published"
    assert [(row["computed"], row["rank"]) for row in found["rows"]] == [(None, 2), (None, 1)]
    assert set(found["template"]) == {each.code for each in method.components}


def test_a_total_on_another_scale_is_compared_on_that_scale() -> None:
    method = methods.named("DTI-2022")
    codes = [each.code for each in method.components if each.max]
    values = ",".join(str((each.max or 0) / 2) for each in method.components if each.max)
    for scale, published in ((1, "0.5000"), (1000, "500.00")):
        text = f"province,{','.join(codes)},published\nHuế,{values},{published}\n"
        row = report(found := computed(method, read(text.encode(), method, year=2022)))["rows"][0]
        assert (row["computed"], row["difference"], found.scale) == (float(published), 0.0, scale)


def test_a_published_total_beyond_its_scale_is_named() -> None:
    found = report(field_table(TABLE.replace("Delta,4,4,4,40", "Delta,4,4,4,140")))
    assert [(each["row"], each["column"]) for each in found["faults"]] == [(5, "published")]
