"""Who sees what, as SQL predicates over ``directive_document d``, ``directive v`` and ``meeting m``.

* **normal**: whoever reads for the office that registered it; and a unit once a directive of it names it, or
  a task of such a directive is its own (it was transferred there).
* **restricted**, **secret**: whoever registers for the office; and people of the units that are named, as
  far as they read for those.

A directive is seen as its document is, by the units that it concerns; what belongs to a sector or an area
only is seen by whoever is not limited to another one. There is no second rule in Python.
"""

from __future__ import annotations

from typing import Any

from haidang.organisation.permissions import Principal, scope_sql

Predicate = tuple[str, dict[str, Any]]
_NONE = "NULL::text"
"""Documents have no area: who is limited to one sees what concerns their units, and nothing else."""


def _scope(
    principal: Principal, permission: str, name: str, *, org: str, sector: str = _NONE
) -> tuple[str, dict[str, Any]]:
    """Return ``scope_sql`` with parameters of its own, so that several stand in one statement."""
    where, values = scope_sql(principal, permission, org=org, area=_NONE, sector=sector)
    renamed = {f"{name}_{key}": value for key, value in values.items()}
    return where.replace("%(scope_", f"%({name}_scope_"), renamed


def office(principal: Principal, permission: str, *, of: str = "d.owner_org") -> Predicate:
    """Return the predicate of what belongs to an office for which the asker holds a permission."""
    return _scope(principal, permission, f"office_{permission.replace('.', '_')}", org=of)


def _named(principal: Principal, row: str) -> Predicate:
    """Return the predicate of restricted things: whoever registers for the office, or is of a named unit."""
    office_sql, office_values = _scope(
        principal, "directive.register", f"named_office_{row}", org=f"{row}.owner_org"
    )
    reads, values = _scope(principal, "directive.read", f"named_{row}", org="reader.id")
    where = (
        f"({office_sql} OR EXISTS (SELECT FROM unnest({row}.readers) AS reader (id) JOIN org mine "
        f"ON mine.id = %(my_org)s AND reader.id = ANY (mine.path) WHERE {reads}))"
    )
    return where, office_values | values | {"my_org": principal.org_id}


def directives(principal: Principal) -> Predicate:
    """Return the predicate of the directives ``v``, with their documents ``d``, that the asker may see."""
    own, own_values = _scope(principal, "directive.read", "own", org="v.owner_org", sector="v.sector")
    party, party_values = _scope(principal, "directive.read", "party", org="party.org_id", sector="v.sector")
    work, work_values = _scope(principal, "directive.read", "work", org="work.org_id", sector="v.sector")
    named, named_values = _named(principal, "d")
    values = own_values | party_values | work_values | named_values
    where = (
        f"CASE WHEN d.secrecy <> 'normal' THEN {named} ELSE ({own} "
        f"OR EXISTS (SELECT FROM directive_party party WHERE party.directive_id = v.id AND {party}) "
        "OR EXISTS (SELECT FROM directive_task given JOIN task_party work USING (task_id) "
        f"WHERE given.directive_id = v.id AND {work})) END"
    )
    return where, values


def documents(principal: Principal) -> Predicate:
    """Return the predicate of the documents ``d`` that the asker may see."""
    own, own_values = _scope(principal, "directive.read", "document", org="d.owner_org")
    issued, issued_values = directives(principal)
    where = (
        f"CASE WHEN d.secrecy <> 'normal' THEN {_named(principal, 'd')[0]} ELSE ({own} OR EXISTS ("
        f"SELECT FROM directive v WHERE v.document_id = d.id AND {issued})) END"
    )
    return where, own_values | issued_values


def meetings(principal: Principal) -> Predicate:
    """Return the predicate of the meetings ``m`` that the asker may see: their own, or by a document."""
    own, own_values = _scope(principal, "directive.read", "meeting", org="m.owner_org")
    named, named_values = _named(principal, "m")
    seen, seen_values = documents(principal)
    where = (
        f"(CASE WHEN m.secrecy <> 'normal' THEN {named} ELSE {own} END "
        f"OR EXISTS (SELECT FROM directive_document d WHERE d.meeting_id = m.id AND {seen}))"
    )
    return where, own_values | named_values | seen_values
