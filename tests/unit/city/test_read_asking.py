"""Media types of the NGSI-LD door: what a client accepts decides, the most specific range first."""

from __future__ import annotations

import pytest

from haidang.base.problems import Problem
from haidang.city.api import state
from haidang.city.ngsild.asking import GEO, JSON, LD, Ask, negotiate, words


def accepting(header: str) -> Ask:
    class Accepting(Ask):
        def __init__(self) -> None:
            """Nothing but the header is looked at."""

        @property
        def accept(self) -> str:
            return header

    return Accepting()


@pytest.mark.parametrize(
    ("header", "media"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("application/json", JSON),
        ("application/ld+json", LD),
        ("application/ld+json;q=0.5, application/json;q=0.4", LD),
        ("application/ld+json;q=0.5, */*;q=0.6", JSON),
        ("application/geo+json", GEO),
        ("application/*;q=0.3, application/geo+json", GEO),
        ("application/json;q=0, */*", LD),
        ("APPLICATION/JSON", JSON),
        ("text/html, */*;q=0.1", JSON),
    ],
)
def test_negotiated(header: str, media: str) -> None:
    assert negotiate(accepting(header), JSON, LD, GEO) == media


@pytest.mark.parametrize("header", ["text/html", "application/json;q=0", "nonsense", "application/json;q=x"])
def test_nothing_fits(header: str) -> None:
    with pytest.raises(Problem) as caught:
        negotiate(accepting(header), JSON, LD)
    assert caught.value.kind.status == 406


def test_words() -> None:
    assert words(None) == words("") == words(",") == ()
    assert words("a,,b") == ("a", "b")


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [
        (None, "static"),
        (0, "fresh"),
        (60, "fresh"),
        (60.1, "stale"),
        (180, "stale"),
        (180.1, "dead"),
        (-5, "fresh"),
    ],
)
def test_state(age_s: float | None, expected: str) -> None:
    assert state(age_s, 60) == expected
