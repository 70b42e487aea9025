"""The routes of the room. What is out of the asker's sight answers 404, as if it did not exist."""

from haidang.directives.api import candidates, counts, directives, documents

ROUTES = (*documents.ROUTES, *candidates.ROUTES, *directives.ROUTES, *counts.ROUTES)
