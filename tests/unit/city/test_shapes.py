"""What a shape reads at a glance is what the careful reader reads, whatever the device sends next."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.city import shapes
from haidang.city.intake import Intake
from haidang.city.items import Item, Op
from haidang.city.model import Limits
from haidang.city.terms import Terms

NAMES = ("pm25", "flow", "name", "address", "location", "near")
DEVICE = {
    "id": "urn:x:1",
    "type": "T",
    "pm25": {"type": "Property", "value": 12.5, "unitCode": "GQ%", "observedAt": "2026-03-16T02:00:00Z"},
    "flow": {"type": "Property", "value": 7, "observedAt": "2026-03-16T02:00:00Z"},
    "name": {"type": "Property", "value": "Trạm số 1"},
    "address": {"type": "Property", "value": {"street": "Lê Lợi"}},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106.7, 10.8]}},
}
TIMES = st.sampled_from(["2026-03-16T02:00:00Z", "2026-03-16T09:00:00.125+07:00", "2026-03-16", 5])
VALUES = st.one_of(
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["ngập", True, None, "urn:ngsi-ld:null", [1], {"a": 1}]),
)
PROPERTIES = st.fixed_dictionaries(
    {"type": st.sampled_from(["Property", "Relationship", "GeoProperty", "V"]), "value": VALUES},
    optional={
        "unitCode": st.sampled_from(["GQ%", "CEL", "", 7]),
        "observedAt": TIMES,
        "object": st.just("urn:x:2"),
        "accuracy": st.just({"type": "Property", "value": 1}),
    },
)
POINTS = st.sampled_from([[106.7, 10.8], [10.8, 106.7], [2.0, 48.0], [106], ["a", "b"]]).map(
    lambda at: {"type": "GeoProperty", "value": {"type": "Point", "coordinates": at}}
)
EVERY_TIME = TIMES.map(lambda time: ("observedAt", time))
CHANGES = st.dictionaries(st.sampled_from(NAMES), PROPERTIES | POINTS | EVERY_TIME, max_size=4)


def reader() -> Intake:
    terms = Terms()
    for number, name in enumerate((*NAMES, "accuracy", "value", "object"), start=1):
        iri = terms.context.expand(name)
        terms.attr_ids[iri], terms.attr_iris[number] = number, iri
    terms.type_ids[terms.context.expand("T")] = 1
    return Intake(terms, Limits())


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {name: dict(one) if type(one) is dict else one for name, one in DEVICE.items()}
    for name, change in changes.items():
        if type(change) is tuple:  # a common time
            for one in body.values():
                if "observedAt" in one and type(one) is dict:
                    one["observedAt"] = change[1]
        else:
            body[name] = change
    return body


def decoded(body: dict[str, Any]) -> dict[str, Any]:
    """Decode as the door does."""
    raw = msgspec.json.encode([body])
    try:
        return shapes.decode_batch(raw)[0]
    except msgspec.MsgspecError:
        found: dict[str, Any] = msgspec.json.decode(raw)[0]
        return found


def said(intake: Intake, body: dict[str, Any]) -> Any:
    try:
        item: Item = intake.entity(Op.UPSERT_UPDATE, 0, body)
    except Problem as problem:
        return problem.kind.code, bool(problem.faults)  # of two faults either may be named
    row = item.row and (item.row.at, columns(intake, item), item.row.floats, item.row.rest)
    return (
        (item.id, item.type_id, item.at, item.doc, msgspec.json.decode(item.doc_bytes), item.keys),
        (item.static, msgspec.json.decode(item.static_bytes), item.static_keys, item.warnings, row),
    )


def columns(intake: Intake, item: Item) -> list[tuple[str, str, str, bool]]:
    assert item.row is not None
    found = [intake._terms.columns[no] for no in item.row.columns]
    return [(one.key, one.unit, one.dataset, one.integer) for one in found]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_a_shape_reads_as_care_does(sent: list[dict[str, Any]]) -> None:
    shaped = reader()
    assert said(shaped, decoded(DEVICE)) == said(reader(), DEVICE)
    for changes in sent:
        body = changed(changes)
        careful = said(reader(), body)
        assert said(shaped, decoded(body)) == careful
        assert said(shaped, decoded(body)) == careful  # once more, now that it has been met


def test_what_repeats_is_read_at_a_glance() -> None:
    intake = reader()
    first, second, third = (intake.entity(Op.UPSERT_UPDATE, 0, decoded(DEVICE)) for _ in range(3))
    assert not first.plain and second.plain and second.decoded is None
    assert third.static is second.static


def test_what_stands_still_is_remembered_within_bounds(monkeypatch: Any) -> None:
    monkeypatch.setattr("haidang.city.intake.STILLS_MAX", 3)
    intake = reader()
    for number in range(20):
        body = decoded(DEVICE | {"name": {"type": "Property", "value": f"Trạm {number}"}})
        assert intake.entity(Op.UPSERT_UPDATE, 0, body).static["3"] == f"Trạm {number}"
    assert len(intake._stills) <= 3


def test_nothing_large_is_remembered() -> None:
    """Whoever means harm fills no memory: long names of things, long ids, many members."""
    intake = reader()
    intake.entity(Op.UPSERT_UPDATE, 0, decoded(DEVICE))
    long_text = {"type": "Property", "value": "x" * 100_000}
    for number in range(3):
        body = decoded(DEVICE | {"id": f"urn:{number}:{'y' * 500}", "name": long_text})
        assert intake.entity(Op.UPSERT_UPDATE, 0, body).static["3"] == long_text["value"]
    assert not intake._stills
    assert intake._ids == {"urn:x:1"}
    unit = "é" * 500
    terms = intake._terms
    wide: dict[str, Any] = {"id": "urn:x:1", "type": "T"}
    for number in range(100, 250):
        iri = terms.context.expand(f"a{number}")
        terms.attr_ids[iri], terms.attr_iris[number] = number, iri
        wide[f"a{number}"] = {
            "type": "Property",
            "value": 1.5,
            "unitCode": unit,
            "observedAt": "2026-03-16T02:00:00Z",
        }
    for _ in range(2):
        assert not intake.entity(Op.UPSERT_UPDATE, 0, decoded(wide)).plain
    assert len(intake._known) == 1


def test_a_context_of_somebodys_own_remembers_less() -> None:
    intake = Intake(reader()._terms, Limits(), own=False)
    for number in range(1_500):
        intake.entity(Op.UPSERT_UPDATE, 0, decoded(DEVICE | {"id": f"urn:x:{number}"}))
    assert len(intake._ids) <= 1_000
