"""The use cases of the room: each one works inside one transaction of its caller, and audits what it changed.

Those that take a ``Database`` instead of a connection have work to do between two transactions (a password
hash is computed without holding a connection).
"""

from haidang.organisation.service.areas import area_today, get_area, load_areas, resolve_area
from haidang.organisation.service.audit import list_audit, verify_every, verify_log
from haidang.organisation.service.links import first_administrator_link, needs_first_administrator
from haidang.organisation.service.orgs import heirs_of, orgs_called, resolve_org, root_org
from haidang.organisation.service.prepare import prepare
from haidang.organisation.service.sessions import authenticate

__all__ = [
    "area_today",
    "authenticate",
    "first_administrator_link",
    "get_area",
    "heirs_of",
    "list_audit",
    "load_areas",
    "needs_first_administrator",
    "orgs_called",
    "prepare",
    "resolve_area",
    "resolve_org",
    "root_org",
    "verify_every",
    "verify_log",
]
