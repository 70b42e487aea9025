"""The procedures that ship: read without a fault, hold by their samples, one is found for each incident."""

from __future__ import annotations

import pytest

from haidang.alerts.rules.reading import read_rules
from haidang.city.packs import BUILTIN
from haidang.demo.staff import DUTIES
from haidang.incidents.procedures.book import read_book
from haidang.incidents.procedures.model.procedure import Procedure

BOOK = read_book([BUILTIN])
RULES = read_rules([BUILTIN]).rules.by_name
LED_TO = sorted(
    {(rule.incident.kind, rule.incident.severity, rule.sector) for rule in RULES.values() if rule.incident}
)


def test_every_file_is_read_and_every_sample_holds() -> None:
    assert BOOK.faults == ()
    for procedure in BOOK.procedures.values():
        assert {sample.applies for sample in procedure.samples} == {True, False}, procedure.procedure


@pytest.mark.parametrize(("kind", "severity", "sector"), LED_TO)
def test_the_incident_of_each_rule_finds_one_procedure(kind: str, severity: int, sector: str) -> None:
    facts = {"incident.kind": kind, "incident.severity": severity, "incident.sector": sector}
    assert BOOK.chosen(facts, sector), "a duty officer would stand there without a list"


def test_a_fire_in_a_forest_and_one_by_telephone_find_their_own() -> None:
    forest = BOOK.chosen({"incident.kind": "fire", "incident.sector": "agriculture"}, "agriculture")
    called = BOOK.chosen({"incident.kind": "fire"}, None)
    assert forest
    assert called
    assert (forest.procedure, called.procedure) == ("forest-fire", "fire-response")


@pytest.mark.parametrize("procedure", BOOK.procedures.values(), ids=BOOK.procedures)
def test_a_procedure_begins_at_once_and_every_part_is_filled_in_the_demonstration(
    procedure: Procedure,
) -> None:
    assert [step for step in procedure.steps if not step.needs]
    for step in procedure.steps:
        assert step.within, f"{step.id}: a step without a clock is forgotten"
        assert {step.role, step.approve} - {None} <= set(DUTIES), step.id
