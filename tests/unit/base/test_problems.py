"""Problem documents: the standard's members, both languages, one declaration a code."""

from __future__ import annotations

import pytest

from haidang.base.problems import CONFLICT, INVALID, KINDS, Fault, Problem, kind


def test_a_document_says_what_and_where_in_both_languages() -> None:
    problem = Problem(
        INVALID,
        "Sai kiểu.",
        "Wrong type.",
        faults=(
            Fault("location", "Ngoài Việt Nam", "Outside Vietnam", "21, 105"),
            Fault("type", "Thiếu", "Missing"),
        ),
    )
    assert problem.document("/ngsi-ld/v1/entities") == {
        "type": "urn:haidang:problem:invalid-request",
        "code": "invalid-request",
        "status": 400,
        "title": "Yêu cầu không hợp lệ",
        "title_en": "The request is not valid",
        "detail": "Sai kiểu.",
        "detail_en": "Wrong type.",
        "instance": "/ngsi-ld/v1/entities",
        "faults": [
            {"field": "location", "vi": "Ngoài Việt Nam", "en": "Outside Vietnam", "value": "21, 105"},
            {"field": "type", "vi": "Thiếu", "en": "Missing"},
        ],
    }


def test_further_members_stand_in_the_document() -> None:
    assert Problem(CONFLICT, yours=1, current=2).document()["current"] == 2


def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        kind("invalid-request", 400, "", "")


def test_every_kind_speaks_both_languages() -> None:
    for declared in KINDS.values():
        assert declared.vi
        assert declared.en
        assert 400 <= declared.status < 600
