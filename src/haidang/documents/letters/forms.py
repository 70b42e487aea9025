"""Forms of letters, read from YAML and checked: every field that the body names is declared, and used."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from haidang.documents.numbering.model import TYPES

FOLDER = Path(__file__).with_name("data")
PLACE = re.compile(r"{([a-z_]+)}")
GIVEN = frozenset({"agency"})
"""What every form may name without declaring it."""


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that the writer fills in."""

    vi: str
    en: str
    optional: bool = False
    list: bool = False
    """Several texts."""
    blocks: bool = False
    """Blocks of a report that the room has made: tables, headings, paragraphs."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the body; one of the five is given."""

    text: str = ""
    """A paragraph with {fields}; left out where one of them is empty."""
    otherwise: str = ""
    """What is said in its place then."""
    paragraphs: str = ""
    """A field of several texts, a paragraph each."""
    numbered: str = ""
    """The same, each with its number."""
    points: str = ""
    """The same, each behind a dash."""
    basis: str = ""
    """The same as legal bases: in italics, each ended by a semicolon, the last by a full stop."""
    blocks: str = ""
    """A field of blocks."""

    def fields(self) -> set[str]:
        """Return the fields that this part names."""
        named = {self.paragraphs, self.numbered, self.points, self.basis, self.blocks} - {""}
        return named | set(PLACE.findall(self.text + self.otherwise))


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form of a letter."""

    form: str
    type: str
    """Abbreviation of the type of paper; the register of its numbers."""
    vi: str
    en: str
    title: str = ""
    """"Thông báo"; a letter (công văn) has none, and its subject stands under the number."""
    subject: str
    to: bool | Literal["optional"] = False
    """Whether it names to whom it goes: "Kính gửi"."""
    fields: dict[str, Field]
    body: tuple[Part, ...]


@lru_cache(maxsize=1)
def shipped() -> MappingProxyType[str, Form]:
    """Return the forms of the product by name."""
    forms = [read(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return MappingProxyType({form.form: form for form in forms})


def read(path: Path) -> Form:
    """Return the form in a file; ``ValueError`` with what is wrong in it."""
    form = msgspec.yaml.decode(path.read_bytes(), type=Form)
    if form.type not in TYPES:
        raise ValueError(f"{path.name}: {form.type!r} is no type of paper")
    used = set(PLACE.findall(form.subject)).union(*(part.fields() for part in form.body)) - GIVEN
    if used != set(form.fields):
        raise ValueError(f"{path.name}: declared and used fields differ: {used ^ set(form.fields)}")
    for part in form.body:
        kinds = [part.text, part.paragraphs, part.numbered, part.points, part.basis, part.blocks]
        if sum(map(bool, kinds)) != 1 or (part.otherwise and not part.text):
            raise ValueError(f"{path.name}: a part of the body is one of its kinds")
        _check_kinds(path.name, form, part)
    return form


def _check_kinds(name: str, form: Form, part: Part) -> None:
    for field in (part.paragraphs, part.numbered, part.points, part.basis):
        if field and not form.fields[field].list:
            raise ValueError(f"{name}: {field} is no list")
    if part.blocks and not form.fields[part.blocks].blocks:
        raise ValueError(f"{name}: {part.blocks} holds no blocks")
    for field in PLACE.findall(part.text + part.otherwise):
        if field not in GIVEN and (form.fields[field].list or form.fields[field].blocks):
            raise ValueError(f"{name}: {field} is no text")
