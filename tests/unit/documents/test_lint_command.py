"""``haidang documents lint``: what it prints, as lines and as JSON, and its code."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from haidang.base.errors import OperatorError
from haidang.cli.documents import documents
from haidang.documents import pdf, word
from tests.unit.documents.letters import filled


def test_a_paper_of_ours_passes_and_a_broken_one_is_told(tmp_path: Path) -> None:
    good, bad = tmp_path / "cong-van.pdf", tmp_path / "thieu-trich-yeu.docx"
    good.write_bytes(pdf.drawn(filled("cong-van")))
    bad.write_bytes(word.drawn(msgspec.structs.replace(filled("thong-bao-ket-luan"), subtitle="")))
    passed = CliRunner().invoke(documents, ["lint", str(good)])
    assert (passed.exit_code, passed.output) == (0, "0 lỗi thể thức / findings\n")
    told = CliRunner().invoke(documents, ["lint", str(bad)])
    assert told.exit_code == 1
    assert "subject\tđoạn" in told.output and "Trích yếu đứng, đậm" in told.output
    answer = json.loads(CliRunner().invoke(documents, ["lint", str(bad), "--json"]).output)
    assert answer["kind"] == "docx"
    assert {"rule", "place", "expected", "found", "vi", "en"} == set(answer["findings"][0])


def test_a_file_that_is_no_document_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(b"nothing")
    with pytest.raises(OperatorError) as fault:
        CliRunner().invoke(documents, ["lint", str(file)], catch_exceptions=False)
    assert fault.value.vi.startswith("a.docx: ")
