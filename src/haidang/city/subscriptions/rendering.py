"""What a notification says: the entity in the form the subscriber asked for, and its envelope."""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from haidang.city.items import NULL
from haidang.city.model import Kind
from haidang.city.represent import KINDS, Stored, attribute, key_value
from haidang.city.subscriptions.matching import DEFAULT, Event
from haidang.city.subscriptions.model import Compiled
from haidang.city.terms import Terms
from haidang.city.times import format_us
from haidang.city.writer.forms import Full, Long

_SPACE = uuid.UUID("8f1c1f0e-5f0b-4c53-9d0a-3a2b6f6c5d11")
GEO = "application/geo+json"
LD = "application/ld+json"


def stable_id(*parts: object) -> str:
    """Return a notification's id: the same for the same cause, so that receivers can drop a repetition."""
    return f"urn:ngsi-ld:Notification:{uuid.uuid5(_SPACE, ' '.join(map(str, parts)))}"


def entity_of(one: Compiled, event: Event, terms: Terms) -> dict[str, Any]:
    """Return the entity as the notification shows it."""
    entity, params = event.entity, one.definition.notification
    types = terms.type_names(entity.type_id, one.context)
    body: dict[str, Any] = {"id": entity.id, "type": types[0] if len(types) == 1 else list(types)}
    gone = event.kind == Kind.DELETE
    if entity.scope is not None and not gone:
        body["scope"] = entity.scope
    if params.sys_attrs:
        body["createdAt"] = format_us(entity.created_us)
        body["modifiedAt"] = format_us(entity.modified_us)
        if gone:
            body["deletedAt"] = format_us(event.at_us)
    shown: Full = {} if gone else event.after
    for key, found in shown.items():
        stored = _chosen(one, found)
        if stored is not None:
            body[terms.attr_name(int(key), one.context)] = _attribute(one, stored, terms)
    _mark_changes(one, event, terms, body)
    return _picked(one, body, terms)


def stored_entity(one: Compiled, body: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """Return an entity that was represented already, cut to what the subscription shows."""
    return _picked(one, body, terms)


def envelope(one: Compiled, id_: str, now_us: int, data: list[dict[str, Any]]) -> str:
    """Return the notification (5.3.1) as JSON text."""
    accept = one.definition.notification.endpoint.accept
    body: dict[str, Any] = {
        "id": id_,
        "type": "Notification",
        "subscriptionId": one.id,
        "notifiedAt": format_us(now_us),
        "data": {"type": "FeatureCollection", "features": [_feature(each) for each in data]}
        if accept == GEO
        else data,
    }
    if accept == LD:
        body["@context"] = one.context_url
    return orjson.dumps(body).decode()


def _feature(body: dict[str, Any]) -> dict[str, Any]:
    place = body.get("location")
    if isinstance(place, dict) and "value" in place:
        place = place["value"]
    properties = {name: value for name, value in body.items() if name != "id"}
    return {"id": body.get("id"), "type": "Feature", "geometry": place, "properties": properties}


def _chosen(one: Compiled, found: list[Long]) -> Stored | None:
    datasets = one.definition.dataset_id
    if datasets is not None:
        found = [each for each in found if each.get("d", DEFAULT) in datasets]
    if not found:
        return None
    return found[0] if len(found) == 1 else {"m": found}


def _attribute(one: Compiled, stored: Stored, terms: Terms) -> Any:
    form = one.definition.notification.format

    def name_of(number: int) -> str:
        return terms.attr_name(number, one.context)

    if form in ("keyValues", "simplified"):
        said = key_value(stored)
        lang = one.definition.lang
        if lang is not None and isinstance(said, dict) and set(said) == {"languageMap"}:
            return _in_language(said["languageMap"], lang)[0]
        return said
    said = attribute(stored, None, name_of, concise=form == "concise")
    return _translated(said, one.definition.lang)


def _translated(said: Any, lang: str | None) -> Any:
    if isinstance(said, list):
        return [_translated(each, lang) for each in said]
    if lang is None or not isinstance(said, dict) or not isinstance(said.get("languageMap"), dict):
        return said
    value, found = _in_language(said["languageMap"], lang)
    rest = {name: each for name, each in said.items() if name not in ("languageMap", "type")}
    kind = {"type": "Property"} if "type" in said else {}
    return kind | {"value": value, "lang": found} | rest


def _in_language(words: dict[str, Any], lang: str) -> tuple[Any, str]:
    """Return the words in the language that suits best, by the ranges of an Accept-Language header."""
    wished = [part.partition(";")[0].strip().lower() for part in lang.split(",")]
    for wish in wished:
        for tag, text in words.items():
            if tag.lower() == wish or tag.lower().split("-", 1)[0] == wish.split("-", 1)[0]:
                return text, tag
    tag = next((each for each in (DEFAULT, "vi", "en") if each in words), next(iter(words)))
    return words[tag], tag


def _mark_changes(one: Compiled, event: Event, terms: Terms, body: dict[str, Any]) -> None:
    """Show deleted attributes as null and, where asked for, what was before."""
    params = one.definition.notification
    before = event.before
    touched = [(touch.key, touch.long is None) for touch in event.touched]
    if event.kind == Kind.DELETE:
        if not params.show_changes:
            return
        touched = [(key, True) for key in before]
    for key, gone in touched:
        name = terms.attr_name(int(key), one.context)
        old = next(iter(before.get(key, [])), None)
        letter = (old or {}).get("k", "P")
        kind, member = KINDS[letter]
        if gone and name not in body:
            if params.format in ("keyValues", "simplified"):
                body[name] = NULL
            else:
                null: Any = {DEFAULT: NULL} if letter == "L" else NULL
                body[name] = ({"type": kind} if params.format == "normalized" else {}) | {member: null}
        if params.show_changes and old is not None and name in body:
            said = body[name]
            if not isinstance(said, dict) or (member not in said and "value" not in said):
                said = {member: said}
            if isinstance(said, dict):
                body[name] = said | {f"previous{member[0].upper()}{member[1:]}": old["v"]}


def _picked(one: Compiled, body: dict[str, Any], terms: Terms) -> dict[str, Any]:
    params = one.definition.notification
    context = one.context

    def named(names: tuple[str, ...]) -> set[str]:
        return {context.compact(context.expand(name)) if name not in _MEMBERS else name for name in names}

    if params.attributes is not None:
        keep = named(params.attributes) | _MEMBERS | {"deletedAt"}
        return {name: value for name, value in body.items() if name in keep}
    if params.pick is not None:
        keep = named(params.pick)
        body = {name: value for name, value in body.items() if name in keep}
    if params.omit is not None:
        drop = named(params.omit)
        body = {name: value for name, value in body.items() if name not in drop}
    return body


_MEMBERS = frozenset({"id", "type", "scope", "createdAt", "modifiedAt"})
