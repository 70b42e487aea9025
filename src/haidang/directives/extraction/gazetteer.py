"""What units are called: the shipped list of agencies and the words of the rules, read once from YAML."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from haidang.directives.extraction.text import Text
from haidang.directives.extraction.tokens import Phrases, Tokens

JOINTS = frozenset({"và", "&", "-", ",", "/", ".", "–"})
"""Signs and words between the parts of a name that do not count when names are compared."""
_WORDS_MAX = 22
"""No name of the gazetteer is longer."""


def name_key(name: str) -> str:
    """Return what two spellings of a name have in common: letters and digits without joints."""
    return "".join(word for word in Tokens(Text(name)).words if word not in JOINTS)


class Gazetteer:
    """Names of agencies with their spellings. The shipped one is :func:`shipped`; a site adds its units."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.branches = {
            head.lower(): {
                name_key(spelling): f"{head} {branch}"
                for branch, spellings in branches.items()
                for spelling in (branch, *spellings)
            }
            for head, branches in data["branches"].items()
        }
        self.names = _spellings(data["names"])
        self.open_names = {*data["open_heads"], "Trung tâm Truyền thông", "Trung tâm Y tế"}
        """Names that may go on: "Ban Chỉ đạo" is one, "Ban Chỉ đạo 774" another."""
        self.own: dict[str, str] = {}
        self.starters = _starters(data)
        self.area_heads = _heads(data["area_heads"])
        self.area_kinds = _heads(data["area_kinds"])
        self.open_heads = _heads(data["open_heads"])
        self.branch_heads = {head: head for head in self.branches}
        self.provinces = {name_key(name) for name in data["provinces"]}
        self.legal_forms = Phrases(data["legal_forms"])
        self.not_heads = Phrases(data["not_heads"])
        self.groups = Phrases(data["groups"])
        self.lone_groups = Phrases(data["lone_groups"])
        self.qualifiers = Phrases(data["qualifiers"])
        self.titles = Phrases(data["titles"])

    def with_names(self, names: Iterable[tuple[str, Iterable[str]]]) -> Gazetteer:
        """Return a gazetteer that also knows units of a site: (canonical name, other names)."""
        more = copy.copy(self)
        names = [(name, tuple(others)) for name, others in names]
        more.starters = self.starters | {
            word
            for name, others in names
            for each in (name, *others)
            for word in Tokens(Text(each)).words[:1]
        }
        more.own = {
            **self.own,
            **{name_key(each): name for name, others in names for each in (name, *others) if name_key(each)},
        }
        return more

    def find(self, table: dict[str, str], tokens: Tokens, first: int, end: int) -> tuple[int, str] | None:
        """Return where the longest name of a table that begins at ``first`` ends, and its canonical form."""
        found: tuple[int, str] | None = None
        key = ""
        if first < end and tokens.words[first] in JOINTS:
            return None
        for at in range(first, min(end, first + _WORDS_MAX)):
            word = tokens.words[at]
            if word in JOINTS:
                continue
            if not word[0].isalnum():
                break
            key += word
            name = table.get(key)
            if name is not None:
                found = at + 1, name
        return found


class Words:
    """The lists of ``data/words.yaml``."""

    def __init__(self, data: dict[str, list[str]]) -> None:
        self.triggers = Phrases(data["triggers"])
        self.weak_triggers = Phrases(data["weak_triggers"])
        self.not_before_trigger = Phrases(data["not_before_trigger"])
        self.not_after_trigger = Phrases(data["not_after_trigger"])
        self.modals = Phrases(data["modals"])
        self.duties = Phrases(data["duties"])
        self.actions = Phrases(data["actions"])
        self.noun_actions = Phrases(data["noun_actions"])
        self.connectives = Phrases(data["connectives"])
        self.past = Phrases(data["past"])
        self.narrative = Phrases(data["narrative"])
        self.name_bridges = Phrases(data["name_bridges"])
        self.no_verbs = Phrases(data["no_verbs"])
        self.manners = Phrases(data["manners"])
        self.decisions = Phrases(data["decisions"])
        self.compounds = Phrases(data["compounds"])
        self.introductions = Phrases(data["introductions"])


_DETERMINERS = (
    "các",
    "những",
    "mỗi",
    "từng",
    "tất",
    "toàn",
    "một",
    "hai",
    "ba",
    "đồng",
    "đ",
    "ông",
    "bà",
    "cấp",
)


def _starters(data: dict[str, Any]) -> frozenset[str]:
    """Return every word that a name can begin with, capital names of provinces aside."""
    names = [
        *_DETERMINERS, *data["titles"], *data["groups"], *data["provinces"], *data["branches"],
        *(
            each
            for table in ("names", "area_heads", "area_kinds", "open_heads")
            for name, others in data[table].items()
            for each in (name, *others)
        ),
    ]  # fmt: skip
    return frozenset(word for name in names for word in Tokens(Text(name)).words[:1])


def _spellings(data: dict[str, list[str]]) -> dict[str, str]:
    return {name_key(each): name for name, others in data.items() for each in (name, *others)}


def _heads(data: dict[str, list[str]]) -> dict[str, str]:
    """Return key of each spelling → canonical head."""
    return {name_key(each): head for head, others in data.items() for each in (head, *others)}


def _read(name: str) -> Any:
    return yaml.safe_load(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


@cache
def shipped() -> Gazetteer:
    """Return the gazetteer of the product."""
    return Gazetteer(_read("gazetteer.yaml"))


@cache
def words() -> Words:
    """Return the words of the rules."""
    return Words(_read("words.yaml"))
