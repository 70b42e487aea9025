"""Whatever NGSI-LD says comes back as it was said: through the stored form, whole, merged and in parts."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.city.intake import Intake
from haidang.city.items import NewNames, Op
from haidang.city.model import Limits, Origin
from haidang.city.represent import Names, represent
from haidang.city.terms import NGSI, Terms, compile_context
from haidang.city.writer.fold import Fold, Known, rest_signature
from haidang.city.writer.forms import documents_of, full_of

TIMES = ("2026-03-16T02:00:00Z", "2026-03-16T02:10:00.25Z", "1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z")
NAMES = ("pm25", "nhiệtĐộ", "location", "name", "a.b", "x-1")
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ORIGIN = Origin(1, None, None, "test")


def site() -> tuple[Terms, Intake]:
    terms = Terms()
    for number, name in enumerate((*NAMES, "quality", "source"), start=1):
        iri = terms.context.expand(name)
        terms.attr_ids[iri] = number
        terms.attr_iris[number] = iri
    terms.type_ids[terms.context.expand("T")] = 1
    terms.type_iris[1] = terms.context.expand("T")
    return terms, Intake(terms, Limits())


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
scalars = numbers | texts.filter(lambda text: text != "urn:ngsi-ld:null") | st.booleans()
nested = st.recursive(
    scalars | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
uris = st.sampled_from(["urn:x:1", "urn:x:2", "https://city.vn/a"])
points = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(
    lambda pair: {"type": "Point", "coordinates": list(pair)}
)
kinds = st.one_of(
    scalars.map(lambda value: {"type": "Property", "value": value}),
    (st.lists(nested, max_size=3) | st.dictionaries(texts, nested, max_size=3)).map(
        lambda value: {"type": "Property", "value": value}
    ),
    uris.map(lambda value: {"type": "Relationship", "object": value}),
    points.map(lambda value: {"type": "GeoProperty", "value": value}),
    texts.map(lambda value: {"type": "LanguageProperty", "languageMap": {"vi": value}}),
    nested.filter(lambda value: value is not None).map(lambda value: {"type": "JsonProperty", "json": value}),
    texts.filter(bool).map(lambda value: {"type": "VocabProperty", "vocab": value}),
    st.lists(scalars, max_size=3).map(lambda value: {"type": "ListProperty", "valueList": value}),
)


@st.composite
def attributes(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    body: dict[str, Any] = dict(draw(kinds))
    at = draw(st.none() | st.sampled_from(TIMES))
    if at:
        body["observedAt"] = at
    if draw(st.booleans()) and body["type"] == "Property":
        body["unitCode"] = draw(st.sampled_from(["CEL", "GQ"]))
    if depth < 2 and draw(st.integers(0, 4)) == 0:
        body[draw(st.sampled_from(["quality", "source"]))] = draw(attributes(depth=depth + 1))
    return body


@st.composite
def instances(draw: st.DrawFn) -> Any:
    first = draw(attributes())
    if draw(st.integers(0, 4)):
        return first
    return [
        first,
        *(draw(attributes()) | {"datasetId": f"urn:d:{place}"} for place in range(draw(st.integers(1, 2)))),
    ]


entities = st.dictionaries(st.sampled_from(NAMES), instances(), max_size=5).map(
    lambda found: {"id": "urn:x:1", "type": "T"} | found
)


def refused_null(body: object) -> bool:
    return b'"urn:ngsi-ld:null"' in msgspec.json.encode(body)


@MANY
@given(entities)
def test_an_entity_comes_back_as_it_was_sent(body: dict[str, Any]) -> None:
    terms, intake = site()
    if refused_null(body):
        return
    for _ in range(2):  # the second time over the fast paths that the first has learnt
        item = intake.entity(Op.CREATE, 0, body)
    found = represent("urn:x:1", ("T",), item.doc_bytes, item.static_bytes, Names(terms, terms.context))
    assert found == body
    assert msgspec.json.encode(found, order="sorted") == msgspec.json.encode(body, order="sorted")


@MANY
@given(entities)
def test_long_forms_and_documents_are_two_ways_to_say_one_thing(body: dict[str, Any]) -> None:
    terms, intake = site()
    if refused_null(body):
        return
    item = intake.entity(Op.CREATE, 0, body)
    doc, static = documents_of(full_of(item.doc, item.static), None)
    assert represent("urn:x:1", ("T",), doc, static, Names(terms, terms.context)) == body


@MANY
@given(st.lists(entities, min_size=1, max_size=4), st.sampled_from([Op.UPSERT_UPDATE, Op.UPSERT_REPLACE]))
def test_a_group_leaves_what_the_same_writes_one_by_one_leave(bodies: list[dict[str, Any]], op: Op) -> None:
    if refused_null(bodies):
        return
    one_group, row_count = fold([[bodies[0], *bodies[1:]]], op)
    one_by_one, rows_apart = fold([[body] for body in bodies], op)
    assert one_group == one_by_one
    assert row_count == rows_apart


@MANY
@given(entities)
def test_the_same_write_again_changes_nothing(body: dict[str, Any]) -> None:
    if refused_null(body):
        return
    for op in (Op.UPSERT_UPDATE, Op.UPSERT_REPLACE, Op.REPLACE, Op.APPEND, Op.PATCH):
        terms, intake = site()
        known = _known(terms)
        first = Fold(terms, known, {}, 1, last_wins=False, now_us=1)
        first.add(_item(intake, Op.UPSERT_UPDATE, body), _may)
        committed = {key: draft.entity for key, draft in first.drafts.items()}
        second = Fold(terms, known, committed, 2, last_wins=False, now_us=2)
        again = _item(intake, op, body)
        second.add(again, _may)
        assert not again.changed, op
        assert not second.drafts


@MANY
@given(entities, entities)
def test_replace_leaves_exactly_what_was_sent(old: dict[str, Any], new: dict[str, Any]) -> None:
    if refused_null([old, new]):
        return
    terms, intake = site()
    folding = Fold(terms, _known(terms), {}, 1, last_wins=False, now_us=1)
    folding.add(_item(intake, Op.CREATE, old), _may)
    folding.add(_item(intake, Op.REPLACE, new), _may)
    (draft,) = folding.drafts.values()
    entity = draft.entity
    assert represent("urn:x:1", ("T",), entity.doc, entity.static, Names(terms, terms.context)) == new


@MANY
@given(st.recursive(nested, lambda inner: st.dictionaries(texts, inner), max_leaves=10))
def test_no_json_breaks_the_intake(body: Any) -> None:
    _, intake = site()
    for op in (Op.CREATE, Op.MERGE, Op.PATCH):
        with contextlib.suppress(Problem, NewNames):
            intake.entity(op, 0, body, None if op is Op.CREATE else "urn:x:1")


def test_concise_and_normalized_mean_the_same() -> None:
    terms, intake = site()
    concise = {
        "id": "urn:x:1",
        "type": "T",
        "pm25": {"value": 5.5, "observedAt": TIMES[0], "unitCode": "GQ"},
        "name": "Trạm",
        "location": {"type": "Point", "coordinates": [107.0, 20.0]},
        "a.b": {"object": "urn:x:2"},
        "x-1": [1, 2],
    }
    item = intake.entity(Op.CREATE, 0, concise)
    found = represent("urn:x:1", ("T",), item.doc, item.static, Names(terms, terms.context))
    assert found["pm25"] == {"type": "Property", "value": 5.5, "observedAt": TIMES[0], "unitCode": "GQ"}
    assert found["location"]["type"] == "GeoProperty"
    assert found["a.b"] == {"type": "Relationship", "object": "urn:x:2"}
    again = represent("urn:x:1", ("T",), item.doc, item.static, Names(terms, terms.context), form="concise")
    assert again == concise | {"x-1": [1, 2]}
    names = Names(terms, terms.context)
    values = represent("urn:x:1", ("T",), item.doc, item.static, names, form="keyValues")
    assert (values["pm25"], values["name"], values["a.b"]) == (5.5, "Trạm", "urn:x:2")


def test_names_expand_and_compact_through_a_pinned_context() -> None:
    context = compile_context(
        {
            "@context": [
                "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld",
                {
                    "sdm": "https://smartdatamodels.org/",
                    "pm25": "sdm:dataModel.Environment/pm25",
                    "owner": {"@id": "https://x.vn/owner", "@type": "@id"},
                    "location": "https://evil.example/location",
                },
            ]
        }
    )
    assert context.expand("pm25") == "https://smartdatamodels.org/dataModel.Environment/pm25"
    assert context.expand("sdm:y") == "https://smartdatamodels.org/y"
    assert context.expand("location") == NGSI + "location"  # core terms win
    assert context.expand("other") == NGSI + "default-context/other"
    for name in ("pm25", "owner", "location", "other", "sdm:y"):
        assert context.compact(context.expand(name)) == name


@pytest.mark.parametrize(
    "value", [107.0, "20", [[107, 20]], [107], [107, 20, 1, 1], [181, 0], [0, -91], [True, 1]]
)
def test_positions_that_are_none_are_refused(value: Any) -> None:
    _, intake = site()
    body = {
        "id": "urn:x:1",
        "type": "T",
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": value}},
    }
    with pytest.raises(Problem) as caught:
        intake.entity(Op.CREATE, 0, body)
    assert caught.value.faults[0].field == "location"


def fold(groups: list[list[dict[str, Any]]], op: Op) -> tuple[Any, int]:
    terms, intake = site()
    known = _known(terms)
    committed: dict[tuple[int, str], Any] = {}
    history: set[Any] = set()
    rows = 0
    for group in groups:
        folding = Fold(terms, known, committed, 1 + len(committed), last_wins=False, now_us=1)
        folding.stored = set(history)  # the writer fetches of it what late rows ask for
        for body in group:
            folding.add(_item(intake, op, body), _may)
        for key, draft in folding.drafts.items():
            committed[key] = draft.entity
            rows += len(draft.rows)
            history |= {
                (draft.entity.eid, row.at, row.columns, row.floats, rest_signature(row.rest))
                for _, row in draft.rows
            }
    (entity,) = committed.values()
    return represent(entity.id, ("T",), entity.doc, entity.static, Names(terms, terms.context)), rows


def _known(terms: Terms) -> Known:
    return Known(terms)


def _item(intake: Intake, op: Op, body: dict[str, Any]) -> Any:
    item = intake.entity(op, 0, body)
    item.origin = ORIGIN
    return item


def _may(permission: str, origin: Origin) -> bool:
    return bool(permission) and origin == ORIGIN
