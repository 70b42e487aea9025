"""The thresholds of the red flags: the product's, and over them what a site has set."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.base.problems import INVALID, Fault, Problem
from haidang.programme.analysis import conditions, procurement

FILE = "flags.yaml"


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    procurement: procurement.Thresholds
    conditions: conditions.Thresholds


def thresholds(data_dir: Path | None = None) -> Thresholds:
    """Return the thresholds; ``Problem`` (invalid) names what is wrong in a site's own file.

    ``<data_dir>/programme/flags.yaml`` replaces single values of the product's.
    """
    shipped = resources.files("haidang.programme.analysis").joinpath("data", FILE).read_text("utf-8")
    known = yaml.safe_load(shipped)
    own = None if data_dir is None else data_dir / "programme" / FILE
    if own is not None and own.is_file():
        try:
            given = yaml.safe_load(own.read_text("utf-8")) or {}
            merged = {part: known[part] | _mapping(given.pop(part, {})) for part in known} | given
            return msgspec.convert(merged, Thresholds)
        except (
            yaml.YAMLError,
            msgspec.ValidationError,
            UnicodeDecodeError,
            TypeError,
            RecursionError,
        ) as error:
            raise Problem(
                INVALID,
                f"{FILE} của trang có lỗi.",
                f"The site's {FILE} has a fault.",
                faults=(Fault(str(own.name), str(error), str(error)),),
            ) from error
    return msgspec.convert(known, Thresholds)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no mapping")
    return value
