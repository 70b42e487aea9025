"""What a change reaches, in which order, and cycles by their names."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.indicators.formulas.checking import Checked, check
from haidang.indicators.formulas.evaluating import Formula, Found
from haidang.indicators.formulas.graph import Graph, Key
from haidang.indicators.model.period import Period, parse
from tests.unit.indicators.formulas.scenes import COMMUNES, FACTS, PROVINCE, REGISTER, Memory, subject


def above(place: int, scope: Literal["area", "units"]) -> int | None:
    return PROVINCE if scope == "area" and place in COMMUNES else None


def graph(**formulas: str) -> Graph:
    register = dict(REGISTER)
    texts = {code.replace("_", "-"): text for code, text in formulas.items()}
    for code in texts:
        register[code] = subject(code, kind="quarter" if code.startswith("Q") else "month")
    made: dict[str, Checked] = {
        code: check(text, register[code], register, FACTS) for code, text in texts.items()
    }
    return Graph(made)


def reached(found: Graph, code: str, when: str, place: int = PROVINCE, until: str | None = None) -> list[str]:
    last = parse(until) if until else None
    keys = found.reached([Key(code, place, parse(when))], above, last)
    return [f"{key.code} {key.period.text()} {key.place}" for key in keys]


def test_each_is_made_after_what_it_uses() -> None:
    found = graph(X_1="[A-1] + [B-1]", X_2="[X-1] * 2", X_3="[X-2] - [X-1]")
    assert found.order.index("X-1") < found.order.index("X-2") < found.order.index("X-3")
    assert found.above("A-1") == {"X-1", "X-2", "X-3"}
    assert reached(found, "A-1", "2026-03") == ["X-1 2026-03 1", "X-2 2026-03 1", "X-3 2026-03 1"]
    assert reached(found, "B-1", "2026-03")[0] == "X-1 2026-03 1"
    assert reached(found, "KM-1", "2026-03") == []


def test_a_circle_is_named_by_its_members() -> None:
    with pytest.raises(Problem) as refusal:
        graph(X_1="[X-3] + [A-1]", X_2="[X-1]", X_3="[X-2]", X_4="[X-1]")
    assert refusal.value.kind.code == "formula-cycle"
    circle = refusal.value.extra["cycle"]
    assert circle[0] == circle[-1]
    assert set(circle) == {"X-1", "X-2", "X-3"}
    with pytest.raises(Problem):
        graph(X_1="previous([X-1]) + [A-1]")


def test_a_change_reaches_later_periods_by_the_way_it_is_used() -> None:
    found = graph(X_1="cumulative([A-1])", X_2="[A-1] - last_year([A-1])", X_3="previous([A-1])")
    assert reached(found, "A-1", "2026-10") == [
        "X-1 2026-10 1", "X-1 2026-11 1", "X-1 2026-12 1", "X-2 2026-10 1", "X-2 2027-10 1", "X-3 2026-11 1",
    ]  # fmt: skip
    assert reached(found, "A-1", "2026-10", until="2026-11") == [
        "X-1 2026-10 1", "X-1 2026-11 1", "X-2 2026-10 1", "X-3 2026-11 1",
    ]  # fmt: skip


def test_a_change_reaches_the_place_above_and_the_period_around() -> None:
    found = graph(X_1="sum([C-1] over area)", Q_2="sum(sum([C-1] over area) over period)")
    assert reached(found, "C-1", "2026-05", COMMUNES[1]) == ["Q-2 2026-Q2 1", "X-1 2026-05 1"]
    assert reached(found, "C-1", "2026-05", 99) == []


FORMULAS = ("[A-1] + [B-1]", "cumulative([A-1])", "last_year([A-1]) * 2", "previous([B-1]) - [A-1]",
            "cumulative(sum([C-1] over area, missing: skip))", "last_year(cumulative([B-1], missing: skip))",
            "first_known(previous([A-1]), [B-1])", "mean([A-1] over year, missing: skip)")  # fmt: skip
MONTHS = [parse(f"{year}-{month:02}") for year in (2025, 2026) for month in range(1, 13)]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(FORMULAS), min_size=1, max_size=3, unique=True), st.data())
def test_nothing_else_changes_than_what_is_reached(texts: list[str], data: st.DataObject) -> None:
    """Make everything before and after a change: what differs must be among the keys that are reached."""
    found = graph(**{f"X_{no}": text for no, text in enumerate(texts, start=1)}, Y_1="[X-1] * 2 + [A-1]")
    scene, after = Memory(), Memory()
    for code, places in (("A-1", (PROVINCE,)), ("B-1", (PROVINCE,)), ("C-1", COMMUNES)):
        for place in places:
            for month in MONTHS:
                value = data.draw(st.none() | st.integers(0, 9))
                if value is not None:
                    scene.put(code, month.text(), str(value), place)
    after.values = dict(scene.values)
    code, place = data.draw(st.sampled_from([("A-1", PROVINCE), ("B-1", PROVINCE), ("C-1", COMMUNES[0])]))
    month = data.draw(st.sampled_from(MONTHS))
    after.put(code, month.text(), str(data.draw(st.integers(10, 99))), place)
    keys = set(found.reached([Key(code, place, month)], above))
    for before, now in zip(everything(found, scene), everything(found, after), strict=True):
        if before != now:
            assert before[0] in keys, before


def everything(found: Graph, scene: Memory) -> list[tuple[Key, Decimal | None]]:
    kinds = {code: each.period_kind for code, each in REGISTER.items()} | dict.fromkeys(found.order, "month")
    told = []
    for code in found.order:
        figure = Formula(found.formulas[code], kinds)  # type: ignore[arg-type]
        for month in MONTHS:
            value: Found = figure(scene, PROVINCE, month)
            scene.values[code, PROVINCE, month] = value
            told.append((Key(code, PROVINCE, month), value.value))
    return told


def test_a_key_is_ordered_by_code_place_and_period() -> None:
    one, two = Key("A-1", 1, Period("month", parse("2026-01").start)), Key("A-1", 1, parse("2026-02"))
    assert sorted([two, one]) == [one, two]
