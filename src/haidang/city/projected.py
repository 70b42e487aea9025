"""Entities that a room projects from its own register: everybody reads them like all others, that room alone
writes them.

What the register says is changed in the register; an entity that others could write would soon say something
else. The beginning of an id is reserved, so that nobody makes such an entity beforehand either.
"""

from __future__ import annotations

from haidang.base.problems import Problem, kind
from haidang.organisation.permissions import Principal

PROJECTED = kind(
    "entity-projected",
    403,
    "Thực thể này do sổ của hệ thống ghi, không ghi trực tiếp",
    "The entity is written by a register of the system and not directly",
)
WRITERS: dict[str, str] = {"urn:ngsi-ld:Project:DA-": "system:programme"}
"""Beginning of the ids → the principal that writes them."""
BEGINNINGS = tuple(WRITERS)
_PLACING = "system:place"
"""Gives entities their area, nothing else."""


def refusal(principal: Principal, entity_id: str) -> Problem | None:
    """Return why a principal may not write an entity of this id; None where the id is no hindrance."""
    if not entity_id.startswith(BEGINNINGS) or principal.id == _PLACING:
        return None
    writer = next(found for beginning, found in WRITERS.items() if entity_id.startswith(beginning))
    if principal.id == writer:
        return None
    return Problem(
        PROJECTED, f"Hãy sửa trong sổ: {entity_id[:200]}.", f"Change it in its register: {entity_id[:200]}."
    )
