"""Names of agencies as they are compared, and who carries on whose work."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.organisation.model import OrgSuccession
from haidang.organisation.org_file import TEMPLATE, read_orgs, walk, words_of
from haidang.organisation.org_names import carried_on_by, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ủy ban nhân dân TP. Bắc Ninh", "UBND thành phố Bắc Ninh"),
        ("Uỷ ban Nhân dân tỉnh", "ỦY BAN NHÂN DÂN TỈNH"),
        ("Sở Lao động – Thương binh và Xã hội", "Sở Lao động-Thương binh và Xã hội"),
        ("Sở Văn hoá, Thể thao và Du lịch", "sở văn hóa thể thao và du lịch"),
        ("Sở TN&MT", "sở TN - MT"),
    ],
)
def test_spellings_of_one_agency_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_agencies_keep_different_keys() -> None:
    assert name_key("Sở Tài chính") != name_key("Sở Tài nguyên và Môi trường")


def step(
    old: int, new: int | None, on: date, kind: str = "merged", scope: str | None = None
) -> OrgSuccession:
    return OrgSuccession(old_id=old, new_id=new, on_date=on, kind=kind, scope=scope)  # type: ignore[arg-type]


A, B, C = date(2016, 7, 1), date(2025, 3, 1), date(2026, 1, 1)


def test_before_the_day_nothing_has_changed() -> None:
    steps = [step(1, 2, B)]
    assert carried_on_by(1, date(2025, 2, 28), steps).unchanged
    assert [heir.org_id for heir in carried_on_by(1, B, steps).heirs] == [2]


def test_a_split_has_several_heirs_with_their_scope() -> None:
    found = carried_on_by(1, C, [step(1, 2, B, "split", "viễn thông"), step(1, 3, B, "split", "báo chí")])
    assert {heir.org_id: heir.scope for heir in found.heirs} == {2: "viễn thông", 3: "báo chí"}
    assert not found.unchanged
    assert not found.person_chooses


def test_an_abolished_district_has_none_and_a_person_chooses() -> None:
    found = carried_on_by(1, C, [step(1, None, B, "abolished")])
    assert found.heirs == ()
    assert found.person_chooses
    assert not found.unchanged


def test_reorganisations_are_followed_one_after_another() -> None:
    steps = [step(1, 2, A, scope="đường bộ"), step(2, 3, B, scope="hạ tầng"), step(3, None, C, "abolished")]
    assert [(heir.org_id, heir.scope) for heir in carried_on_by(1, B, steps).heirs] == [
        (3, "đường bộ · hạ tầng")
    ]
    assert carried_on_by(1, C, steps).person_chooses


def test_work_that_came_later_is_not_moved_by_what_was_before() -> None:
    """Agency 2 was split up in 2016; what it takes over in 2025 stays with it."""
    steps = [step(2, 9, A), step(1, 2, B)]
    assert [heir.org_id for heir in carried_on_by(1, C, steps).heirs] == [2]


def test_a_name_that_comes_back_ends_the_ring() -> None:
    steps = [step(1, 2, A), step(2, 1, B)]
    assert [heir.org_id for heir in carried_on_by(1, C, steps).heirs] == [1]


numbers = st.integers(1, 6)
days = st.sampled_from([A, B, C])


@given(st.lists(st.tuples(numbers, st.none() | numbers, days), max_size=25), numbers, days)
def test_every_maze_of_successions_comes_to_an_end(
    mazes: list[tuple[int, int | None, date]], start: int, on: date
) -> None:
    found = carried_on_by(start, on, [step(old, new, day) for old, new, day in mazes if old != new])
    assert len({heir.org_id for heir in found.heirs}) == len(found.heirs)
    assert all(heir.on_date <= on for heir in found.heirs)
    assert found.unchanged == (not found.heirs and not found.person_chooses)


def test_the_template_of_a_province_reads_and_points_only_to_itself() -> None:
    found = read_orgs(TEMPLATE, words_of("Tỉnh Bắc Ninh"))
    names = [node.name for node in walk(found.orgs)]
    assert names[0] == "Ủy ban nhân dân tỉnh Bắc Ninh"
    assert "Công an tỉnh" in names
    assert len(names) == len(set(names)) >= 20
    assert read_orgs(TEMPLATE, words_of("Thành phố Hải Phòng")).orgs[0].short_name == "UBND thành phố"
