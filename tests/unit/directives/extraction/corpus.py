"""The standing test set: invented documents with what a person would mark in them (``corpus/*.yaml``)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from haidang.directives.extraction.score import Marked, Sample

FOLDER = Path(__file__).parent / "corpus"


def documents(*names: str) -> list[dict[str, Any]]:
    """Return the documents of the named files, of all where none is named."""
    files = [FOLDER / f"{name}.yaml" for name in names] or sorted(FOLDER.glob("*.yaml"))
    return [each for file in files for each in yaml.safe_load(file.read_text(encoding="utf-8"))]


def samples(found: list[dict[str, Any]]) -> list[Sample]:
    """Return the texts as the scorer takes them."""
    return [Sample(each["id"], each["text"], _day(each.get("issued"))) for each in found]


def marked(found: list[dict[str, Any]]) -> list[Marked]:
    """Return the marked items as the scorer takes them."""
    return [
        Marked(
            f"{each['id']}-{number}", each["id"], item["item"], tuple(item["lead"]),
            tuple(item.get("coop", ())), item.get("deadline"), _day(item.get("date")),
        )
        for each in found
        for number, item in enumerate(each["items"], start=1)
    ]  # fmt: skip


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
