"""What the room speaks of: agencies, areas, accounts, roles and what is granted. Facts only, no I/O."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from haidang.organisation.permissions import Principal, Scope

__all__ = [
    "Account", "Area", "AreaKind", "AreaSuccession", "Grant", "Key", "Org", "OrgAlias",
    "OrgSuccession", "Principal", "Role", "Scope", "SuccessionKind",
]  # fmt: skip

AreaKind = Literal["province", "city", "district", "commune", "ward", "township", "special_zone"]
"""tỉnh · thành phố trực thuộc trung ương · cấp huyện (until 1/7/2025) · xã · phường · thị trấn · đặc khu."""

SuccessionKind = Literal["renamed", "merged", "split", "abolished"]


class Org(msgspec.Struct, frozen=True, kw_only=True):
    """An agency or a unit of one, as a node of the tree."""

    id: int
    parent_id: int | None
    path: tuple[int, ...]
    """Ids from the root down to this agency, itself included."""
    name: str
    short_name: str | None = None
    """The abbreviation it signs with, e.g. ``STC``."""
    kind: str
    """Word of the kind: committee, office, department, police, military, commune, utility, centre, …"""
    area_code: str | None = None
    """The area it governs, for committees of provinces and communes."""
    valid_from: date | None = None
    """First day; ``None`` where nobody has recorded it."""
    valid_to: date | None = None
    """First day on which it no longer exists."""
    version: int = 1
    aliases: tuple[OrgAlias, ...] = ()


class OrgAlias(msgspec.Struct, frozen=True):
    """Another name by which documents mean an agency, with the days on which they do."""

    text: str
    kind: Literal["alias", "abbreviation", "former"] = "alias"
    valid_from: date | None = None
    valid_to: date | None = None


class OrgSuccession(msgspec.Struct, frozen=True, kw_only=True):
    """Which agency carries on whose work from a day on; ``new_id`` is ``None`` where a person must choose."""

    old_id: int
    new_id: int | None
    on_date: date
    kind: SuccessionKind
    scope: str | None = None
    """What of the work goes there; ``None`` for all of it."""
    legal_basis: str | None = None


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """An administrative unit: a code means it only from ``valid_from`` until before ``valid_to``."""

    code: str
    """Two digits a province, three a district (history), five a commune."""
    valid_from: date
    valid_to: date | None
    since_exact: bool
    """False where ``valid_from`` is only the beginning of our list, not of the unit."""
    name: str
    full_name: str
    kind: AreaKind
    parent_code: str | None
    lon: float | None
    lat: float | None
    source: str
    """Legal basis or data set the row comes from."""

    def holds_on(self, day: date) -> bool:
        """Say whether the code means this unit on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class AreaSuccession(msgspec.Struct, frozen=True):
    """What became of a unit: wholly, or in part, another one."""

    old_code: str
    old_valid_from: date
    new_code: str
    new_valid_from: date
    share_kind: Literal["whole", "part"]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may sign in."""

    id: int
    username: str
    display_name: str
    org_id: int
    active: bool
    has_password: bool
    """False until the one-time link has been used."""
    created_at: datetime
    last_login_at: datetime | None
    version: int


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of permissions."""

    name: str
    vi: str
    en: str
    permissions: tuple[str, ...]
    builtin: bool
    """Kept by the product; cannot be changed."""
    version: int


class Grant(msgspec.Struct, frozen=True):
    """A role given over an agency and those under it, an area and those in it, a sector; ``None`` is all."""

    role: str
    org_id: int | None = None
    area_code: str | None = None
    sector: str | None = None
    id: int | None = None


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A machine's way in. The secret itself is shown once and kept only as a hash."""

    id: int
    name: str
    prefix: str
    """The first characters of the secret, by which people tell keys apart."""
    org_id: int
    """The agency that answers for it, and the subtree over which it holds its permissions."""
    area_code: str | None
    sector: str | None
    permissions: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
