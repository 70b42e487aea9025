"""From NGSI-LD JSON to stored forms: names become numbers, structure is checked, nothing is lost.

One :class:`Item` is one entity (or one attribute) of one request, ready for the writer. The loop in
:meth:`Intake.entity` is the hot path: a numeric Property with observedAt costs one dictionary look-up.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from haidang.base.geometry import in_vietnam, looks_swapped
from haidang.base.problems import Fault, Problem
from haidang.city.model import BAD_DATA, Limits, Origin
from haidang.city.represent import KINDS, LETTERS, Stored
from haidang.city.terms import Column, Context, Terms, check_name, is_uri
from haidang.city.times import NEVER, parse_us

NULL = "urn:ngsi-ld:null"
EXACT = 2**53
"""Integers beyond this do not fit a float and are kept as JSON."""

_IGNORED = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId", "@context"})
_NO_ATTRIBUTE = _IGNORED | {"id", "type"}
_SCALARS = frozenset({str, int, float, bool})
_EXTRA = frozenset({"objectType", "valueType", "expiresAt", "lang", "ngsildConformance", "provider"})
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_encode = msgspec.json.Encoder().encode
_float = struct.Struct(">id")
_packers: dict[int, struct.Struct] = {1: _float}


class NewNames(Exception):  # noqa: N818 - not an error: names to intern, then parse again
    """Attributes or a type that nobody ever wrote before."""

    def __init__(self, attributes: set[str], types: tuple[str, ...] = ()) -> None:
        super().__init__(attributes)
        self.attributes = attributes
        """IRIs."""
        self.types = types


class Op(enum.IntEnum):
    """What is asked of the writer for one entity."""

    CREATE = 1
    UPSERT_REPLACE = 2
    UPSERT_UPDATE = 3
    REPLACE = 4
    APPEND = 5
    """Attributes are added or overwritten; the entity must exist."""
    APPEND_NEW = 6
    """As APPEND, but what exists stays (noOverwrite)."""
    PATCH = 7
    """Only attributes that exist are replaced."""
    MERGE = 8
    ATTR_PATCH = 9
    ATTR_REPLACE = 10
    ATTR_DELETE = 11
    DELETE = 12
    PLACE = 13
    """Give the entity its area, nothing else."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of history before it has its number."""

    at: int | None
    """Observation time in µs; None: the time of the group, and the attributes carry no observedAt."""
    columns: tuple[int, ...]
    floats: bytes
    """Elements of a binary float8[] (length word and big-endian value each)."""
    rest: dict[str, Stored] | None


class Item(msgspec.Struct, gc=False):
    """One entity of one request. It holds no cycles, so the collector need not look at it."""

    op: Op
    tenant_id: int
    id: str
    type_id: int = 0
    """0: the request names no type."""
    doc: dict[str, Stored] = {}
    """Observed attributes, "@" first; empty where there are none."""
    at: int = NEVER
    """The common time of ``doc`` in µs."""
    static: dict[str, Stored] = {}
    doc_bytes: bytes = b"{}"
    static_bytes: bytes = b"{}"
    keys: frozenset[str] = frozenset()
    static_keys: frozenset[str] = frozenset()
    row: Row | None = None
    """The whole of ``doc`` as one row; None where it has several times."""
    partial: dict[str, list[dict[str, Any]]] | None = None
    """Fragments of attributes (MERGE, ATTR_PATCH): long forms that may lack a value or carry nulls."""
    attribute: str = ""
    """Key of the one attribute of ATTR_*."""
    dataset: str | None = None
    all_instances: bool = False
    origin: Origin | None = None
    size: int = 1
    warnings: tuple[str, ...] = ()
    # What became of it; set by the writer before the request is answered.
    created: bool = False
    changed: bool = False
    problem: Problem | None = None
    not_updated: tuple[tuple[str, str], ...] = ()
    """(attribute key, reason in English)."""


def bad(vi: str, en: str, field: str = "", value: object = None) -> Problem:
    """Return a refusal of content, naming the field."""
    if not field:
        return Problem(BAD_DATA, vi, en)
    shown = None if value is None else repr(value)[:120]
    return Problem(BAD_DATA, vi, en, faults=(Fault(field=field, vi=vi, en=en, value=shown),))


class Intake:
    """Reads the JSON of one context."""

    def __init__(self, terms: Terms, limits: Limits, context: Context | None = None) -> None:
        self._terms = terms
        self._limits = limits
        self._context = context or terms.context
        self._fast: dict[tuple[str, str | None, type], Column] = {}
        self._keys: dict[str, str] = {}
        self._types: dict[str, int] = {}
        self._shapes: dict[tuple[str, ...], frozenset[str]] = {}

    def entity(self, op: Op, tenant_id: int, body: object, entity_id: str | None = None) -> Item:
        """Read a whole entity, or (with ``entity_id``) the attributes sent for one.

        Raise ``Problem`` where it is meaningless and ``NewNames`` where names must be interned first.
        """
        if type(body) is not dict:
            raise bad("Thực thể phải là một đối tượng JSON.", "An entity is a JSON object.")
        if op is Op.MERGE:
            return self._merge(tenant_id, body, entity_id)
        item = Item(op, tenant_id, self._id(body, entity_id))
        kind = body.get("type")
        if type(kind) is str and kind in self._types:
            item.type_id = self._types[kind]
        elif kind is not None:
            item.type_id = self._type(kind)
        elif entity_id is None and op not in (Op.APPEND, Op.APPEND_NEW):
            raise bad("Thực thể thiếu “type”.", "The entity has no type.", "type")
        self._fill(item, body)
        return item

    def _fill(self, item: Item, body: dict[str, Any]) -> None:  # noqa: PLR0912 - the hot loop stays whole
        """Read all attributes. What the loop does not recognise at a glance goes the long way of ``_other``."""
        doc: dict[str, Stored] = {"@": 0}
        static: dict[str, Stored] = {}
        rest: dict[str, Stored] = {}
        numbers: list[int] = []
        flat: list[Any] = []
        fast = self._fast
        keys = self._keys
        time_text: str | None = None
        single = True
        for name, a in body.items():
            if type(a) is dict:
                value: Any = a.get("value")
                kind = type(value)
                if kind is float or kind is int:
                    when = a.get("observedAt")
                    unit = a.get("unitCode")
                    if (
                        when is not None
                        and when == time_text
                        and len(a) == (3 if unit is None else 4)
                        and a.get("type") == "Property"
                        and (unit is None or type(unit) is str)
                        and (kind is float or -EXACT <= value <= EXACT)
                    ):
                        column = fast.get((name, unit, kind))
                        if column is not None:
                            doc[column.key] = value if unit is None else [value, unit]
                            numbers.append(column.no)
                            flat += (8, value)
                            continue
                elif len(a) == 2 and name in keys:
                    if kind is str:
                        if a.get("type") == "Property" and value != NULL:
                            static[keys[name]] = value
                            continue
                    elif kind is dict:
                        long = _plain(a.get("type"), value)
                        if long is not None and (name != "location" or _in_vietnam(value)):
                            static[keys[name]] = long
                            continue
            if name in _NO_ATTRIBUTE:
                continue
            if name == "scope":
                static["scope"] = _scope(a)
                continue
            single = self._other(item, name, a, (doc, static, rest), (numbers, flat)) and single
            if time_text is None and item.at != NEVER and type(a) is dict:
                time_text = a.get("observedAt")
        if len(doc) + len(static) > self._limits.attributes:
            most = self._limits.attributes
            raise bad(f"Thực thể có quá {most} thuộc tính.", f"An entity has at most {most} attributes.")
        if item.at != NEVER:
            doc["@"] = item.at
            item.doc = doc
            item.doc_bytes = encode(doc)
            item.keys = self._shape(doc)
            if single:
                item.row = Row(item.at, tuple(numbers), pack_floats(flat), rest or None)
        if static:
            item.static = static
            item.static_bytes = encode(static)
            item.static_keys = self._shape(static)

    def _other(
        self,
        item: Item,
        name: str,
        a: object,
        stored: tuple[dict[str, Stored], dict[str, Stored], dict[str, Stored]],
        numeric: tuple[list[int], list[Any]],
    ) -> bool:
        """Read one attribute in full; say whether it leaves the entity with one time of observation."""
        doc, static, rest = stored
        key = self._key(name)
        found = self.attribute(name, a)
        if key in doc or key in static:
            raise bad(f"Thuộc tính “{name}” có hai lần.", f"Attribute {name!r} comes twice.", name)
        if len(found) > 1:
            observed = any("o" in one for one in found)
            (doc if observed else static)[key] = {"m": found}
            if observed and item.at == NEVER:
                item.at = max(one["o"] for one in found if "o" in one)
            return not observed
        one = found[0]
        if name == "location":
            self._warn(item, one)
        observed_us = one.get("o")
        if observed_us is None:
            static[key] = shorten(one)
            return True
        if item.at == NEVER:
            item.at = observed_us
        if observed_us != item.at:
            doc[key] = one
            return False
        short = doc[key] = shorten(one, item.at)
        column = numeric_column(self._terms, key, one)
        if column is None:
            rest[key] = short
        else:
            if "d" not in one:
                self._fast[name, one.get("u"), type(one["v"])] = column
            numeric[0].append(column.no)
            numeric[1].extend((8, one["v"]))
        return True

    def attribute(
        self, name: str, a: object, *, partial: bool = False, depth: int = 1
    ) -> list[dict[str, Any]]:
        """Return the long forms of an attribute: one, or several instances with different datasetId."""
        if type(a) is dict:
            return [self._instance(name, a, partial=partial, depth=depth)]
        if type(a) is list and a and all(type(one) is dict and _is_instance(one) for one in a):
            found = [self._instance(name, one, partial=partial, depth=depth) for one in a]
            if len({one.get("d") for one in found}) < len(found):
                raise bad(
                    f"“{name}” có hai giá trị cùng datasetId.",
                    f"{name!r} has two instances with the same datasetId.",
                    name,
                )
            return sorted(found, key=lambda one: "d" in one)
        return [{"v": self._value(name, "P", a, partial=partial, depth=depth)}]

    def fragment(self, op: Op, tenant_id: int, entity_id: str, name: str, body: object) -> Item:
        """Read the body of a PATCH or PUT on one attribute."""
        item = Item(op, tenant_id, self._id({}, entity_id), attribute=self._key(check_name(name)))
        if type(body) is not dict:
            raise bad("Thuộc tính phải là một đối tượng JSON.", "An attribute is a JSON object.", name)
        found = self.attribute(name, body, partial=op is Op.ATTR_PATCH)
        item.partial = {item.attribute: found}
        item.dataset = found[0].get("d")
        return item

    def delete(self, tenant_id: int, entity_id: str) -> Item:
        """Return the deletion of an entity."""
        return Item(Op.DELETE, tenant_id, self._id({}, entity_id))

    def delete_attribute(
        self, tenant_id: int, entity_id: str, name: str, dataset: str | None, *, all_instances: bool
    ) -> Item:
        """Return the deletion of an attribute, or of one of its instances."""
        number = self._terms.attr_id(check_name(name), self._context)
        return Item(
            Op.ATTR_DELETE,
            tenant_id,
            self._id({}, entity_id),
            attribute="" if number is None else str(number),
            dataset=dataset,
            all_instances=all_instances,
        )

    def names(self, body: object) -> NewNames | None:
        """Return every name in ``body`` that must be interned, so that one round suffices."""
        unknown: set[str] = set()
        _collect(self, body, unknown, 0)
        return NewNames(unknown) if unknown else None

    def _merge(self, tenant_id: int, body: dict[str, Any], entity_id: str | None) -> Item:
        item = Item(Op.MERGE, tenant_id, self._id(body, entity_id))
        if body.get("type") is not None:
            item.type_id = self._type(body["type"])
        item.partial = {}
        for name, a in body.items():
            if name in _IGNORED or name in {"id", "type"}:
                continue
            if name == "scope":
                item.static = {"scope": NULL if a == NULL else _scope(a)}
                continue
            found = self.attribute(name, a, partial=True)
            if name == "location" and found[0].get("v") != NULL:
                self._warn(item, found[0])
            item.partial[self._key(name)] = found
        if len(item.partial) > self._limits.attributes:
            raise bad("Quá nhiều thuộc tính.", "Too many attributes.")
        return item

    def _instance(self, name: str, a: dict[str, Any], *, partial: bool, depth: int) -> dict[str, Any]:
        if depth > self._limits.depth:
            raise _too_deep(name)
        kind = a.get("type")
        letter = LETTERS.get(kind) if type(kind) is str else None
        if letter is None:
            if kind in _DEPTHS and "coordinates" in a:
                return {"k": "G", "v": self._value(name, "G", a, partial=partial, depth=depth)}
            letter = _infer(a) if kind is None else None
        if letter is None and not (partial and kind is None):
            raise bad(
                f"Không nhận ra kiểu của thuộc tính “{name}”.",
                f"The kind of attribute {name!r} is not recognised: it needs a type and its value.",
                name,
                kind,
            )
        member = KINDS[letter][1] if letter else ""
        long: dict[str, Any] = {} if letter in (None, "P") else {"k": letter}
        for part, value in a.items():
            if part == member:
                long["v"] = self._value(name, letter or "P", value, partial=partial, depth=depth)
            elif part == "type" or part in _IGNORED:
                continue
            elif part == "unitCode":
                long["u"] = _text(name, part, value)
            elif part == "observedAt":
                long["o"] = NULL if partial and value == NULL else parse_us_field(value, name)
            elif part == "datasetId":
                if not is_uri(value):
                    raise bad("datasetId phải là URI.", "A datasetId is a URI.", f"{name}.datasetId", value)
                if value != "@none":
                    long["d"] = value
            elif part in _EXTRA:
                long.setdefault("x", {})[part] = self._opaque(name, value, depth + 1, nulls=partial)
            else:
                subs = self.attribute(part, value, partial=partial, depth=depth + 1)
                long.setdefault("s", {})[self._key(part)] = (
                    {"m": subs} if len(subs) > 1 else subs[0] if partial else shorten(subs[0])
                )
        if "v" not in long and not partial:
            raise bad(f"Thuộc tính “{name}” thiếu giá trị.", f"Attribute {name!r} has no {member}.", name)
        return long

    def _value(self, name: str, letter: str, value: Any, *, partial: bool, depth: int) -> Any:
        if value is None:
            raise bad(
                f"“{name}” là null; để xóa hãy dùng “{NULL}”.",
                f"{name!r} is null; to delete it in a merge send {NULL!r}.",
                name,
            )
        kind = type(value)
        if value == NULL and kind is str:
            if partial:
                return value
            raise bad(f"Không nhận “{NULL}” ở đây.", f"{NULL!r} is not allowed here.", name)
        if letter == "G":
            return self._geometry(name, value)
        if letter in ("R", "LR"):
            _relationship(name, value)
        elif letter == "L" and kind is not dict:
            raise bad("languageMap phải là đối tượng.", "A languageMap is an object.", name, value)
        elif letter == "LP" and kind is not list:
            raise bad("valueList phải là danh sách.", "A valueList is an array.", name, value)
        elif letter == "V" and kind not in (str, list):
            raise bad("vocab phải là chuỗi hoặc danh sách.", "A vocab is a string or an array.", name, value)
        if kind is dict or kind is list:
            return self._opaque(name, value, depth, nulls=partial)
        return value

    def _opaque(self, name: str, value: Any, depth: int, *, nulls: bool) -> Any:
        if depth > self._limits.depth:
            raise _too_deep(name)
        if type(value) is dict:
            for part in value.values():
                self._opaque(name, part, depth + 1, nulls=nulls)
        elif type(value) is list:
            for part in value:
                self._opaque(name, part, depth + 1, nulls=nulls)
        elif value == NULL and not nulls:
            raise bad(f"Không nhận “{NULL}” ở đây.", f"{NULL!r} is not allowed here.", name)
        return value

    def _geometry(self, name: str, value: Any) -> Any:
        if type(value) is dict and value.get("type") == "GeometryCollection":
            parts = value.get("geometries")
            if type(parts) is list and len(parts) <= 100:
                for part in parts:
                    if type(part) is dict and part.get("type") in _DEPTHS:
                        self._geometry(name, part)
                return self._opaque(name, value, 1, nulls=False)
        if type(value) is not dict or value.get("type") not in _DEPTHS or "coordinates" not in value:
            raise bad(
                f"“{name}” không phải hình học GeoJSON.", f"{name!r} is no GeoJSON geometry.", name, value
            )
        _positions(name, value["coordinates"], _DEPTHS[value["type"]])
        return value

    def _warn(self, item: Item, one: dict[str, Any]) -> None:
        value = one.get("v")
        if one.get("k") != "G" or type(value) is not dict or value.get("type") != "Point":
            return
        lon, lat = value["coordinates"][:2]
        if not in_vietnam(lon, lat):
            swapped = looks_swapped(lon, lat)
            item.warnings += (
                f"{item.id}: location [{lon}, {lat}] "
                + ("looks swapped; GeoJSON is [longitude, latitude]" if swapped else "lies outside Viet Nam"),
            )

    def _id(self, body: Mapping[str, Any], entity_id: str | None) -> str:
        id_ = body.get("id", entity_id)
        if type(id_) is not str or not is_uri(id_) or len(id_) > self._limits.text:
            raise bad("“id” phải là một URI.", "The id must be a URI.", "id", id_)
        if entity_id is not None and id_ != entity_id:
            raise bad("“id” khác với đường dẫn.", "The id differs from the one in the path.", "id", id_)
        return id_

    def _type(self, kind: Any) -> int:
        names: list[Any] = kind if type(kind) is list else [kind]
        if not names or not all(type(one) is str and one for one in names) or len(names) > 20:
            raise bad("“type” không hợp lệ.", "The type is not valid.", "type", kind)
        iris = tuple(sorted({self._context.expand(check_name(one)) for one in names}))
        number = self._terms.type_ids.get(" ".join(iris))
        if number is None:
            raise NewNames(set(), iris)
        if type(kind) is str:
            self._types[kind] = number
        return number

    def _key(self, name: str) -> str:
        found = self._keys.get(name)
        if found is None:
            iri = self._context.expand(check_name(name))
            number = self._terms.attr_ids.get(iri)
            if number is None:
                raise NewNames({iri})
            found = self._keys[name] = str(number)
        return found

    def _shape(self, doc: dict[str, Stored]) -> frozenset[str]:
        keys = tuple(doc)
        found = self._shapes.get(keys)
        if found is None:
            if len(self._shapes) > 10_000:
                self._shapes.clear()
            found = self._shapes[keys] = frozenset(keys)
        return found


def numeric_column(terms: Terms, key: str, one: Mapping[str, Any]) -> Column | None:
    """Return the column of a plain number in long form; None for everything else."""
    value = one["v"]
    kind = type(value)
    if kind is not float and not (kind is int and -EXACT <= value <= EXACT):
        return None
    if one.keys() - {"v", "u", "o", "d"}:
        return None
    return terms.column(int(key), one.get("u", ""), one.get("d", ""), kind is int)


def shorten(one: dict[str, Any], at: int | None = None) -> Stored:
    """Return the short form of a long one that was observed at ``at`` (None: not at all), if it has one."""
    if type(one.get("v")) in (dict, list) or one.get("o") != at or one.keys() - {"v", "u", "o"}:
        return one
    return [one["v"], one["u"]] if "u" in one else one["v"]


def pack_floats(flat: Sequence[Any]) -> bytes:
    """Pack ``[8, number, 8, number, …]`` as elements of a binary float8[]."""
    count = len(flat) >> 1
    packer = _packers.get(count)
    if packer is None:
        packer = _packers[count] = struct.Struct(">" + "id" * count)
    return packer.pack(*flat)


def encode(value: object) -> bytes:
    """Encode stored forms; text that cannot be UTF-8 or holds U+0000 is refused."""
    try:
        found = _encode(value)
    except UnicodeEncodeError as cause:
        raise bad("Văn bản không phải UTF-8.", "A text is not valid UTF-8.") from cause
    if b"\\u0000" in found and "\0" in _texts(value):
        raise bad("Không nhận ký tự U+0000.", "The character U+0000 is not accepted.")
    return found


def parse_us_field(value: object, name: str) -> int:
    """Parse ``observedAt`` of an attribute, naming it where it is no DateTime."""
    try:
        return parse_us(value)
    except ValueError as cause:
        raise bad(
            f"observedAt của “{name}” không phải thời điểm ISO 8601 có múi giờ.",
            f"observedAt of {name!r} is not an ISO 8601 date and time with a time zone.",
            f"{name}.observedAt",
            value,
        ) from cause


def _plain(kind: object, value: dict[str, Any]) -> Stored | None:
    """Return the stored form of a Property with a flat object, or of a GeoProperty with a point; else None."""
    if kind == "Property":
        for part in value.values():
            if type(part) not in _SCALARS or part == NULL:
                return None
        return {"v": value}
    if kind == "GeoProperty" and value.get("type") == "Point":
        point = value.get("coordinates")
        if type(point) is list and len(point) == 2:
            lon, lat = point
            if type(lon) is float and type(lat) is float and -180 <= lon <= 180 and -90 <= lat <= 90:
                return {"k": "G", "v": value}
    return None


def _in_vietnam(value: dict[str, Any]) -> bool:
    point = value.get("coordinates")
    return type(point) is list and in_vietnam(*point[:2])


def _texts(value: object) -> str:
    if type(value) is dict:
        return "".join(str(key) + _texts(part) for key, part in value.items())
    if type(value) is list:
        return "".join(_texts(part) for part in value)
    return value if type(value) is str else ""


def _infer(a: dict[str, Any]) -> str | None:
    for letter, (_, member) in KINDS.items():
        if member in a:
            value = a[member]
            if (
                letter == "P"
                and type(value) is dict
                and value.get("type") in _DEPTHS
                and "coordinates" in value
            ):
                return "G"
            return letter
    return None


def _is_instance(a: dict[str, Any]) -> bool:
    return a.get("type") in LETTERS if "type" in a else _infer(a) is not None or "datasetId" in a


def _scope(value: object) -> Any:
    names = value if type(value) is list else [value]
    if not names or not all(type(one) is str and 0 < len(one) <= 512 for one in names):
        raise bad("“scope” không hợp lệ.", "A scope is a text or an array of texts.", "scope", value)
    return value


def _relationship(name: str, value: Any) -> None:
    targets = value if type(value) is list else [value]
    for target in targets:
        uri = target.get("object") if type(target) is dict else target
        if not is_uri(uri):
            raise bad(f"“{name}” phải trỏ đến một URI.", f"{name!r} must point to a URI.", name, uri)


def _text(name: str, part: str, value: object) -> str:
    if type(value) is not str or not value or len(value) > 512:
        raise bad(
            f"{part} của “{name}” phải là chuỗi.", f"{part} of {name!r} is a text.", f"{name}.{part}", value
        )
    return value


def _positions(name: str, value: Any, depth: int) -> None:
    if type(value) is not list or (depth > 0 and not value):
        raise _bad_position(name, value)
    if depth:
        for part in value:
            _positions(name, part, depth - 1)
        return
    if not 2 <= len(value) <= 3 or not all(type(one) in (int, float) for one in value):
        raise _bad_position(name, value)
    lon, lat = value[:2]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise bad(
            f"Tọa độ {value[:2]} của “{name}” không phải [kinh độ, vĩ độ] WGS84; có thể bị đảo hoặc là VN-2000.",
            f"The position {value[:2]} of {name!r} is not [longitude, latitude] in WGS84; "
            "swapped, or projected (VN-2000)?",
            name,
            value[:2],
        )


def _bad_position(name: str, value: object) -> Problem:
    return bad(
        f"Tọa độ của “{name}” không hợp lệ.", f"The coordinates of {name!r} are not valid.", name, value
    )


def _too_deep(name: str) -> Problem:
    return bad(f"“{name}” lồng quá sâu.", f"{name!r} is nested too deeply.", name)


def _collect(intake: Intake, body: object, unknown: set[str], depth: int) -> None:
    if type(body) is list:
        for one in body:
            _collect(intake, one, unknown, depth)
        return
    if type(body) is not dict or depth > 8:
        return
    members = {member for _, member in KINDS.values()}
    for name, value in body.items():
        if name in {"id", "type", "scope", "unitCode", "observedAt", "datasetId"} or name in members:
            continue
        if name in _IGNORED or name in _EXTRA or name.startswith("@"):
            continue
        try:
            iri = intake._context.expand(check_name(name))
        except Problem:
            continue
        if iri not in intake._terms.attr_ids:
            unknown.add(iri)
        if type(value) is not dict or value.get("type") not in _DEPTHS:
            _collect(intake, value, unknown, depth + 1)
