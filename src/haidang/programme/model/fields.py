"""The fields of a struct as a form needs them: what each is called, what may stand in it, what it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, cast

import msgspec
from msgspec import inspect

from haidang.programme.model import words

FieldType = Literal[
    "text", "long", "date", "moment", "number", "decimal", "dong", "dongs", "yes", "choice", "year", "period",
    "record", "org", "contractor", "fund_source", "files", "codes", "due",
]  # fmt: skip
"""dong: whole đồng · dongs: one for each year · yes: yes or no · record: one of a kind of the same project ·
moment: day and hour · period: 1 to 13 of a plan year · due: a due rule of tasks."""
LONG = 1_000
"""From so many letters on a text is asked for in several lines."""
_NAMED: Mapping[str, FieldType] = {
    "contractor_id": "contractor", "bidder_id": "contractor", "fund_source_id": "fund_source",
    "owner_org": "org", "deciding_org": "org", "org_id": "org", "receiver_org": "org", "evidence": "files",
    "area_codes": "codes", "due": "due", "plan_year": "year", "first_year": "year", "period": "period",
}  # fmt: skip
_RECORDS: Mapping[str, str] = {"contract_id": "contract", "new_contract_id": "contract"}


class Choice(msgspec.Struct, frozen=True):
    """One of the values that a field takes."""

    value: str
    vi: str
    en: str


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field as a form asks for it."""

    name: str
    vi: str
    en: str
    type: FieldType
    required: bool = False
    fixed: bool = False
    """Keeps what it first said."""
    nullable: bool = False
    """Nothing may stand in it."""
    default: Any = None
    refers: str | None = None
    """record: the kind that it names."""
    choices: tuple[Choice, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None


def fields_of(
    kind: str,
    struct: type[msgspec.Struct],
    *,
    own: Collection[str] = (),
    fixed: Collection[str] = (),
    refs: Mapping[str, str] = _RECORDS,
) -> list[Field]:
    """Return the fields of a struct in their order, without those that the house sets itself."""
    described = cast(inspect.StructType, inspect.type_info(struct))
    return [
        _field(kind, each, fixed=each.name in fixed, refs=refs)
        for each in described.fields
        if each.name not in own
    ]


def _field(kind: str, info: inspect.Field, *, fixed: bool, refs: Mapping[str, str]) -> Field:
    plain = _plain(info.type)
    vi, en = words.of_field(kind, info.name)
    found, refers = _type(info.name, plain, refs)
    return Field(
        name=info.name, vi=vi, en=en, type=found, required=info.required, fixed=fixed,
        nullable=info.type != plain,
        default=info.default if isinstance(info.default, int | str) else None, refers=refers,
        choices=_choices(kind, info.name, plain), least=getattr(plain, "ge", None),
        most=getattr(plain, "le", None), longest=getattr(plain, "max_length", None),
    )  # fmt: skip


def _plain(found: inspect.Type) -> inspect.Type:
    """Return what may stand in a field besides nothing."""
    if isinstance(found, inspect.UnionType):
        [found] = [each for each in found.types if not isinstance(each, inspect.NoneType)]
    return found


def _type(name: str, plain: inspect.Type, refs: Mapping[str, str]) -> tuple[FieldType, str | None]:
    if name in refs:
        return "record", refs[name]
    if name in _NAMED:
        return _NAMED[name], None
    if name.endswith("_dong"):
        return ("dongs" if isinstance(plain, inspect.VarTupleType) else "dong"), None
    if isinstance(plain, inspect.StrType):
        return ("long" if (plain.max_length or 0) >= LONG else "text"), None
    return _TYPES[type(plain)], None


_TYPES: Mapping[type[inspect.Type], FieldType] = {
    inspect.DateType: "date",
    inspect.DateTimeType: "moment",
    inspect.IntType: "number",
    inspect.DecimalType: "decimal",
    inspect.BoolType: "yes",
    inspect.LiteralType: "choice",
}


def _choices(kind: str, name: str, plain: inspect.Type) -> tuple[Choice, ...]:
    if not isinstance(plain, inspect.LiteralType):
        return ()
    said = words.of_choices(kind, name)
    if set(said) != set(plain.values):
        raise KeyError(f"words of {kind}.{name} are not those of its values")
    return tuple(Choice(value, vi, en) for value, (vi, en) in said.items())
