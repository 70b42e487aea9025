"""organisation: agencies, areas, the working calendar, people, permissions and the chain of all logs.

* **Agencies** are a tree (``org``) with other names by date and successions: a notice of 2019 is resolved to
  the agency it meant (:func:`resolve_org`), and from there to whoever carries on its work
  (:func:`heirs_of`). An abolished district has no automatic heir: a person chooses.
* **Areas**: a code means a unit only from one day to another (:func:`resolve_area`): 24 is Bắc Giang until
  30 June 2025 and Bắc Ninh since. The list comes from the package ``vietnamadminunits`` with our overlay,
  loaded at the first start. Outlines are a site's own import; :func:`locate` finds the commune of a point.
* **Calendar** (``calendar``): working days, holidays, make-up days, a file per year.
* **People**: accounts, roles, grants over (agency, area, sector), sessions, API keys. ``permissions`` is the
  one module that decides, in Python (:meth:`Principal.may`) and in SQL (:func:`scope_sql`).
* **Chain** (``chain``): the append-only hash chain; the audit log is one, later logs are others.

Every use case takes the asker and answers only within its scope: what is not yours is not there.
"""

from haidang.organisation.chain import audit
from haidang.organisation.permissions import PUBLIC, SIGNED_IN, Principal, Scope, scope_sql, system
from haidang.organisation.places import PLACES, locate
from haidang.organisation.service import (
    authenticate,
    heirs_of,
    prepare,
    resolve_area,
    resolve_org,
    root_org,
)

__all__ = [
    "PLACES",
    "PUBLIC",
    "SIGNED_IN",
    "Principal",
    "Scope",
    "audit",
    "authenticate",
    "heirs_of",
    "locate",
    "prepare",
    "resolve_area",
    "resolve_org",
    "root_org",
    "scope_sql",
    "system",
]
