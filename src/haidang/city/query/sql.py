"""From a question's trees to one SQL predicate with parameters.

Nothing of the asker's text becomes SQL: names become interned numbers (written as integers), values and
patterns travel as parameters, and a comparison is a jsonpath parameter whose members are quoted as JSON and
whose operands are variables. An attribute that nobody ever stored makes its condition false.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from haidang.city.query import grammar
from haidang.city.query.candidates import candidates
from haidang.city.query.conditions import Builder, condition, stored, type_numbers, value_of, values_of
from haidang.city.query.geo import GeoQuery
from haidang.city.query.grammar import Node
from haidang.city.query.ordering import Ordering
from haidang.city.query.problems import bad
from haidang.city.query.selection import AllTypes, TypeNode, parse_types
from haidang.city.terms import Context, Terms
from haidang.organisation.permissions import Principal, scope_sql


class Selector(msgspec.Struct, frozen=True, kw_only=True):
    """Entities by id, pattern of ids and type; everything given must hold."""

    ids: tuple[str, ...] = ()
    id_pattern: str | None = None
    types: TypeNode | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the entities; everything given must hold."""

    tenant: str = ""
    ids: tuple[str, ...] = ()
    id_pattern: str | None = None
    types: TypeNode | None = None
    selectors: tuple[Selector, ...] = ()
    """Where there are any, one of them must hold."""
    attributes: tuple[str, ...] = ()
    """The entity has at least one of them."""
    q: Node | None = None
    expanding: tuple[str, ...] = ()
    """Attributes whose values in ``q`` mean what they mean in the asker's context (``expandValues``)."""
    scope: str | None = None
    """``scopeQ``: ``/A/#`` and ``+``, joined by ``;`` ``,`` ``|``."""
    geo: GeoQuery | None = None
    ordering: Ordering | None = None


class Where(msgspec.Struct, frozen=True):
    """A predicate over ``entity e JOIN entity_static s`` and its parameters."""

    sql: str
    values: dict[str, Any]


def where(
    question: Question, terms: Terms, context: Context, principal: Principal, *, standing: bool = False
) -> Where:
    """Return the predicate of a question, the asker's scopes included.

    ``standing``: it is asked of the entities as they stand in their table, so kept values may narrow it.
    """
    build = Builder(terms, context, question.tenant, principal, expanding=frozenset(question.expanding))
    tenant = terms.tenants.get(question.tenant)
    visible, scopes = scope_sql(principal, "entity.read")
    parts = ["FALSE" if tenant is None else f"e.tenant_id = {int(tenant)}", visible]
    parts += _selected(question, build)
    if question.selectors:
        either = [" AND ".join(_selected(one, build)) or "TRUE" for one in question.selectors]
        parts.append("(" + " OR ".join(f"({one})" for one in either) + ")")
    if question.attributes:
        found = [terms.attr_id(name, context) for name in question.attributes]
        keys = build.value([str(number) for number in found if number is not None])
        parts.append(f"(e.doc ?| {keys}::text[] OR s.doc ?| {keys}::text[])")
    if question.q is not None:
        parts.append(condition(question.q, build))
        parts += candidates(question.q, _asked_types(question, build), build) if standing else []
    if question.scope is not None:
        parts.append(_scope(question.scope, build))
    if question.geo is not None:
        parts.append(_geo(question.geo, build))
    return Where(" AND ".join(parts), build.values | scopes)


def _asked_types(question: Question, build: Builder) -> frozenset[int]:
    """Return every type an answer can have; none where that is open."""
    nodes = [one.types for one in question.selectors] or [question.types]
    if question.types is not None:
        nodes = [question.types]
    found: set[int] = set()
    for node in nodes:
        if node is None:
            return frozenset()
        found.update(type_numbers(node, build.terms, build.context))
    return frozenset(found)


def _selected(of: Question | Selector, build: Builder) -> list[str]:
    parts: list[str] = []
    if of.ids:
        parts.append(f"e.id = ANY({build.value(list(of.ids))}::text[])")
    if of.id_pattern is not None and not of.ids:  # ids take precedence over a pattern (5.2.33)
        parts.append(f"e.id ~ {build.value(grammar.checked_pattern(of.id_pattern))}")
    if of.types is not None:
        numbers = type_numbers(of.types, build.terms, build.context)
        parts.append(f"e.type_id = ANY({build.value(numbers)}::int[])" if numbers else "FALSE")
    return parts


def sort_values(ordering: Ordering, terms: Terms, context: Context) -> tuple[list[str], dict[str, Any]]:
    """Return the SQL (jsonb) of what entities are sorted by, and its parameters."""
    build = Builder(terms, context, "", None, prefix="o")
    return [value_of(one.path, build) for one in ordering.terms], build.values


def geometry_sql(geo: GeoQuery, terms: Terms, context: Context) -> str:
    """Return the SQL of the GeoJSON a geographic question looks at; several instances are an array."""
    number = terms.attr_id(geo.geoproperty, context)
    return "NULL::jsonb" if number is None else values_of(stored(number))


def _geo(geo: GeoQuery, build: Builder) -> str:
    number = build.terms.attr_id(geo.geoproperty, build.context)
    if number is None:
        return "FALSE"
    parts = [f"{stored(number)} IS NOT NULL"]
    box = geo.box
    if box is not None and build.context.expand(geo.geoproperty) == build.context.expand("location"):
        corner = build.value(f"(({box.east!r},{box.north!r}),({box.west!r},{box.south!r}))")
        parts.append(f"(e.loc <@ {corner}::box OR e.box && {corner}::box)")
    return "(" + " AND ".join(parts) + ")"


_SCOPE = re.compile(r"/?[\w\-.~%+#]+(?:/[\w\-.~%+#]+)*", re.UNICODE)


def _scope(text: str, build: Builder) -> str:
    """Return the condition of ``scopeQ``: ``+`` is one level, a trailing ``#`` any number of them.

    Its operators and parentheses are those of the type selection.
    """
    return _scoped(parse_types(text), build, text)


def _scoped(node: TypeNode, build: Builder, text: str) -> str:
    if not isinstance(node, str):
        word = " AND " if isinstance(node, AllTypes) else " OR "
        return "(" + word.join(_scoped(part, build, text) for part in node.parts) + ")"
    if not _SCOPE.fullmatch(node):
        raise bad(f"scopeQ không hợp lệ: “{text[:80]}”.", f"scopeQ is not valid: “{text[:80]}”.")
    return (
        "EXISTS (SELECT FROM jsonb_path_query(s.doc->'scope', '$[*]') AS m(x) "
        f"WHERE m.x #>> '{{}}' ~ {build.value(_scope_pattern(node))})"
    )


def _scope_pattern(text: str) -> str:
    pattern = "^/?"
    for place, level in enumerate(text.lstrip("/").split("/")):
        if level == "#":
            return pattern + ("(/.*)?$" if place else ".*$")
        pattern += "/" if place else ""
        pattern += "[^/]+" if level == "+" else re.escape(level).replace("/", "\\/")
    return pattern + "$"
