"""Vietnamese text: searched without accents, sorted as a dictionary sorts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.text import fold, sort_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hoà Bình", "hoa binh"),
        ("hòa  bình", "hoa binh"),
        ("Đắk Lắk", "dak lak"),
        ("  Thành phố\nHồ Chí Minh ", "thanh pho ho chi minh"),
        ("Phường Nguyễn Cư Trinh", "phuong nguyen cu trinh"),
        ("ƯƠNG", "uong"),
        ("PM2.5 µg/m³", "pm2.5 µg/m³"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_does_not_depend_on_how_accents_are_written(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text())
def test_fold_twice_is_fold_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_names_sort_as_a_dictionary_does() -> None:
    ordered = [
        "An",
        "Ăn",
        "Ân",
        "Ba",
        "bà",
        "bả",
        "bã",
        "bá",
        "bạ",
        "Dũng",
        "Đông",
        "Em",
        "Êm",
        "Oanh",
        "Ô",
        "Ơn",
    ]
    shuffled = ordered[5:] + ordered[:5]
    assert sorted(shuffled, key=sort_key) == ordered


def test_letters_come_before_tones() -> None:
    assert sort_key("bạc") < sort_key("ban")


@given(st.text())
def test_the_key_does_not_depend_on_how_accents_are_written(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))
