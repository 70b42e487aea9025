"""The routes of the room. An alert out of the asker's sight answers 404, as if it did not exist."""

from haidang.alerts.api import alerts, lists, maintenance
from haidang.alerts.rules.api import ROUTES as RULES

ROUTES = (*alerts.ROUTES, *lists.ROUTES, *maintenance.ROUTES, *RULES)
