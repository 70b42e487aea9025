"""Declarations: what is accepted, and how a fault is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import haidang
from haidang.base.problems import Problem
from haidang.feeds.model.declaration import PARTS, Duration, keys
from haidang.feeds.model.mapping import Mapper
from haidang.feeds.model.reading import read, read_file, restore, write
from tests.unit.feeds.declarations import base, declared

SHIPPED = sorted((Path(haidang.__file__).parent / "sectors").glob("*/feeds/*.yaml"))
DOCS = Path(__file__).parents[3] / "docs" / "feeds.md"


def faults_of(text: str) -> dict[str, str]:
    with pytest.raises(Problem) as refused:
        read(text)
    assert all(fault.vi and fault.vi != fault.en for fault in refused.value.faults)
    return {fault.field: fault.en for fault in refused.value.faults}


def text(**changes: Any) -> str:
    return yaml.safe_dump(base(**changes), allow_unicode=True, sort_keys=False)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_declarations_can_work(path: Path) -> None:
    declaration = read_file(path)
    assert Mapper(declaration).columns
    assert declaration.feed == path.stem


def test_there_are_shipped_declarations() -> None:
    assert {path.name for path in SHIPPED} >= {"hcmc-cameras-2017.yaml", "air-quality-2025.yaml"}


def test_every_fault_is_named_at_once_with_place_and_line() -> None:
    declaration = base(colour="red")
    declaration["source"]["pth"] = "x"
    declaration["mapping"]["fields"]["temperature"]["colum"] = "t"
    declaration["mapping"]["fields"]["windSpeed"]["type"] = "speed"
    found = faults_of(yaml.safe_dump(declaration, allow_unicode=True, sort_keys=False))
    assert set(found) == {
        "colour", "source.pth", "mapping.fields.temperature.colum", "mapping.fields.windSpeed.type",
    }  # fmt: skip
    assert all("(line " in reason for reason in found.values())


FAULTY = [
    ("feed: a\nfeed: b\n", "feed", "twice"),
    ("a: &x 1\nb: *x\n", "", "aliases"),
    ("a: [\n", "line 2", "YAML"),
    ("- 1\n", "", "mapping"),
    ("1: 2\n", "", "mapping"),
    ("", "", "mapping"),
    ("x" * ((1 << 20) + 1), "", "MiB"),
    (text(kind="ftp"), "kind", "not allowed"),
    (text(area=79), "area", "Wrong type"),
    (text(period="soon"), "period", "duration"),
    (text(period="0s"), "period", "duration"),
    (text(feed="Tên Có Dấu"), "feed", "hyphens"),
    (text(source={"path": 7}), "source.path", "Wrong type"),
    (text(kind="http", source={}), "source.url", "required"),
]


@pytest.mark.parametrize(("written", "place", "reason"), FAULTY)
def test_faulty_declarations(written: str, place: str, reason: str) -> None:
    found = faults_of(written)
    assert place in found
    assert reason in found[place]


def test_a_missing_owner_is_named() -> None:
    declaration = base()
    del declaration["owner"]
    assert "required" in faults_of(yaml.safe_dump(declaration))["owner"]


def test_kept_declarations_come_back() -> None:
    for declaration in (declared(period="1h"), *(read_file(path) for path in SHIPPED)):
        assert restore(write(declaration)) == declaration


def test_polling() -> None:
    assert declared(period="1h").poll_s == 3600
    assert declared(period="1h", source={"path": "x", "every": "5m"}).poll_s == 300
    assert declared().poll_s is None
    mqtt = declared(kind="mqtt", period="1m", source={"host": "h", "topics": ["a"]})
    assert mqtt.poll_s is None
    assert Duration.parse("2d") == 172_800


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Problem):
        read_file(tmp_path / "none.yaml")


@given(st.text() | st.binary())
def test_no_text_breaks_the_reader(written: str | bytes) -> None:
    with pytest.raises(Problem):
        read(written)


def test_the_reference_explains_every_key_and_nothing_else() -> None:
    sections = dict(
        [*part.split("\n", 1), ""][:2] for part in DOCS.read_text(encoding="utf-8").split("\n## Keys: ")[1:]
    )
    for heading, part in PARTS.items():
        body = sections[heading].split("\n## ")[0]
        told = [line.split("`")[1] for line in body.splitlines() if line.startswith("| `")]
        wanted = [key for key in keys(part) if key != "kind" or heading == "feed"]
        assert sorted(told) == sorted(wanted), f"docs/feeds.md, Keys: {heading}"
    assert set(sections) == set(PARTS)
