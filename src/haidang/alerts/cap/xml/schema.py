"""The schema, read once in a thread from beside this file; nothing is fetched for it."""

from __future__ import annotations

import threading
from importlib.resources import files
from typing import Any

from lxml import etree

_kept = threading.local()


def complaints(root: Any, most: int = 5) -> list[str]:
    """Return what the schema has against a document, each with its line; empty where it fits.

    Its list of errors belongs to the schema's object, so each thread has one of its own.
    """
    schema = getattr(_kept, "schema", None)
    if schema is None:
        text = files(__package__).joinpath("cap-1.2.xsd").read_bytes()
        schema = _kept.schema = etree.XMLSchema(etree.fromstring(text))
    if schema.validate(root):
        return []
    return [f"{each.line}: {each.message[:300]}" for each in list(schema.error_log)[:most]]
