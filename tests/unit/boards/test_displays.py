"""Display profiles: letters as large as the distance asks for, files that override by name, faults named."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.boards.displays import BUILTIN, Display, Refused, load, read

GOOD = """
display: wall
vi: Tường
en: Wall
distance_m: 4
diagonal_in: 55
resolution: [1920, 1080]
theme: dark
playlist: [{show: overview}]
"""


def display(**facts: object) -> Display:
    base: dict[str, object] = {
        "display": "d", "vi": "v", "en": "e", "distance_m": 6, "diagonal_in": 55, "resolution": (1920, 1080),
        "playlist": (),
    }  # fmt: skip
    return Display(**(base | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("distance_m", "diagonal_in", "resolution", "font_px"),
    [  # the table of the reference
        (4, 55, (1920, 1080), 42),
        (4, 55, (3840, 2160), 84),
        (4, 65, (3840, 2160), 71),
        (6, 55, (1920, 1080), 63),
        (6, 55, (3840, 2160), 126),
        (6, 65, (3840, 2160), 107),
        (10, 55, (1920, 1080), 105),
        (10, 65, (3840, 2160), 179),
    ],
)
def test_letters_follow_the_distance(
    distance_m: float, diagonal_in: float, resolution: tuple[int, int], font_px: int
) -> None:
    found = display(distance_m=distance_m, diagonal_in=diagonal_in, resolution=resolution)
    assert abs(found.font_px - font_px) <= 1


def test_a_panel_too_small_for_its_room_is_a_warning_and_its_letters_do_not_shrink() -> None:
    far = display(distance_m=12, diagonal_in=43)
    assert far.font_px > 100
    [warning] = far.warnings()
    assert "12" in warning.vi
    assert "larger panel" in warning.en
    assert display(distance_m=3, diagonal_in=75).warnings() == []


def test_the_shipped_profiles_fit_their_rooms() -> None:
    found, refused = load(Path("/nowhere"))
    assert refused == []
    assert {path.stem for path in BUILTIN.glob("*.yaml")} == set(found)
    for one in found.values():
        assert one.warnings() == [], one.display
        # The overview has its three columns only from 60 letters side by side on.
        assert one.columns >= 60 or all(slot.show != "overview" for slot in one.playlist), one.display


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("display: wall", "display: [", ""),
        ("distance_m: 4", "distance_m: 0", "distance_m"),
        ("[1920, 1080]", "[19, 1080]", "resolution"),
        ("[{show: overview}]", "[]", "playlist"),
        ("show: overview", "show: people", "playlist"),
        ("show: overview", "show: overview, seconds: 1", "playlist"),
        ("theme: dark", "theme: neon", "theme"),
        ("theme: dark", "colour: red", "display"),
        ("display: wall", "display: other", "display"),
    ],
)
def test_a_faulty_file_is_named_with_its_field(before: str, after: str, field: str) -> None:
    assert isinstance(read(GOOD.encode(), "wall.yaml"), Display)
    found = read(GOOD.replace(before, after).encode(), "wall.yaml")
    assert isinstance(found, Refused)
    assert found.file == "wall.yaml"
    assert found.faults[0].field.startswith(field)
    assert found.faults[0].vi != found.faults[0].en


def test_a_site_overrides_by_name_and_a_fault_takes_nothing_else_away(tmp_path: Path) -> None:
    folder = tmp_path / "displays"
    folder.mkdir()
    own = (BUILTIN / "wall-6m.yaml").read_text(encoding="utf-8").replace("distance_m: 6", "distance_m: 9")
    (folder / "wall-6m.yaml").write_text(own, encoding="utf-8")
    (folder / "broken.yaml").write_text("display: broken", encoding="utf-8")
    (folder / "huge.yaml").write_text("#" * 20_000, encoding="utf-8")
    found, refused = load(tmp_path)
    assert found["wall-6m"].distance_m == 9
    assert "room-75" in found
    assert [one.file for one in refused] == ["broken.yaml", "huge.yaml"]
