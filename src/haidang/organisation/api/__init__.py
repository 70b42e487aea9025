"""The room's routes: thin, each with the permission that it asks for."""

from haidang.organisation.api import accounts, areas, keys, orgs, roles, session

ROUTES = [
    *session.ROUTES, *orgs.ROUTES, *areas.ROUTES, *accounts.ROUTES, *roles.ROUTES, *keys.ROUTES,
]  # fmt: skip
