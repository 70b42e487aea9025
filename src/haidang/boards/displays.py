"""Display profiles: how large a wall's letters must be, and what it shows in turn.

A profile is one YAML file, shipped in ``boards/data/displays`` or the site's own in
``<data folder>/displays``, which overrides by name. The size of letters follows from the farthest viewer: 16
arc minutes of cap height is 0.00465 times the distance, and a capital of our font is 0.70 of its size, so the
font is 0.0067 times the distance (ISO 9241-303 gives 16' as the least for ease of reading). The panel says
how many pixels that is.

A faulty file never takes the others with it: it is named with its faults, and the wall goes on without it.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml

from haidang.base.problems import Fault

FONT_OF_DISTANCE = 0.0067
"""Font size over viewing distance, both in metres."""
METRES_PER_INCH = 0.0254
BUILTIN = Path(__file__).resolve().parent / "data" / "displays"
FILE_BYTES_MAX = 16 * 1024
COLUMNS_MIN = 24
"""Widths of a letter (em) under which a line holds too little to be read across the room."""
LINES_MIN = 12

View = Literal["overview", "map", "incidents", "alerts", "tasks", "directives", "health"]


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the playlist."""

    show: View
    seconds: Annotated[int, msgspec.Meta(ge=5, le=3_600)] = 30
    area: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{2,20}$")] | None = None
    """Only this area and what lies below it."""


class Display(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wall: its panel, how far its farthest viewer stands, and what it shows."""

    display: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    vi: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    en: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    distance_m: Annotated[float, msgspec.Meta(ge=0.5, le=60)]
    """From the panel to the farthest viewer."""
    diagonal_in: Annotated[float, msgspec.Meta(ge=10, le=1_000)]
    """Of the lit surface; of several panels that make one picture, of all together."""
    resolution: tuple[
        Annotated[int, msgspec.Meta(ge=640, le=32_768)], Annotated[int, msgspec.Meta(ge=480, le=32_768)]
    ]
    """Pixels of the picture, width and height, as the browser fills it."""
    theme: Literal["dark", "light"] = "dark"
    lang: Literal["vi", "en"] = "vi"
    playlist: Annotated[tuple[Slot, ...], msgspec.Meta(min_length=1, max_length=20)]

    @property
    def pitch_m(self) -> float:
        """Width of a pixel."""
        return self.diagonal_in * METRES_PER_INCH / math.hypot(*self.resolution)

    @property
    def font_px(self) -> int:
        """Return the size of the smallest letters on this wall; nothing is drawn below it."""
        return max(12, round(FONT_OF_DISTANCE * self.distance_m / self.pitch_m))

    @property
    def columns(self) -> float:
        """How many letters (em) fit side by side."""
        return self.resolution[0] / self.font_px

    @property
    def lines(self) -> float:
        """How many lines fit, at a line height of 1.45."""
        return self.resolution[1] / (self.font_px * 1.45)

    def warnings(self) -> list[Fault]:
        """Return what will not fit: text never shrinks, so the panel or the room must change."""
        if self.columns >= COLUMNS_MIN and self.lines >= LINES_MIN:
            return []
        room, panel = f"{self.columns:.0f} × {self.lines:.0f}", f"{self.diagonal_in:g}″"
        return [
            Fault(
                "distance_m",
                f"Ở {self.distance_m:g} m, màn {panel} chỉ chứa {room} chữ: "
                "cần màn lớn hơn hoặc chỗ ngồi gần hơn.",
                f"At {self.distance_m:g} m a panel of {panel} holds {room} letters: "
                "a larger panel or nearer seats are needed.",
                f"{self.distance_m:g}",
            )
        ]

    def shown(self) -> dict[str, Any]:
        """Return the profile as the API says it, with what follows from it."""
        profile: dict[str, Any] = msgspec.to_builtins(self)
        return profile | {
            "font_px": self.font_px,
            "columns": round(self.columns, 1),
            "lines": round(self.lines, 1),
            "warnings": self.warnings(),
        }


class Refused(msgspec.Struct, frozen=True):
    """A file that is no profile, and why."""

    file: str
    faults: tuple[Fault, ...]


def read(text: bytes, name: str) -> Display | Refused:
    """Return the profile of a file, or its faults."""
    try:
        found = msgspec.convert(yaml.safe_load(text), Display)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else str(line + 1)
        return Refused(name, (Fault("", "Không phải YAML hợp lệ.", "Not valid YAML.", where),))
    except (msgspec.ValidationError, RecursionError) as error:
        _, at, path = str(error).rpartition(" - at `$")
        field = (path.strip("`.") if at else "") or "display"
        return Refused(name, (Fault(field, f"Không hợp lệ: {error}", f"Not valid: {error}"),))
    if found.display != Path(name).stem:
        fault = Fault("display", "Phải trùng tên tệp.", "Must be the file's own name.", found.display)
        return Refused(name, (fault,))
    return found


def load(data_dir: Path) -> tuple[dict[str, Display], list[Refused]]:
    """Return all profiles by name, the site's own before ours, and the files that are none."""
    found: dict[str, Display] = {}
    refused: list[Refused] = []
    for folder in (BUILTIN, data_dir / "displays"):
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
            text = path.read_bytes()[: FILE_BYTES_MAX + 1]
            if len(text) > FILE_BYTES_MAX:
                refused.append(
                    Refused(path.name, (Fault("", "Tệp quá lớn.", "The file is too large.", path.name),))
                )
                continue
            one = read(text, path.name)
            if isinstance(one, Refused):
                refused.append(one)
            else:
                found[one.display] = one
    return found, refused
