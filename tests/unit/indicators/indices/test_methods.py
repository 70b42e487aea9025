"""The methods that come with the product, and what a site's own may not say."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from haidang.base.problems import Problem
from haidang.indicators.indices import methods
from haidang.indicators.indices.model import is_template, leaves, unfilled, walk
from tests.unit.indicators.indices.examples import MEAN

PCI = {
    "PCI-2006": (5, 5, 15, 10, 5, 5, 15, 15, 15, 10),
    "PCI-2009": (10, 5, 20, 15, 10, 10, 5, 20, 5),
    "PCI-2013": (5, 5, 20, 5, 10, 5, 5, 20, 20, 5),
}


@pytest.mark.parametrize(("code", "weights"), PCI.items())
def test_the_weights_of_pci_sum_to_a_hundred(code: str, weights: tuple[int, ...]) -> None:
    method = methods.named(code)
    assert tuple(each.weight for each in method.components) == weights
    assert sum(weights) == 100
    assert method.find("bias") is None or code != "PCI-2009"


def test_papi_gives_each_part_its_share_of_the_scale() -> None:
    for code, dimensions, parts in (("PAPI-2011", 6, 6), ("PAPI-2018", 8, 28), ("PAPI-2019", 8, 29)):
        method = methods.named(code)
        assert len(method.components) == dimensions
        assert len(list(leaves(method.components))) == parts
        assert (method.min, method.max) == (dimensions, 10 * dimensions)
        for each in method.components:
            if each.components:
                assert sum(part.min for part in each.components) == 1, each.code
                assert sum((part.max or Fraction(0)) for part in each.components) == 10, each.code


def test_par_has_its_structure_and_no_points() -> None:
    method = methods.named("PAR-2020")
    assert sum(each.criteria or 0 for each in method.components) == 43 + 95
    assert unfilled(method) == tuple("12345678")
    assert all(each.max is None for each in method.components)


def test_dti_and_the_service_score_add_up() -> None:
    dti = methods.named("DTI-2022")
    assert sum(each.max or 0 for each in dti.components) == 1000
    assert sum(each.criteria or 0 for each in dti.components) == 98
    service = methods.named("DVC-766")
    assert sum(each.max or 0 for each in service.components) == 100


def test_what_nobody_has_filled_in_is_a_template() -> None:
    found = {code for code, method in methods.shipped().items() if is_template(method)}
    assert found == {
        "DTI-2024",
        "ISO-37120",
        "ISO-37122",
        "PAR-2020",
        "PAR-2022",
        "PCI-2022",
        "PCI-2025",
        "SIPAS",
    }


def test_a_year_has_one_method_of_an_index() -> None:
    of_2019 = methods.for_year("PCI", 2019)
    assert of_2019 is not None
    assert of_2019.method == "PCI-2013"
    assert methods.for_year("PCI", 2005) is None
    for index in {method.index for method in methods.shipped().values()}:
        for year in range(2006, 2030):
            holding = [
                each for each in methods.shipped().values() if each.index == index and each.holds(year)
            ]
            assert len(holding) <= 1, (index, year)


def test_names_stand_in_both_languages() -> None:
    for method in methods.shipped().values():
        for each in walk(method.components):
            assert each.vi and each.en, (method.method, each.code)


def changed(**facts: object) -> str:
    return str(yaml.safe_dump(yaml.safe_load(MEAN) | facts))


PART = {"code": "a", "vi": "A", "weight": 1, "max": 10}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        changed(aggregate="median"),
        changed(unknown=1),
        changed(since=2020, until=2010),
        changed(max=50),
        changed(components=[PART, PART]),
        changed(components=[PART | {"weight": -1}]),
        changed(components=[PART | {"weight": "a half"}]),
        changed(components=[PART | {"max": "1/0"}]),
        changed(components=[PART | {"min": 11}]),
        changed(components=[PART | {"code": "a b"}]),
        changed(components=[PART | {"aggregate": "sum"}]),
        changed(components=[PART | {"components": [PART | {"code": "b"}]}]),
        changed(components=[PART | {"missing": "left_out"}]),
        changed(components=[PART | {"components": [PART | {"code": "b"}], "aggregate": "none"}]),
        "a: " * 40 + "1",
        "x" * 300_000,
    ],
)
def test_a_bad_method_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refusal:
        methods.read_method(text, "try.yaml")
    assert refusal.value.kind.code == "index-method"


def test_a_site_s_own_goes_first_and_is_named_as_its_file(tmp_path: Path) -> None:
    (tmp_path / "indices").mkdir()
    (tmp_path / "indices" / "TRY-1.yaml").write_text(MEAN, encoding="utf-8")
    assert methods.named("TRY-1", tmp_path).index == "TRY"
    assert "PCI-2013" in methods.known(tmp_path)
    with pytest.raises(Problem) as refusal:
        methods.named("TRY-1")
    assert refusal.value.kind.status == 404
    (tmp_path / "indices" / "OTHER.yaml").write_text(MEAN, encoding="utf-8")
    with pytest.raises(Problem):
        methods.known(tmp_path)


def test_a_digest_changes_with_what_a_method_says() -> None:
    one, two = methods.read_method(MEAN), methods.read_method(MEAN.replace("weight: 50", "weight: 51"))
    assert methods.digest(one) == methods.digest(methods.read_method(MEAN))
    assert methods.digest(one) != methods.digest(two)
