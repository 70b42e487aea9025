"""What several use cases ask before they change anything: is it there for you, may you, is it still so."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from haidang.base.problems import CONFLICT, NOT_FOUND, Problem, kind
from haidang.organisation.permissions import Principal, Scope

BEYOND = kind(
    "beyond-own-permissions",
    403,
    "Không thể cấp hay thu hồi quyền mà bạn không có",
    "Nobody can give or take what they do not hold themselves",
)


class Versioned(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int:
        """How often it was written."""
        ...


Row = TypeVar("Row", bound=Versioned)


def missing(vi: str, en: str) -> Problem:
    """Return the refusal for what is not there, or not there for this asker: both look the same."""
    return Problem(NOT_FOUND, vi, en)


def unchanged(row: Versioned, yours: int) -> None:
    """Raise ``Problem`` (409 with both versions) where the row is no longer the one that was seen."""
    if row.version != yours:
        raise Problem(
            CONFLICT,
            "Hãy tải lại rồi sửa tiếp.",
            "Load it again and repeat the change.",
            yours=yours,
            current=row.version,
        )


def within_own(principal: Principal, *scopes: Scope) -> None:
    """Raise ``Problem`` where any of the scopes goes beyond what the principal holds."""
    if not all(principal.may_give(scope) for scope in scopes):
        raise Problem(BEYOND)


def changes(before: Any, after: Any) -> dict[str, list[Any]]:
    """Return what differs between two structs of one kind, for the audit log: field → [before, after]."""
    return {
        field: [getattr(before, field), getattr(after, field)]
        for field in before.__struct_fields__
        if getattr(before, field) != getattr(after, field)
    }
