"""The procedures of a site: those that come with the packs, each replaced by the site's own of the same name.

Files are looked at again whenever the book is asked for, by size and time of change: a corrected procedure
holds from the next incident on, without a restart. A file with a fault is left out and named; what it would
have replaced stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from haidang.base.problems import Fault
from haidang.city.packs import BUILTIN
from haidang.incidents.procedures import conditions
from haidang.incidents.procedures.model.procedure import Procedure, Role
from haidang.incidents.procedures.reading import read_procedure, read_roles

OWN_ROLES = Path(__file__).parent / "data" / "roles.yaml"
_Stamp = tuple[tuple[str, int, int], ...]


class Book(msgspec.Struct, frozen=True):
    """All procedures that can be started, all roles, and what is wrong in files."""

    procedures: dict[str, Procedure]
    roles: dict[str, Role]
    faults: tuple[Fault, ...] = ()

    def role(self, word: str) -> Role:
        """Return a role; one that no file names any more shows under its own word."""
        return self.roles.get(word) or Role(word, word, word)

    def choices(self, facts: Mapping[str, Any], sector: str | None) -> list[tuple[Procedure, bool | None]]:
        """Return those that apply or may (None): the certain ones and the incident's sector first."""
        found = [(each, conditions.truth(each.applies_when, facts)) for each in self.procedures.values()]
        return sorted(
            (each for each in found if each[1] is not False),
            key=lambda each: (each[1] is None, each[0].sector != sector, each[0].procedure),
        )

    def chosen(self, facts: Mapping[str, Any], sector: str | None) -> Procedure | None:
        """Return the one procedure that applies: of several, that of the incident's sector if it is one."""
        sure = [each for each, applies in self.choices(facts, sector) if applies]
        if len(sure) > 1:
            sure = [each for each in sure if each.sector == sector]
        return sure[0] if len(sure) == 1 else None


_kept: dict[tuple[Path, ...], tuple[_Stamp, Book]] = {}


def book_of(data_dir: Path) -> Book:
    """Return the site's book."""
    return read_book((BUILTIN, data_dir / "sectors"))


def read_book(folders: Sequence[Path]) -> Book:
    """Return the book of some folders of packs, later ones override by name."""
    files = [
        (file, file.stat())
        for folder in folders
        for pattern in ("*/roles.yaml", "*/procedures/*.yaml")
        for file in sorted(folder.glob(pattern))
    ]
    stamp = tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in files)
    kept = _kept.get(tuple(folders))
    if kept is not None and kept[0] == stamp:
        return kept[1]
    book = _read([file for file, _ in files])
    _kept[tuple(folders)] = (stamp, book)
    return book


def _read(files: Sequence[Path]) -> Book:
    roles, problems = read_roles(OWN_ROLES, "procedures")
    faults = list(problems)
    for file in files:
        if file.name == "roles.yaml" and file.parent.name != "procedures":
            found, problems = read_roles(file, file.parent.name)
            roles |= found
            faults += problems
    procedures: dict[str, Procedure] = {}
    for file in files:
        if file.parent.name == "procedures":
            procedure, problems = read_procedure(file, file.parent.parent.name, roles)
            faults += problems
            if procedure is not None:
                procedures[procedure.procedure] = procedure
    return Book(procedures, roles, tuple(faults))
