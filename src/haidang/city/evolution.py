"""The temporal evolution of an entity as it comes in: every instance with its own time (GS CIM 009, 4.5.6).

What is read here goes through the writer like any late observation: it becomes rows of history, and moves the
present state only where it is newer than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from haidang.base.problems import TOO_LARGE, Problem
from haidang.city.checks import scope
from haidang.city.intake import Intake
from haidang.city.items import NULL, Evolution, Item, Op, bad
from haidang.city.represent import KINDS, LETTERS
from haidang.city.times import ALWAYS

INSTANCES_MAX = 10_000
"""Attribute instances of one temporal write."""
PART = 500
"""So many of them go to the writer at once; a write of no more does not wait for its turn."""
AT_ONCE = 2
"""Larger writes that go to the writer side by side: telemetry gets between them."""

_SIMPLIFIED = {
    "values": "value",
    "objects": "object",
    "languageMaps": "languageMap",
    "vocabs": "vocab",
    "jsons": "json",
    "valueLists": "valueList",
    "objectLists": "objectList",
}
"""Members of the simplified form (4.5.9) and what each of their pairs means."""
_WRAPPED = frozenset({"languageMap", "vocab", "json"})
_NO_ATTRIBUTE = frozenset(
    {"id", "type", "@context", "createdAt", "modifiedAt", "deletedAt", "expiresAt", "instanceId"}
)
Long = dict[str, Any]


def read(intake: Intake, op: Op, tenant_id: int, body: object, entity_id: str | None) -> Item:
    """Read an EntityTemporal or a fragment of one.

    Raise ``Problem`` where it is meaningless and ``NewNames`` where names must be interned first.
    """
    if type(body) is not dict:
        raise bad("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object.")
    item = Item(op, tenant_id, intake.identifier(body, entity_id))
    if body.get("type") is not None:
        item.type_id = intake.type_number(body["type"])
    elif op is Op.TEMPORAL_UPSERT:
        raise bad("Thực thể thiếu “type”.", "The entity has no type.", "type")
    found: list[tuple[str, Long]] = []
    scopes: list[tuple[Any, int | None]] = []
    for name, value in body.items():
        if value == NULL and type(value) is str:
            raise bad(f"Không nhận “{NULL}” ở đây.", f"{NULL!r} is not allowed here.", name)
        if name == "scope":
            scopes += _scopes(intake, value)
        elif name not in _NO_ATTRIBUTE:
            key = intake.key(name)
            found += [(key, one) for one in instances(intake, name, value)]
        if len(found) > INSTANCES_MAX:
            raise Problem(
                TOO_LARGE,
                f"Mỗi lần gửi tối đa {INSTANCES_MAX} giá trị theo thời gian.",
                f"At most {INSTANCES_MAX} instances at a time.",
            )
    if op is Op.TEMPORAL_APPEND and not found and not scopes:
        raise bad("Không có giá trị nào để thêm.", "There is no attribute instance to add.")
    most = intake.limits.attributes
    if len({(key, one.get("d"), one.get("u")) for key, one in found}) > most:
        raise bad(f"Thực thể có quá {most} thuộc tính.", f"An entity has at most {most} attributes.")
    item.evolution = Evolution(tuple(found), tuple(scopes))
    return item


def parts(item: Item) -> Iterator[Item]:
    """Yield the item, made small enough for the writer, and further ones for the rest, by time."""
    assert item.evolution is not None  # noqa: S101 - that of a temporal write
    whole = sorted(item.evolution.instances, key=lambda pair: pair[1].get("o", ALWAYS))
    item.evolution = Evolution(tuple(whole[:PART]), item.evolution.scopes)
    yield item
    for start in range(PART, len(whole), PART):
        part = Evolution(tuple(whole[start : start + PART]))
        yield Item(item.op, item.tenant_id, item.id, item.type_id, origin=item.origin, evolution=part)


def instances(intake: Intake, name: str, value: object) -> list[Long]:
    """Return the long forms of an attribute's instances; a deleted one has None for its value."""
    if type(value) is dict:
        member = next((one for one in _SIMPLIFIED if one in value), None)
        if member is not None and "value" not in value:
            return [_instance(intake, name, one) for one in _unfolded(name, value, member)]
        return [_instance(intake, name, value)]
    if type(value) is list and value and all(type(one) is dict for one in value):
        return [_instance(intake, name, one) for one in value]
    raise bad(
        f"“{name}” phải là một danh sách các giá trị theo thời gian.",
        f"{name!r} must be an array of attribute instances.",
        name,
        value,
    )


def fragment(intake: Intake, name: str, body: object) -> Long:
    """Read the one instance of a PATCH: ``{name: [instance]}``, ``{name: instance}`` or the instance itself.

    Raise ``Problem`` where it is not exactly one.
    """
    if type(body) is not dict:
        raise bad("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object.", name)
    given = {part: value for part, value in body.items() if part not in {"id", "@context"}}
    kind = given.get("type")
    if name in given and not (type(kind) is str and kind in LETTERS):
        given.pop("type", None)
        if given.keys() != {name}:
            raise bad("Chỉ sửa được một thuộc tính.", f"Only {name!r} can be changed here.", name)
        found = instances(intake, name, given[name])
    else:
        found = [_instance(intake, name, given)]
    if len(found) != 1 or found[0]["v"] is None:
        raise bad("Cần đúng một giá trị.", "Exactly one instance with a value is needed.", name)
    return found[0]


def _instance(intake: Intake, name: str, one: dict[str, Any]) -> Long:
    letter = next((letter for letter, (_, member) in KINDS.items() if _deleted(one.get(member))), None)
    if letter is None:
        (long,) = intake.attribute(name, one)
        return long
    gone: Long = {"v": None}
    if "observedAt" in one:
        gone["o"] = _when(intake, name, one["observedAt"])
    if one.get("datasetId") not in (None, "@none"):
        gone["d"] = one["datasetId"]
    return gone


def _when(intake: Intake, name: str, at: object) -> int:
    """Return a time of observation in µs, checked as that of any attribute is."""
    (long,) = intake.attribute(name, {"type": "Property", "value": 0, "observedAt": at})
    when: int = long["o"]
    return when


def _deleted(value: object) -> bool:
    return value == NULL or (type(value) is dict and value == {"@none": NULL})


def _unfolded(name: str, value: dict[str, Any], member: str) -> list[dict[str, Any]]:
    """Return the instances that the simplified form lists as pairs of a value and its time."""
    pairs = value[member]
    singular = _SIMPLIFIED[member]
    rest = {part: each for part, each in value.items() if part in {"type", "datasetId"}}
    if type(pairs) is not list or not all(type(pair) is list and len(pair) == 2 for pair in pairs):
        raise bad(
            f"“{name}.{member}” là danh sách các cặp [giá trị, thời điểm].",
            f"{name}.{member} is an array of pairs [value, time].",
            name,
            pairs,
        )
    if value.keys() - rest.keys() - {member}:
        raise bad(f"“{name}” có thành phần lạ.", f"{name!r} has an unknown member.", name)
    unfolded: list[dict[str, Any]] = []
    for each, at in pairs:
        wrapped = singular in _WRAPPED and type(each) is dict and each.keys() == {singular}
        unfolded.append({**rest, singular: each[singular] if wrapped else each, "observedAt": at})
    return unfolded


def _scopes(intake: Intake, value: object) -> list[tuple[Any, int | None]]:
    """Return (scope, when it became valid; None: now) of a scope, or of the instances of one."""
    each = value if type(value) is list and value and type(value[0]) is dict else [value]
    found: list[tuple[Any, int | None]] = []
    for one in each:
        if type(one) is not dict:
            found.append((scope(one), None))
            continue
        if one.get("type", "Property") != "Property" or "value" not in one:
            raise bad("“scope” không hợp lệ.", "A scope is a Property with a value.", "scope", one)
        at = one.get("observedAt")
        when = None if at is None else _when(intake, "scope", at)
        found.append((None if one["value"] in (NULL, []) else scope(one["value"]), when))
    return found
