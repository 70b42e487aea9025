"""The core context, against what ETSI publishes (GS CIM 009, annex B)."""

from __future__ import annotations

import pytest

from haidang.city import core_terms
from haidang.city.core_terms import DOCUMENT, NGSI
from haidang.city.terms import CORE, CORE_URL, compile_context, is_core_url


@pytest.mark.parametrize(
    ("term", "iri"),
    [
        ("status", NGSI + "status"),
        ("location", NGSI + "location"),
        ("value", NGSI + "hasValue"),
        ("languageMap", NGSI + "hasLanguageMap"),
        ("previousValue", NGSI + "hasPreviousValue"),
        ("containedBy", NGSI + "isContainedBy"),
        ("json", NGSI + "hasJSON"),
        ("title", "http://purl.org/dc/terms/title"),
        ("description", "http://purl.org/dc/terms/description"),
        ("FeatureCollection", "https://purl.org/geojson/vocab#FeatureCollection"),
        ("orderBy", NGSI + "orderBy"),
        ("temperature", NGSI + "default-context/temperature"),
    ],
)
def test_1_4_core_terms_mean_what_the_standard_says(term: str, iri: str) -> None:
    assert CORE.expand(term) == iri
    assert CORE.compact(iri) == term


def test_1_4_core_terms_win_over_every_other_context() -> None:
    mine = compile_context({"@context": {"status": "https://x.vn/status", "level": "https://x.vn/level"}})
    assert mine.expand("status") == NGSI + "status"
    assert mine.compact("https://x.vn/level") == "level"


def test_1_4_the_document_that_is_served_defines_every_term_that_is_compiled_in() -> None:
    context = DOCUMENT["@context"]
    assert context["@vocab"] == NGSI + "default-context/"
    assert context["@protected"] is True
    assert context["id"] == "@id" and context["type"] == "@type"
    assert context["vocab"] == {"@id": "ngsi-ld:hasVocab", "@type": "@vocab"}
    assert context["languageMap"] == {"@id": "ngsi-ld:hasLanguageMap", "@container": "@language"}
    assert context["observedAt"] == {"@id": "ngsi-ld:observedAt", "@type": "DateTime"}
    assert context["coordinates"]["@container"] == "@list"
    assert core_terms.TERMS.keys() <= context.keys()
    again = compile_context(DOCUMENT)
    assert {term: again.expand(term) for term in core_terms.TERMS} == core_terms.TERMS


@pytest.mark.parametrize("version", ["", "-v1.3", "-v1.5", "-v1.8", "-v1.9"])
def test_1_4_all_published_addresses_mean_it(version: str) -> None:
    assert is_core_url(f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context{version}.jsonld")


def test_1_4_an_unknown_path_on_the_same_host_is_no_core_context() -> None:
    assert not is_core_url("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.99.jsonld")
    assert not is_core_url(CORE_URL + "?x")
