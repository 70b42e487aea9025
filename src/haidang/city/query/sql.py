"""From a question's trees to one SQL predicate with parameters.

Nothing of the asker's text becomes SQL: names become interned numbers (written as integers), values and
patterns travel as parameters, and a comparison is a jsonpath parameter whose members are quoted as JSON and
whose operands are variables. An attribute that nobody ever stored makes its condition false.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from haidang.city.query import grammar
from haidang.city.query.geo import GeoQuery
from haidang.city.query.grammar import Node, Range, Term, Value
from haidang.city.query.problems import bad
from haidang.city.query.selection import TypeNode, matches
from haidang.city.terms import Context, Terms
from haidang.city.times import parse_us
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
    scope: str | None = None
    """``scopeQ``: ``/A/#`` and ``+``, joined by ``;`` ``,`` ``|``."""
    geo: GeoQuery | None = None


class Where(msgspec.Struct, frozen=True):
    """A predicate over ``entity e JOIN entity_static s`` and its parameters."""

    sql: str
    values: dict[str, Any]


_SYSTEM_TIMES = {"createdAt": "e.created", "modifiedAt": "e.mod"}
_SIDE = {
    # Member of an attribute, and how its stored form keeps it: (short form, long form).
    "unitCode": ("{0}->>1", "coalesce({0}->>'u', {0}->'m'->0->>'u')"),
    "datasetId": ("NULL", "coalesce({0}->>'d', {0}->'m'->0->>'d')"),
}


class _Builder:
    def __init__(self, terms: Terms, context: Context) -> None:
        self.terms = terms
        self.context = context
        self.values: dict[str, Any] = {}

    def value(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


def where(question: Question, terms: Terms, context: Context, principal: Principal) -> Where:
    """Return the predicate of a question, the asker's scopes included."""
    build = _Builder(terms, context)
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
        parts.append(_node(question.q, build))
    if question.scope is not None:
        parts.append(_scope(question.scope, build))
    if question.geo is not None:
        parts.append(_geo(question.geo, build))
    return Where(" AND ".join(parts), build.values | scopes)


def _selected(of: Question | Selector, build: _Builder) -> list[str]:
    parts: list[str] = []
    if of.ids:
        parts.append(f"e.id = ANY({build.value(list(of.ids))}::text[])")
    if of.id_pattern is not None:
        parts.append(f"e.id ~ {build.value(grammar.checked_pattern(of.id_pattern))}")
    if of.types is not None:
        numbers = type_numbers(of.types, build.terms, build.context)
        parts.append(f"e.type_id = ANY({build.value(numbers)}::int[])" if numbers else "FALSE")
    return parts


def type_numbers(node: TypeNode, terms: Terms, context: Context) -> list[int]:
    """Return the numbers of all types and combinations of types that a selection means."""
    expanded = _expanded(node, context)
    return [
        number
        for number in terms.type_iris
        if matches(expanded, frozenset(terms.type_iris[one] for one in terms.members(number)))
    ]


def stored(number: int) -> str:
    """Return the SQL of an attribute's stored form, whichever of the two documents has it."""
    return f"coalesce(e.doc->'{int(number)}', s.doc->'{int(number)}')"


def geometry_sql(geo: GeoQuery, terms: Terms, context: Context) -> str:
    """Return the SQL of the GeoJSON value that a geographic question looks at."""
    number = terms.attr_id(geo.geoproperty, context)
    return "NULL::jsonb" if number is None else f"attr_value({stored(number)})"


def _expanded(node: TypeNode, context: Context) -> TypeNode:
    if isinstance(node, str):
        return context.expand(node)
    return type(node)(tuple(_expanded(part, context) for part in node.parts))


def _node(node: Node, build: _Builder) -> str:
    if isinstance(node, Term):
        return _term(node, build)
    word = " AND " if isinstance(node, grammar.All) else " OR "
    return "(" + word.join(_node(part, build) for part in node.parts) + ")"


def _term(term: Term, build: _Builder) -> str:
    first, *rest = term.path.attributes
    if first in _SYSTEM_TIMES and not rest and not term.path.members:
        return _scalar(term, f"{_SYSTEM_TIMES[first]}", build, "time")
    number = build.terms.attr_id(first, build.context)
    if number is None:
        return "FALSE"
    target = stored(number)
    at = f"(CASE WHEN e.doc ? '{number}' THEN (e.doc->>'@')::bigint END)"
    for place, name in enumerate(rest):
        last = place == len(rest) - 1 and not term.path.members
        if last and name == "observedAt":
            return _scalar(term, _observed(target, at), build, "us")
        if last and name in _SIDE:
            short, long = (form.format(target) for form in _SIDE[name])
            expression = (
                f"(CASE jsonb_typeof({target}) WHEN 'array' THEN {short} WHEN 'object' THEN {long} END)"
            )
            return _scalar(term, expression, build, "text")
        inner = build.terms.attr_id(name, build.context)
        if inner is None:
            return "FALSE"
        target = f"coalesce({target}->'s'->'{inner}', {target}->'m'->0->'s'->'{inner}')"
        at = "NULL::bigint"
    return _valued(term, target, build)


def _observed(target: str, at: str) -> str:
    long = f"coalesce(({target}->>'o')::bigint, ({target}->'m'->0->>'o')::bigint)"
    return f"(CASE WHEN jsonb_typeof({target}) = 'object' THEN {long} ELSE {at} END)"


def _scalar(term: Term, expression: str, build: _Builder, kind: str) -> str:
    """Return a condition on a plain column-like expression: an instant, µs, or a text."""
    if term.operator is None:
        return f"{expression} IS NOT NULL"
    if term.pattern is not None:
        word = "~" if term.operator == "~=" else "!~"
        return f"{expression}::text {word} {build.value(term.pattern)}"

    def one(operand: Value | Range, operator: str) -> str:
        if isinstance(operand, Range):
            low, high = _plain(operand.low, kind), _plain(operand.high, kind)
            return f"{expression} BETWEEN {_cast(build, low, kind)} AND {_cast(build, high, kind)}"
        return f"{expression} {operator} {_cast(build, _plain(operand, kind), kind)}"

    if term.operator in ("==", "!="):
        any_of = " OR ".join(one(operand, "=") for operand in term.operands)
        return f"({any_of})" if term.operator == "==" else f"NOT ({any_of})"
    return one(term.operands[0], term.operator)


def _cast(build: _Builder, value: Any, kind: str) -> str:
    return build.value(value) + {"time": "::timestamptz", "us": "::bigint", "text": "::text"}[kind]


def _plain(value: Value, kind: str) -> Any:
    if kind == "text":
        return str(value.value)
    text = f"{value.value}T00:00:00Z" if value.kind == "date" else str(value.value)
    try:
        moment = parse_us(text)
    except ValueError as cause:
        raise bad(
            f"Cần một thời điểm để so sánh, không phải “{value.value}”.",
            f"An instant is needed to compare with, not “{value.value}”.",
        ) from cause
    return moment if kind == "us" else text


_STRINGS = ("string", "uri", "date", "clock")


def _valued(term: Term, target: str, build: _Builder) -> str:
    """Return a condition on an attribute's value (any of its instances, any element of an array)."""
    steps = "".join(".*" if step == "*" else "." + json.dumps(step) for step in term.path.members)
    if "\\u0000" in steps:
        raise bad("Tên thành phần chứa ký tự NUL.", "A member name contains a NUL character.")
    values = (
        f"(CASE WHEN jsonb_typeof({target}) = 'object' AND {target} ? 'm' "
        f"THEN jsonb_path_query_array({target}, '$.m[*].v') ELSE attr_value({target}) END)"
    )
    exists = f"jsonb_path_exists({values}, {build.value('$' + steps)}::jsonpath)" if steps else None
    there = exists or f"{target} IS NOT NULL"
    if term.operator is None:
        return there
    if term.pattern is not None:
        found = (
            f"EXISTS (SELECT FROM jsonb_path_query({values}, {build.value(f'${steps}[*]')}::jsonpath) "
            f"AS m(x) WHERE jsonb_typeof(m.x) = 'string' AND m.x #>> '{{}}' ~ {build.value(term.pattern)})"
        )
        return found if term.operator == "~=" else f"({there} AND NOT {found})"
    if term.operator in ("==", "!="):
        found = " OR ".join(_compared(operand, "==", values, steps, build) for operand in term.operands)
        return f"({found})" if term.operator == "==" else f"({there} AND NOT coalesce({found}, false))"
    return _compared(term.operands[0], term.operator, values, steps, build)


def _compared(operand: Value | Range, operator: str, values: str, steps: str, build: _Builder) -> str:
    low, high = (operand.low, operand.high) if isinstance(operand, Range) else (operand, None)
    variables: dict[str, Any] = {"a": low.value}
    if high is not None:
        variables["b"] = high.value
    comparisons = [(operator if high is None else ">=", "$a")] + ([("<=", "$b")] if high is not None else [])
    sides = ["@", '@."@value"'] if low.kind in ("time", "date", "clock") else ["@"]
    # A DateTime compares as an instant, whatever zone it was written in; everything else as it stands.
    method = ".datetime()" if low.kind == "time" else ""
    filters = [" && ".join(f"{side}{method} {op} {var}{method}" for op, var in comparisons) for side in sides]
    path = "$" + steps + " ? (" + " || ".join(f"({one})" for one in filters) + ")"
    function = "jsonb_path_exists_tz" if method else "jsonb_path_exists"
    return f"{function}({values}, {build.value(path)}::jsonpath, {build.value(json.dumps(variables))}::jsonb)"


def _geo(geo: GeoQuery, build: _Builder) -> str:
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


def _scope(text: str, build: _Builder) -> str:
    """Return the condition of ``scopeQ``: ``+`` is one level, a trailing ``#`` any number of them."""
    if len(text) > grammar.LENGTH_MAX or text.count("(") or not text:
        raise bad("scopeQ không hợp lệ.", "scopeQ is not valid.")
    either: list[str] = []
    for choice in re.split(r"[|,]", text):
        every: list[str] = []
        for pattern in choice.split(";"):
            if not _SCOPE.fullmatch(pattern):
                raise bad(f"scopeQ không hợp lệ: “{text[:80]}”.", f"scopeQ is not valid: “{text[:80]}”.")
            every.append(
                "EXISTS (SELECT FROM jsonb_path_query(s.doc->'scope', '$[*]') AS m(x) "
                f"WHERE m.x #>> '{{}}' ~ {build.value(_scope_pattern(pattern))})"
            )
        either.append(" AND ".join(every))
    return "(" + " OR ".join(either) + ")"


def _scope_pattern(text: str) -> str:
    pattern = "^"
    for level in text.lstrip("/").split("/"):
        if level == "#":
            return pattern + "(/.*)?$"
        pattern += "/[^/]+" if level == "+" else "/" + re.escape(level).replace("/", "\\/")
    return pattern + "$"
