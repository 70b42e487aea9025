"""The routes of the room. What is out of the asker's sight answers 404, as if it did not exist."""

from haidang.indicators.api import discipline, register, sheets, submissions, values

ROUTES = (
    *register.ROUTES,
    *values.ROUTES,
    *submissions.ROUTES,
    *sheets.ROUTES,
    *discipline.ROUTES,
)
