"""The fast way of telemetry leaves what the careful way leaves: state, history, version, time."""

from __future__ import annotations

from typing import Any
from unittest import mock

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haidang.city.intake import Intake
from haidang.city.items import Item, Op
from haidang.city.model import Entity, Limits, Origin
from haidang.city.represent import Names, represent
from haidang.city.terms import Terms
from haidang.city.writer import fold
from haidang.city.writer.fold import Fold, Known
from haidang.city.writer.telemetry import observed_anew

NAMES = ("a", "b", "c", "d", "e")
ORIGIN = Origin(1, "00001", "traffic", "test")
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

values = st.integers(-5, 5) | st.floats(-5, 5) | st.sampled_from(["on", "off"]) | st.booleans()


@st.composite
def observed(draw: st.DrawFn, names: st.SearchStrategy[list[str]]) -> dict[str, Any]:
    minutes = draw(st.integers(0, 59))
    body: dict[str, Any] = {}
    for name in draw(names):
        one: dict[str, Any] = {"type": "Property", "value": draw(values)}
        one["observedAt"] = f"2026-03-16T02:{minutes:02}:00Z"
        if draw(st.integers(0, 9)) == 0:
            one["observedAt"] = f"2026-03-16T03:{minutes:02}:00Z"
        if draw(st.booleans()):
            one["unitCode"] = "CEL"
        if draw(st.integers(0, 9)) == 0:
            one["accuracy"] = {"type": "Property", "value": 1}
        if draw(st.integers(0, 9)) == 0:
            one["datasetId"] = "urn:d:1"
        body[name] = one
    return body


some = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)
writes = st.lists(
    st.tuples(st.sampled_from([Op.PATCH, Op.APPEND, Op.UPSERT_UPDATE, Op.UPSERT_REPLACE]), observed(some)),
    min_size=1,
    max_size=8,
)


@MANY
@given(observed(st.just(list(NAMES))), writes, st.booleans())
def test_both_ways_leave_the_same(
    first: dict[str, Any], following: list[tuple[Op, dict[str, Any]]], one_group: bool
) -> None:
    (shown, at, _, version), history = passed(first, following, one_group)
    with mock.patch.object(fold, "observed_anew", return_value=None):
        careful, careful_history = passed(first, following, one_group)
    assert (shown, at, version) == (careful[0], careful[1], careful[3])
    assert history == careful_history


def test_a_patch_of_one_number_takes_the_fast_way_time_after_time() -> None:
    body = {name: number(1.5, 0) for name in NAMES}
    patches = [(Op.PATCH, {NAMES[no % 5]: number(no, no)}) for no in range(1, 30)]
    taken: list[Entity | None] = []

    def noted(item: Item, before: Entity, special: frozenset[str]) -> Entity | None:
        taken.append(observed_anew(item, before, special))
        return taken[-1]

    with mock.patch.object(fold, "observed_anew", noted):
        passed(body, patches, one_group=False)
    # Where the common time serves nobody any more it is chosen again, the careful way.
    assert sum(found is not None for found in taken) >= 24


def test_the_common_time_is_chosen_again_where_it_serves_few() -> None:
    body = {name: number(1.5, 0) for name in NAMES}
    state, _ = passed(body, [(Op.PATCH, {name: number(2, 1) for name in NAMES[:4]})], one_group=False)
    assert msgspec.json.decode(state[2])["@"] == 1773626460000000


def number(value: float, minute: int) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": f"2026-03-16T02:{minute:02}:00Z"}


def passed(
    first: dict[str, Any], following: list[tuple[Op, dict[str, Any]]], one_group: bool
) -> tuple[tuple[Any, ...], list[Any]]:
    """Write the entity and what follows; return (its state, its history) in a form that can be compared."""
    terms = Terms()
    for no, name in enumerate((*NAMES, "accuracy", "location", "name"), start=1):
        iri = terms.context.expand(name)
        terms.attr_ids[iri], terms.attr_iris[no] = no, iri
    terms.type_ids[terms.context.expand("T")] = 1
    terms.type_iris[1] = terms.context.expand("T")
    intake = Intake(terms, Limits())
    committed: dict[tuple[int, str], Any] = {}
    history: list[Any] = []
    orders = [(Op.CREATE, first), *following]
    for group in [orders] if one_group else [[order] for order in orders]:
        folding = Fold(terms, Known(terms), committed, 1 + len(committed), last_wins=False, now_us=1)
        for op, body in group:
            item = intake.entity(op, 0, {"id": "urn:x:1", "type": "T"} | body)
            item.origin = ORIGIN
            folding.add(item, lambda permission, origin: bool(permission) and origin == ORIGIN)
            history.append((item.changed, item.created, item.not_updated))
        for key, draft in folding.drafts.items():
            committed[key] = draft.entity
            for kind, row in draft.rows:
                pairs = [row.floats[at : at + 12] for at in range(0, len(row.floats), 12)]
                history.append((kind, row.at, sorted(zip(row.columns, pairs, strict=True)), row.rest))
    (entity,) = committed.values()
    shown = represent(entity.id, ("T",), entity.doc, entity.static, Names(terms, terms.context))
    return (shown, entity.at, entity.doc, entity.version), history
