"""What a kind of sheet looks like, as data: which headings are which columns, which numbering is which tier.

A description is a YAML file. Texts are compared without accents, case or line breaks, so that a typo in an
accent (``hoản thành``) does no harm; ``*`` stands for anything and ``{year}`` for a year. The shipped ones
lie in ``data/``; one that fits a sheet is recognised by itself (``headings``).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from haidang.base.problems import Problem, kind
from haidang.base.text import fold

BAD = kind("sheet-description", 422, "Mô tả bảng không hợp lệ", "The description of a sheet is not valid")
SHIPPED = Path(__file__).parent / "data"
SIZE_MAX = 64 << 10

ColumnKind = Literal["number", "name", "places", "years", "day", "money", "percent", "text"]
Numbering = Literal["letter", "roman", "stars", "arabic", "dotted", "small", "none"]
NodeKind = Literal["tier", "owner", "phase", "capital", "norm", "group"]
PlanKind = Literal["medium", "prime_minister", "annual", "carry_over", "allocation"]
_PATTERN_MAX = 200


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of a sheet."""

    name: str
    heads: tuple[str, ...]
    """Its headings; those of several rows joined by " / "."""
    kind: ColumnKind
    required: bool = False
    """Without it the sheet is not of this description."""
    filled: bool = False
    """A project must have it."""
    sums: bool = True
    """Groups state its total (money only)."""
    negative: bool = False
    """It takes corrections downwards (money only)."""
    plan_kind: PlanKind | None = None
    """It is a plan of this kind; its year stands in its heading or in the title."""
    fund_source: str = "all"
    """Code of the fund source of a plan; ``all``: not divided by source."""
    of: tuple[str, ...] = ()
    """Columns whose sum it is, row by row."""
    part: bool = False
    """It is contained in another column and is not added to the plan's total."""


class Tier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tier of headings inside a sheet, from the outermost to the innermost."""

    kind: NodeKind
    numbering: tuple[Numbering, ...]
    texts: tuple[str, ...] = ()
    """The heading must say one of these; a tier without texts takes any."""


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A meaning and the texts that say it; the first that fits counts."""

    means: str
    texts: tuple[str, ...]


class Description(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of sheet."""

    sheet: str
    version: int
    vi: str
    en: str
    columns: tuple[Column, ...]
    tiers: tuple[Tier, ...]
    projects: tuple[Numbering, ...] = ("arabic", "none")
    """How projects are numbered."""
    phases: tuple[Words, ...] = ()
    """Heading texts that name a phase; never the numbering, which people use as they like."""
    kinds: tuple[Words, ...] = ()
    """Heading texts that name another kind of group, such as an allocation by norm."""
    totals: tuple[str, ...] = (
        "tong so*",
        "tong cong*",
        "tong",
        "cong",
        "cong muc *",
        "cong nhom *",
        "cong phan *",
    )
    details: tuple[str, ...] = ("trong do*",)
    """Rows that only divide the row above; they are told and not imported."""
    remarks: tuple[str, ...] = ("ghi chu*", "nguoi lap*", "noi nhan*")

    def column(self, name: str) -> Column | None:
        """Return a column by name."""
        return next((each for each in self.columns if each.name == name), None)

    @property
    def plans(self) -> tuple[Column, ...]:
        """The columns that are plans."""
        return tuple(each for each in self.columns if each.plan_kind is not None)


_SIGNS = re.compile(r"[^\w/*{}]+")


@lru_cache(maxsize=8_192)
def plain(text: str) -> str:
    """Return a text as headings are compared: folded, without signs but for the stroke between rows."""
    return _SIGNS.sub(" ", fold(text).replace("_", " ")).strip()


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    made = re.escape(plain(pattern)).replace(r"\{year\}", r"(?:19|20)\d\d").replace(r"\*", r".*")
    return re.compile(made)


def says(text: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a text is one of the patterns."""
    said = plain(text)
    return any(_compiled(pattern).fullmatch(said) is not None for pattern in patterns)


def meaning(text: str, words: tuple[Words, ...]) -> str | None:
    """Return what a heading means, by the first words that fit."""
    return next((each.means for each in words if says(text, each.texts)), None)


def read_description(text: str, name: str = "") -> Description:
    """Return the description in a YAML text; ``Problem`` (sheet-description) says what is wrong with it."""
    if len(text.encode()) > SIZE_MAX:
        raise _bad(name, "lớn hơn 64 KB", "larger than 64 KB")
    try:
        found = msgspec.convert(yaml.safe_load(text), Description)
    except (yaml.YAMLError, msgspec.ValidationError, RecursionError) as cause:
        raise _bad(name, str(cause)[:300], str(cause)[:300]) from cause
    _checked(found)
    return found


def _checked(found: Description) -> None:
    names = [each.name for each in found.columns]
    if len(set(names)) != len(names):
        raise _bad(found.sheet, "tên cột lặp lại", "a column's name stands twice")
    for wanted in ("name", "number"):
        if wanted not in [each.kind for each in found.columns]:
            raise _bad(found.sheet, f"thiếu cột {wanted}", f"has no column of kind {wanted}")
    if not found.plans:
        raise _bad(found.sheet, "không có cột kế hoạch", "has no column that is a plan")
    for each in found.columns:
        if any(part not in names for part in each.of):
            raise _bad(found.sheet, f"cột {each.name} cộng cột không có", f"{each.name} sums unknown columns")
        if each.kind != "money" and (each.plan_kind or each.of or each.negative):
            raise _bad(found.sheet, f"cột {each.name} không phải tiền", f"{each.name} is no money")
    patterns = [*(head for each in found.columns for head in each.heads), *found.totals, *found.details]
    patterns += [text for tier in found.tiers for text in tier.texts]
    patterns += [text for words in (*found.phases, *found.kinds) for text in words.texts]
    if any(len(pattern) > _PATTERN_MAX or pattern.count("*") > 4 for pattern in patterns):
        raise _bad(found.sheet, "mẫu chữ quá dài", "a text is too long or has too many stars")


def _bad(name: str, vi: str, en: str) -> Problem:
    return Problem(BAD, f"{name}: {vi}", f"{name}: {en}")


@cache
def shipped() -> tuple[Description, ...]:
    """Return the descriptions that come with the product, by name."""
    return tuple(
        read_description(file.read_text("utf-8"), file.name) for file in sorted(SHIPPED.glob("*.yaml"))
    )


def known(data_dir: Path | None) -> tuple[Description, ...]:
    """Return all descriptions; a site's own in ``<data folder>/sheets`` go before shipped ones."""
    own = [] if data_dir is None else sorted((data_dir / "sheets").glob("*.yaml"))
    found = {each.sheet: each for each in shipped()}
    found |= {
        each.sheet: each for each in (read_description(file.read_text("utf-8"), file.name) for file in own)
    }
    return tuple(found[name] for name in sorted(found))


def named(name: str, data_dir: Path | None = None) -> Description:
    """Return a description by its name; ``Problem`` (sheet-description) where there is none."""
    found = {each.sheet: each for each in known(data_dir)}
    if name in found:
        return found[name]
    listed = ", ".join(found)
    raise _bad(
        name, f"không có mô tả này; có: {listed}", f"there is no such description; there are: {listed}"
    )
