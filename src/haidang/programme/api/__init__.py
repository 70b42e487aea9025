"""The routes of the room. What is out of the asker's sight answers 404, as if it did not exist."""

from haidang.programme.api import (
    beside,
    board,
    fields,
    figures,
    forecast,
    open_data,
    open_pages,
    payments,
    places,
    plans,
    programs,
    projects,
)
from haidang.programme.letters.api import ROUTES as LETTERS
from haidang.programme.reports.api import ROUTES as REPORTS
from haidang.programme.sheets.ocds.api import ROUTES as CONTRACTING

ROUTES = (
    *programs.ROUTES,
    *plans.ROUTES,
    *projects.ROUTES,
    *beside.ROUTES,
    *fields.ROUTES,
    *payments.ROUTES,
    *board.ROUTES,
    *forecast.ROUTES,
    *figures.ROUTES,
    *open_data.ROUTES,
    *open_pages.ROUTES,
    *places.ROUTES,
    *REPORTS,
    *CONTRACTING,
    *LETTERS,
)
