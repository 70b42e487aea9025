"""What the fields of records and acts are said to be is what their structs take."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec
import pytest

from haidang.programme.model.fields import Field, FieldType, fields_of
from haidang.programme.model.kinds import KINDS
from haidang.programme.model.records import OWN
from haidang.programme.service.fields import described


def every_list() -> list[tuple[str, list[Field]]]:
    found = described()
    return [
        *((each.kind, each.fields) for each in found["records"]),
        *((f"payments.{name}", fields) for name, fields in found["payments"].items()),
        *((f"cases.{name}", fields) for name, fields in found["cases"].items()),
        *((name, found[name]) for name in ("bottleneck", "contractor", "project")),
    ]


def test_every_kind_of_record_is_described_with_every_field_that_people_set() -> None:
    found = {each.kind: each for each in described()["records"]}
    assert set(found) == set(KINDS)
    for name, kind in KINDS.items():
        own = OWN | {"superseded_at"}
        assert [each.name for each in found[name].fields] == [
            field for field in kind.row.__struct_fields__ if field not in own
        ]
        assert {each.name for each in found[name].fields if each.fixed} == set(kind.fixed)
        assert {each.name: each.refers for each in found[name].fields if each.refers} == kind.refs
        assert {each.name for each in found[name].fields if each.type == "org"} >= set(kind.orgs)


@pytest.mark.parametrize(
    ("kind", "fields"), every_list(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_names_are_words_in_both_languages_and_differ_within_a_form(kind: str, fields: list[Field]) -> None:
    assert len({each.vi for each in fields}) == len(fields), kind
    for each in fields:
        assert each.vi.strip() and each.en.strip()
        assert each.type in get_args(FieldType)
        assert (each.type == "choice") == bool(each.choices)
        for choice in each.choices:
            assert choice.vi and choice.en


def test_a_field_or_a_choice_without_words_is_refused() -> None:
    unnamed = msgspec.defstruct("Unnamed", [("nameless_thing", int)])
    with pytest.raises(KeyError):
        fields_of("package", unnamed)
    choosing = msgspec.defstruct("Choosing", [("outcome", Literal["stop", "burn"])])
    with pytest.raises(KeyError, match="outcome"):
        fields_of("pilot_service", choosing)


def test_limits_and_defaults_are_those_of_the_struct() -> None:
    found = {each.kind: {field.name: field for field in each.fields} for each in described()["records"]}
    assert (found["equipment_item"]["quantity"].least, found["equipment_item"]["quantity"].default) == (1, 1)
    assert found["security_dossier"]["level"].most == 5
    assert found["contract"]["signed_on"].required
    assert not found["contract"]["ended_on"].required
    assert found["contract_change"]["kind"].choices[0].value == "duration"
