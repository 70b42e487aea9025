"""The form in which a site writes down its agencies (YAML); the template of a province is such a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import yaml

from haidang.base.problems import Fault, Problem, kind
from haidang.organisation.model import OrgAlias, SuccessionKind

TEMPLATE = Path(__file__).parent / "data" / "province.yaml"
FILE_INVALID = kind("org-file-invalid", 400, "Tệp cơ quan không hợp lệ", "The file of agencies is not valid")


class Node(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agency in the file, and those under it."""

    name: str
    key: str | None = None
    """A word by which successions of the same file point to it."""
    short_name: str | None = None
    kind: str = "department"
    area_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[str | OrgAlias, ...] = ()
    children: tuple[Node, ...] = ()

    def other_names(self) -> tuple[OrgAlias, ...]:
        """Return the aliases in their full form."""
        return tuple(OrgAlias(each) if isinstance(each, str) else each for each in self.aliases)


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A succession in the file, by keys; ``new`` is left out where a person must choose."""

    old: str
    since: date
    kind: SuccessionKind
    new: str | None = None
    scope: str | None = None
    legal_basis: str | None = None


class OrgFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site's agencies."""

    orgs: tuple[Node, ...]
    successions: tuple[Step, ...] = ()


def read_orgs(path: Path, words: dict[str, str] | None = None) -> OrgFile:
    """Read a file, its ``{words}`` filled in; raise ``Problem`` that names every fault."""
    try:
        text = path.read_text(encoding="utf-8")
        for word, meaning in (words or {}).items():
            text = text.replace("{" + word + "}", meaning)
        found = msgspec.convert(yaml.safe_load(text), OrgFile)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as cause:
        raise Problem(FILE_INVALID, f"{path.name}: {cause}", f"{path.name}: {cause}") from cause
    faults = tuple(_faults(found))
    if faults:
        raise Problem(FILE_INVALID, faults=faults)
    return found


def words_of(full_name: str) -> dict[str, str]:
    """Return the words of the template for a province: ``Tỉnh Bắc Ninh`` → tỉnh Bắc Ninh, tỉnh."""
    word = "thành phố" if full_name.startswith("Thành phố ") else "tỉnh"
    return {"of": full_name[:1].lower() + full_name[1:], "in": word}


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield every agency of a file, parents first."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def _faults(found: OrgFile) -> Iterator[Fault]:
    keys = [node.key for node in walk(found.orgs) if node.key]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Fault("key", "lặp lại", "is used twice", key)
    for number, step in enumerate(found.successions):
        where = f"successions[{number}]"
        for field in ("old", "new"):
            named: str | None = getattr(step, field)
            if named is not None and named not in keys:
                yield Fault(f"{where}.{field}", "tệp không có cơ quan này", "no agency of this key", named)
        if (step.new is None) != (step.kind == "abolished"):
            yield Fault(
                where, "“abolished” không có cơ quan kế tục", "only abolished has no successor", step.old
            )
