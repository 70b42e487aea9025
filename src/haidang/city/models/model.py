"""What a data model is, as read from a sector pack. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

Kind = Literal["Property", "Relationship", "GeoProperty"]
Value = Literal["number", "integer", "string", "boolean", "object", "array", "any"]
Format = Literal["date-time", "date", "time", "uri", "email"]


class Mode(StrEnum):
    """What becomes of an entity that does not fit the model of its type."""

    ACCEPT = "accept"
    """Nobody looks."""
    WARN = "warn"
    """It is stored; what does not fit is counted and told to the sender."""
    REJECT = "reject"
    """It is refused, alone."""


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One attribute of a type."""

    kind: Kind = "Property"
    value: Value = "any"
    """Of a Property; a Relationship points to ids, a GeoProperty holds a geometry."""
    items: Value = "any"
    """Of the elements, where the value is an array."""
    format: Format | None = None
    """Of a string."""
    enum: tuple[str | int | float, ...] = ()
    """The values (of an array: its elements) there are."""
    open: bool = False
    """True: ``enum`` names the usual values, others are welcome."""
    min: float | None = None
    max: float | None = None
    """The range, ends included, in ``unit``; a value in another unit is not compared."""
    unit: str | None = None
    """UN/CEFACT code (Recommendation 20) of ``min``, ``max`` and of values that name none."""
    to: str | None = None
    """The type a Relationship points to, for readers; it is not checked."""
    vi: str = ""
    en: str = ""
    text: str = ""
    """What it means, in English."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a model comes from; our own have none."""

    name: str
    subject: str
    version: str
    licence: str
    """The address that the catalogue gives for this model's licence."""


class DataModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The model of one type."""

    type: str
    vi: str
    en: str
    text: str = ""
    iri: str | None = None
    """The name that the publisher's own context gives the type."""
    extends: str | None = None
    """A type whose attributes this one has too."""
    source: Source | None = None
    required: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = {}
    validation: Mode | None = None
    """What this type asks for; absent: what its sector does."""
    sector: str = ""
    """Filled in from the folder the file lies in."""


COMMON: dict[str, Attribute] = {
    "name": Attribute(value="string", vi="Tên", en="Name"),
    "alternateName": Attribute(value="string", vi="Tên khác", en="Alternate name"),
    "description": Attribute(value="string", vi="Mô tả", en="Description"),
    "address": Attribute(value="object", vi="Địa chỉ", en="Address"),
    "areaServed": Attribute(value="string", vi="Địa bàn phục vụ", en="Area served"),
    "location": Attribute(kind="GeoProperty", vi="Vị trí", en="Location"),
    "dataProvider": Attribute(value="string", vi="Đơn vị cung cấp dữ liệu", en="Data provider"),
    "source": Attribute(value="string", vi="Nguồn", en="Source"),
    "owner": Attribute(value="array", items="string", vi="Chủ sở hữu", en="Owner"),
    "seeAlso": Attribute(value="array", items="string", vi="Xem thêm", en="See also"),
    "dateCreated": Attribute(value="string", format="date-time", vi="Ngày tạo", en="Created"),
    "dateModified": Attribute(value="string", format="date-time", vi="Ngày sửa", en="Changed"),
}
"""What every type may have: the common part of Smart Data Models (GSMA-Commons, Location-Commons)."""


def attributes_of(model: DataModel, known: dict[str, DataModel]) -> dict[str, Attribute]:
    """Return all attributes of a type: its own over those it extends over the common ones."""
    chain = [model]
    while chain[-1].extends is not None:
        above = known.get(chain[-1].extends)
        if above is None or above in chain:
            break
        chain.append(above)
    found = dict(COMMON)
    for one in reversed(chain):
        found |= one.attributes
    return found
