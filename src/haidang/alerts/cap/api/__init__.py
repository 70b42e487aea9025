"""Routes of warnings: those of the house, and those of everybody."""

from haidang.alerts.cap.api.public import ROUTES as PUBLIC_ROUTES
from haidang.alerts.cap.api.received import ROUTES as RECEIVED_ROUTES
from haidang.alerts.cap.api.warnings import ROUTES as WARNING_ROUTES

ROUTES = (*WARNING_ROUTES, *RECEIVED_ROUTES, *PUBLIC_ROUTES)
