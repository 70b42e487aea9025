"""The routes of the room. A task out of the asker's sight answers 404, as if it did not exist."""

from haidang.tasks.api import lists, people, tasks

ROUTES = (*tasks.ROUTES, *lists.ROUTES, *people.ROUTES)
