"""From NGSI-LD JSON to stored forms: names become numbers, structure is checked, nothing is lost.

One :class:`~haidang.city.items.Item` is one entity (or one attribute) of one request, ready for the writer.
What a device sends again and again is read by its shape (``shapes.py``); the loop in ``fill`` reads what is
new, a numeric Property with observedAt at the cost of one dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haidang.base.geometry import in_vietnam, looks_swapped
from haidang.base.problems import Problem
from haidang.city.checks import (
    DEPTHS,
    expiry,
    infer,
    is_instance,
    language_map,
    lines,
    names_geometry,
    plain,
    positions,
    relationship,
    scope,
    text_member,
    too_deep,
    vocab,
    within_vietnam,
)
from haidang.city.items import (
    EXACT,
    NULL,
    Item,
    NewNames,
    Op,
    Row,
    bad,
    encode,
    numeric_column,
    pack_floats,
    parse_us_field,
    shorten,
)
from haidang.city.model import Limits
from haidang.city.represent import KINDS, LETTERS, Stored
from haidang.city.shapes import STILLS_MAX, Shape, Stills, plainly, shape_of
from haidang.city.terms import Column, Context, Terms, check_name, is_uri
from haidang.city.times import ALWAYS, NEVER

_IGNORED = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId", "@context"})
_NO_ATTRIBUTE = _IGNORED | {"id", "type"}
IDS_MAX = 50_000
ID_MAX = 200
"""Characters of an id that is remembered."""
SHAPES_MAX = 500
"""Orders of names that the site's own context remembers."""
OTHERS_SHARE = 50
"""A context of somebody's own remembers so many times less: there may be many of them."""
_EXTRA = frozenset({"objectType", "valueType", "expiresAt", "lang", "ngsildConformance", "provider"})


class Intake:
    """Reads the JSON of one context."""

    def __init__(
        self, terms: Terms, limits: Limits, context: Context | None = None, *, own: bool = True
    ) -> None:
        self._share = 1 if own else OTHERS_SHARE
        self._terms = terms
        self.limits = limits
        self._context = context or terms.context
        self._fast: dict[tuple[str, str | None, type], Column] = {}
        self._keys: dict[str, str] = {}
        self._types: dict[str, int] = {}
        self._shapes: dict[tuple[str, ...], frozenset[str]] = {}
        self._known: dict[tuple[str, ...], Shape] = {}
        self._stills: Stills = {}
        self._ids: set[str] = set()
        """Ids found to be good."""
        self.latest_us = ALWAYS
        """The latest time of observation that is taken; one from the future would hide all that follow."""

    def entity(self, op: Op, tenant_id: int, body: object, entity_id: str | None = None) -> Item:
        """Read a whole entity, or (with ``entity_id``) the attributes sent for one.

        Raise ``Problem`` where it is meaningless and ``NewNames`` where names must be interned first.
        """
        if type(body) is not dict:
            raise bad("Thực thể phải là một đối tượng JSON.", "An entity is a JSON object.")
        if op is Op.MERGE:
            return self._merge(tenant_id, plainly(body), entity_id)
        item = Item(op, tenant_id, self._id(body, entity_id))
        kind = body.get("type")
        if type(kind) is str and kind in self._types:
            item.type_id = self._types[kind]
        elif kind is not None:
            item.type_id = self._type(kind)
        elif entity_id is None and op not in (Op.APPEND, Op.APPEND_NEW):
            raise bad("Thực thể thiếu “type”.", "The entity has no type.", "type")
        shape = self._known.get(tuple(body))
        if shape is None or not shape.read(item, body, self):
            plain_body = plainly(body)
            self.fill(item, plain_body)
            if plain_body is not body:
                self._learn(item, body, shape)
        return item

    def _learn(self, item: Item, body: dict[str, Any], shape: Shape | None) -> None:
        if shape is None:
            if len(self._known) >= SHAPES_MAX // self._share:
                self._known.clear()
                self._stills.clear()
            shape = shape_of(item, body, self._stills, STILLS_MAX // self._share)
            if shape is not None:
                self._known[tuple(body)] = shape
        if shape is not None and item.row is not None:
            shape.learn(item, body, [self._terms.columns[no] for no in item.row.columns])

    def fill(self, item: Item, body: dict[str, Any]) -> None:  # noqa: PLR0912, PLR0915 - the hot loop stays whole
        """Read all attributes. What the loop does not recognise at a glance goes the long way of
        ``_other``.
        """
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
                        long = plain(a.get("type"), value)
                        if long is not None and (name != "location" or within_vietnam(value)):
                            static[keys[name]] = long
                            continue
            if name in _NO_ATTRIBUTE:
                continue
            if name == "scope":
                static["scope"] = scope(a)
                continue
            single = self._other(item, name, a, (doc, static, rest), (numbers, flat)) and single
            if time_text is None and item.at != NEVER and type(a) is dict:
                time_text = a.get("observedAt")
        if len(doc) + len(static) > self.limits.attributes:
            most = self.limits.attributes
            raise bad(f"Thực thể có quá {most} thuộc tính.", f"An entity has at most {most} attributes.")
        if item.at != NEVER:
            doc["@"] = item.at
            item.decoded = doc
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
        if name == "expiresAt":
            return [{"v": expiry(a, partial=partial)}]
        if type(a) is dict:
            return [self._instance(name, a, partial=partial, depth=depth)]
        if type(a) is list and a and all(type(one) is dict and is_instance(one) for one in a):
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
        if op is Op.ATTR_PATCH and type(found[0].get("v")) in (dict, list):
            self._opaque(name, found[0]["v"], 1, nulls=False)  # only a merge deletes inside a value (5.5.4)
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
                item.static = {"scope": NULL if a == NULL else scope(a)}
                continue
            found = self.attribute(name, a, partial=True)
            if name == "location" and found[0].get("v") != NULL:
                self._warn(item, found[0])
            item.partial[self._key(name)] = found
        if len(item.partial) > self.limits.attributes:
            raise bad("Quá nhiều thuộc tính.", "Too many attributes.")
        return item

    def _instance(  # noqa: PLR0912 - one branch for each member the standard knows
        self, name: str, a: dict[str, Any], *, partial: bool, depth: int
    ) -> dict[str, Any]:
        if depth > self.limits.depth:
            raise too_deep(name)
        kind = a.get("type")
        letter = LETTERS.get(kind) if type(kind) is str else None
        if letter is None:
            if names_geometry(kind) and "coordinates" in a:
                return {"k": "G", "v": self._value(name, "G", a, partial=partial, depth=depth)}
            letter = infer(a) if kind is None else None
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
                long["u"] = text_member(name, part, value)
            elif part == "observedAt":
                long["o"] = NULL if partial and value == NULL else self.observed(value, name)
            elif part == "datasetId":
                if not is_uri(value) or value == NULL:
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
            relationship(name, value)
        elif letter == "L":
            language_map(name, value, nulls=partial)
        elif letter == "LP" and kind is not list:
            raise bad("valueList phải là danh sách.", "A valueList is an array.", name, value)
        elif letter == "V":
            return vocab(name, value, self._context)
        if kind is dict or kind is list:
            return self._opaque(name, value, depth, nulls=partial)
        return value

    def observed(self, value: object, name: str) -> int:
        found = parse_us_field(value, name)
        if found > self.latest_us:
            raise bad(
                f"observedAt của “{name}” nằm quá xa trong tương lai; hãy kiểm tra đồng hồ thiết bị.",
                f"observedAt of {name!r} lies too far in the future; check the device's clock.",
                f"{name}.observedAt",
                value,
            )
        return found

    def _opaque(self, name: str, value: Any, depth: int, *, nulls: bool) -> Any:
        if depth > self.limits.depth:
            raise too_deep(name)
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
                    if type(part) is dict and names_geometry(part.get("type")):
                        self._geometry(name, part)
                return self._opaque(name, value, 1, nulls=False)
        if type(value) is not dict or not names_geometry(value.get("type")) or "coordinates" not in value:
            raise bad(
                f"“{name}” không phải hình học GeoJSON.", f"{name!r} is no GeoJSON geometry.", name, value
            )
        positions(name, value["coordinates"], DEPTHS[value["type"]])
        lines(name, value["type"], value["coordinates"])
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
        if type(id_) is str and id_ in self._ids and entity_id in (None, id_):
            return id_
        if type(id_) is not str or not is_uri(id_) or len(id_.encode()) > self.limits.text:
            raise bad("“id” phải là một URI.", "The id must be a URI.", "id", id_)
        if entity_id is not None and id_ != entity_id:
            raise bad("“id” khác với đường dẫn.", "The id differs from the one in the path.", "id", id_)
        if len(id_) <= ID_MAX:
            if len(self._ids) >= IDS_MAX // self._share:
                self._ids.clear()
            self._ids.add(id_)
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

    # What reads the temporal form of an entity (``evolution``) knows no more of this class than these.
    identifier = _id
    type_number = _type
    key = _key

    def _shape(self, doc: dict[str, Stored]) -> frozenset[str]:
        keys = tuple(doc)
        found = self._shapes.get(keys)
        if found is None:
            if len(self._shapes) > 10_000:
                self._shapes.clear()
            found = self._shapes[keys] = frozenset(keys)
        return found


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
        if type(value) is not dict or not names_geometry(value.get("type")):
            _collect(intake, value, unknown, depth + 1)
