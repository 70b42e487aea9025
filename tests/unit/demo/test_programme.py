"""The made-up programme: whatever the day, it keeps the rules of the ledger and its stories are whole."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from haidang.demo.programme import stories
from haidang.demo.programme.calendar import month_of, period, plan_year, running_year, working
from haidang.demo.programme.making import phase_of, place_of
from haidang.demo.programme.schemes import CONTRACTORS, SCHEMES, SIMULATED, tax_code
from haidang.demo.programme.telling import made, told
from haidang.demo.programme.works import decided_on
from haidang.demo.province import AGENCIES, BOUNDS, COMMUNES

DAYS = [date(2026, 1, 2) + timedelta(days=47 * step) for step in range(16)]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_no_payment_exceeds_its_plan_its_contract_or_its_day(today: date) -> None:
    for scheme in SCHEMES:
        project = made(scheme, today)
        course = project.course
        plans: dict[tuple[int, str, str], int] = {}
        for planned in course.plans:
            assert planned.dong > 0 and decided_on(planned.act, planned.year) <= today
            plans[planned.year, planned.kind, planned.source] = planned.dong
        out: dict[tuple[int, str, str], int] = defaultdict(int)
        net: dict[int, int] = defaultdict(int)
        advance: dict[int, int] = defaultdict(int)
        for paid in sorted(course.paid, key=lambda each: each.on):
            sign = -1 if paid.kind == "recovery" else 1
            assert paid.dong > 0 and paid.on <= today and plan_year(month_of(paid.on)) == paid.year
            out[paid.year, "carry_over" if paid.carried else "allocation", paid.source] += sign * paid.dong
            net[paid.work] += sign * paid.dong
            advance[paid.work] += 0 if paid.kind == "volume" else sign * paid.dong
            assert advance[paid.work] >= 0
        assert all(0 <= dong <= plans.get(key, 0) for key, dong in out.items()), scheme.word
        for number, work in enumerate(project.works):
            accepted = [each for each in course.accepted if each.work == number]
            assert all(each.dong > 0 and each.on <= today for each in accepted)
            assert sum(each.dong for each in accepted) <= work.value
            assert net[number] <= work.value
        assert all(each.dong >= 0 and each.told <= today for each in course.promised)
        assert phase_of(project, today)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_it_has_a_past_a_present_and_every_story(today: date) -> None:
    all_of_them = [made(scheme, today) for scheme in SCHEMES]
    years: dict[int, set[str]] = defaultdict(set)
    for project in all_of_them:
        for planned in project.course.plans:
            if planned.kind == "annual":
                years[planned.year].add(project.scheme.word)
    running = running_year(today)
    past = sum(len(words) for year, words in years.items() if year < running)
    assert past >= 30, "project-years to foresee from"
    assert len(years[running]) >= 10 and max(years) - running in (0, 1)
    by_story = {project.scheme.story: project for project in all_of_them if project.scheme.story}
    assert set(by_story) == {"late", "reappraised", "equipment", "replaced"}
    kinds = {each.kind for project in by_story.values() for each in stories.told(project, today)}
    assert kinds == {"price_appraisal", "contract_change", "equipment_item"}
    steps = list(stories.stepped(by_story["replaced"], today))
    assert [step.on for step in steps] == sorted(step.on for step in steps) and steps[-1].on <= today


def test_the_same_day_makes_the_same_programme() -> None:
    day = date(2026, 11, 22)
    assert [told(made(each, day), day) for each in SCHEMES] == [
        told(made(each, day), day) for each in SCHEMES
    ]


def test_nobody_and_nothing_in_it_is_real() -> None:
    assert len(SCHEMES) == 32 and len({each.word for each in SCHEMES}) == 32
    assert all(each.name.endswith(SIMULATED) for each in SCHEMES)
    assert {each.owner for each in SCHEMES} <= {agency.word for agency in AGENCIES}
    assert {each.area for each in SCHEMES} <= {commune.code for commune in COMMUNES}
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    for number in range(len(CONTRACTORS)):
        *digits, last = (int(digit) for digit in tax_code(number))
        asked = 10 - sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        assert last != asked, "a tax code that the authority could have given"
    places = [place for each in SCHEMES if (place := place_of(each))]
    west, south, east, north = BOUNDS
    assert len(places) == 31 and all(west < lon < east and south < lat < north for lon, lat in places)


def test_january_belongs_to_the_year_before() -> None:
    january, february = month_of(date(2027, 1, 9)), month_of(date(2027, 2, 9))
    assert (plan_year(january), period(january)) == (2026, 13)
    assert (plan_year(february), period(february)) == (2027, 2)
    assert working(date(2026, 11, 21)) == working(date(2026, 11, 22)) == date(2026, 11, 23)
