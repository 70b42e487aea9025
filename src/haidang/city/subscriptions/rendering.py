"""What a notification says: the entity in the form the subscriber asked for, and its envelope."""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from haidang.city.choosing import DEFAULT, Choice, chosen, languages_of
from haidang.city.items import NULL
from haidang.city.model import Kind
from haidang.city.projection import Projection, projection_of
from haidang.city.represent import KINDS, Names, Stored, System, attribute, key_value, say_end
from haidang.city.subscriptions.matching import Event, ended
from haidang.city.subscriptions.model import Compiled
from haidang.city.terms import Terms
from haidang.city.times import format_us
from haidang.city.versions import amended
from haidang.city.writer.forms import Long

_SPACE = uuid.UUID("8f1c1f0e-5f0b-4c53-9d0a-3a2b6f6c5d11")
GEO = "application/geo+json"
LD = "application/ld+json"


def stable_id(*parts: object) -> str:
    """Return a notification's id: the same for the same cause, so that receivers can drop a repetition."""
    return f"urn:ngsi-ld:Notification:{uuid.uuid5(_SPACE, ' '.join(map(str, parts)))}"


def entity_of(one: Compiled, event: Event, terms: Terms) -> dict[str, Any]:
    """Return the entity as the notification shows it."""
    return Telling(one, event, terms).body()


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


class Telling:
    """One event told to one subscription."""

    def __init__(self, one: Compiled, event: Event, terms: Terms) -> None:
        self._one = one
        self._params = one.definition.notification
        self._event = event
        self._terms = terms
        self._names = Names(terms, one.context)
        self._ended = event.kind == Kind.DELETE
        self._short = self._params.format in ("keyValues", "simplified")
        languages = languages_of(one.definition.lang)
        self._choice = Choice(frozenset(one.definition.dataset_id or ()), languages)

    def body(self) -> dict[str, Any]:
        """Return the whole."""
        entity, event = self._event.entity, self._event
        types = self._terms.type_names(entity.type_id, self._one.context)
        body: dict[str, Any] = {"id": entity.id, "type": types[0] if len(types) == 1 else list(types)}
        if entity.scope is not None and not self._ended:
            body["scope"] = entity.scope
        if self._params.sys_attrs:
            body["createdAt"] = format_us(entity.created_us)
            body["modifiedAt"] = format_us(entity.modified_us)
        if self._ended:
            body["deletedAt"] = format_us(event.at_us)
        gone = self._gone()
        for key in {**({} if self._ended else event.after), **gone}:
            shown = self._attribute(key, [] if self._ended else event.after.get(key, []), gone.get(key, []))
            if shown is not None:
                body[self._names(int(key))] = shown
        if "expiresAt" in body:
            say_end(body, shown=self._params.sys_attrs)
        version = self._one.definition.version
        if version is not None and self._params.format == "normalized":
            body = amended(body, version)
        return self._cut(body)

    def _gone(self) -> dict[str, list[Long]]:
        """Return the deleted instances that are told of, by attribute."""
        event = self._event
        if self._ended:
            keys = list(event.before) if self._params.show_changes else []
            if "attributeDeleted" in self._one.triggers and "entityDeleted" not in self._one.triggers:
                keys = ended(self._one, event, self._terms)
            return {key: event.before[key] for key in keys}
        found: dict[str, list[Long]] = {}
        for touch in event.touched:
            if touch.long is not None:
                continue
            before = event.before.get(touch.key, [])
            lost = (
                before
                if touch.dataset == "*"
                else [each for each in before if each.get("d") == touch.dataset]
            )
            if not lost:  # what it was is not known any more
                lost = [{} if touch.dataset in (None, "*") else {"d": touch.dataset}]
            there = [each.get("d") for each in event.after.get(touch.key, [])]
            found.setdefault(touch.key, []).extend(each for each in lost if each.get("d") not in there)
        return found

    def _attribute(self, key: str, after: list[Long], gone: list[Long]) -> Any:
        """Return an attribute with all its instances, deleted ones as nulls; None: none is chosen."""
        datasets = self._choice.datasets
        if datasets:
            after = [each for each in after if each.get("d", DEFAULT) in datasets]
            gone = [each for each in gone if each.get("d", DEFAULT) in datasets]
        if self._short:
            return self._in_short(after, gone)
        shown = [self._there(key, each) for each in after] + [self._null(key, each) for each in gone]
        return None if not shown else shown[0] if len(shown) == 1 else shown

    def _in_short(self, after: list[Long], gone: list[Long]) -> Any:
        if not after and not gone:
            return None
        said = {each.get("d", DEFAULT): key_value(self._spoken(each), self._names) for each in after}
        said |= {each.get("d", DEFAULT): NULL for each in gone}
        return next(iter(said.values())) if len(said) == 1 else {"dataset": said}

    def _spoken(self, long: Long) -> Stored:
        """Return an instance in the language asked for."""
        if not self._choice.languages:
            return long
        return chosen({"0": long}, Choice(languages=self._choice.languages))["0"]

    def _there(self, key: str, long: Long) -> Any:
        system = self._system(key, long) if self._params.sys_attrs else None
        concise = self._params.format == "concise"
        said = attribute(self._spoken(long), None, self._names, concise=concise, system=system)
        old = self._before(key, long) if self._params.show_changes else None
        return said if old is None else self._changed(said, long, old)

    def _changed(self, said: Any, long: Long, old: Long) -> dict[str, Any]:
        _, member = KINDS[long.get("k", "P")]
        _, previous = KINDS[old.get("k", "P")]
        body = said if isinstance(said, dict) and (member in said or "value" in said) else {member: said}
        value = self._names.vocab(old["v"]) if old.get("k") == "V" else old["v"]
        return body | {f"previous{previous[0].upper()}{previous[1:]}": value}

    def _before(self, key: str, long: Long) -> Long | None:
        """Return what an instance was, if this event changed it."""
        dataset = long.get("d")
        if not any(each.key == key and each.dataset == dataset for each in self._event.touched):
            return None
        return next((each for each in self._event.before.get(key, []) if each.get("d") == dataset), None)

    def _null(self, key: str, long: Long) -> Any:
        """Return a deleted instance: the bare null where nothing more must be said (5.8.6)."""
        letter = long.get("k", "P")
        kind, member = KINDS[letter]
        more: dict[str, Any] = {}
        if "d" in long:
            more["datasetId"] = long["d"]
        if self._params.sys_attrs:
            system = self._system(key, long)
            more |= {"createdAt": system.created, "modifiedAt": system.modified}
            more["deletedAt"] = format_us(self._event.at_us)
        null: Any = {DEFAULT: NULL} if letter == "L" else NULL
        shows = self._params.show_changes and "v" in long
        if self._params.format == "concise" and not more and not shows:
            return NULL
        body = ({"type": kind} if self._params.format == "normalized" else {}) | {member: null} | more
        return self._changed(body, long, long) if shows else body

    def _system(self, key: str, long: Long) -> System:
        """Return when an attribute was made and modified, as far as the event knows."""
        entity = self._event.entity
        made, modified = (entity.ages or {}).get(key, (entity.created_us, entity.created_us))
        if any(each.key == key for each in self._event.touched):
            modified = entity.modified_us
        elif "o" in long:
            modified = min(entity.modified_us, max(made, long["o"]))
        return System(format_us(made), format_us(max(made, modified)))

    def _cut(self, body: dict[str, Any]) -> dict[str, Any]:
        context = self._one.context
        if self._params.attributes is not None:
            keep = {context.compact(context.expand(name)) for name in self._params.attributes}
            return {name: value for name, value in body.items() if name in keep | _MEMBERS}
        return projection_in(self._one).apply(body)


def projection_in(one: Compiled) -> Projection:
    """Return what is told of an entity, in the words of the notification's context."""
    params, context = one.definition.notification, one.context

    def said(name: str) -> str:
        return name if name in _MEMBERS else context.compact(context.expand(name))

    pick, omit = (None if names is None else ",".join(names) for names in (params.pick, params.omit))
    return projection_of(pick, omit, said)


_MEMBERS = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt"})
