"""The routes of the room. An incident out of the asker's sight answers 404, as if it did not exist."""

from haidang.incidents.after_action.api import ROUTES as AFTER_ACTION
from haidang.incidents.api import incidents, resources, shifts

ROUTES = (*incidents.ROUTES, *resources.ROUTES, *shifts.ROUTES, *AFTER_ACTION)
