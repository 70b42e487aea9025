"""``haidang directives``: what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from haidang.cli import group

TEXT = "\ufeffGiao Sở TN-MT chủ trì, phối hợp với Công an tỉnh báo cáo\r\ntrước ngày 10/12/2023./.\r\n"


def test_extract_prints_the_agreed_shape(tmp_path: Path) -> None:
    file = tmp_path / "thông báo.txt"
    file.write_text(TEXT, encoding="utf-8", newline="")
    done = CliRunner().invoke(group, ["directives", "extract", str(file), "--issued", "2023-11-23", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    (item,) = found["items"]
    assert found["document"]["issued_on"] == "2023-11-23"
    assert (item["lead"], item["cooperating"]) == (["Sở Tài nguyên và Môi trường"], ["Công an tỉnh"])
    assert {name: item["deadline"][name] for name in ("text", "date", "precision")} == {
        "text": "trước ngày 10/12/2023", "date": "2023-12-10", "precision": "day",
    }  # fmt: skip
    assert item["warnings"] == []
    text = file.read_bytes().decode("utf-8-sig")
    assert text[item["start"] : item["end"]] == item["sentence"]
    assert item["parties"]["lead"][0]["text"] == "Sở TN-MT"


def test_extract_tells_people(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Giao Sở Xây dựng khẩn trương rà soát.", encoding="utf-8")
    done = CliRunner().invoke(group, ["directives", "extract", str(file)])
    assert done.exit_code == 0
    assert "1. Sở Xây dựng" in done.output
    assert "khẩn trương [urgent]" in done.output


def test_a_file_that_is_no_document_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(b"PK\x03\x04 no archive")
    done = CliRunner().invoke(group, ["directives", "extract", str(file)])
    assert done.exit_code != 0
    assert done.exception is not None
    assert done.exception.vi  # type: ignore[attr-defined]


def test_score_counts_and_names_mistakes(tmp_path: Path) -> None:
    documents, items = tmp_path / "documents.jsonl", tmp_path / "items.jsonl"
    document = {"doc": "d", "text": "Giao Sở Y tế rà soát. Giao Sở Nội vụ báo cáo.", "docdate": "2022-01-05"}
    marked = [
        {"id": "d-1", "doc": "d", "sentence": "Giao Sở Y tế", "lead": ["Sở Y tế"], "coop": ["Công an tỉnh"]},
        {"id": "d-2", "doc": "d", "sentence": "Giao Sở Nội vụ", "lead": ["Sở Tài chính"], "coop": []},
    ]
    documents.write_text(json.dumps(document) + "\n", encoding="utf-8")
    items.write_text("".join(json.dumps(each) + "\n" for each in marked), encoding="utf-8")
    done = CliRunner().invoke(group, ["directives", "score", str(items), str(documents), "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["items"], found["proposed"], found["matched"], found["f1"]) == (2, 2, 1, 0.5)
    assert found["cooperating_f1"] == 0.0
    assert [each["kind"] for each in found["mistakes"]] == ["cooperating", "missed", "false"]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"id": 1}\n', encoding="utf-8")
    done = CliRunner().invoke(group, ["directives", "score", str(file), str(file)])
    assert done.exit_code != 0
    assert "line 1" in str(done.exception.en)  # type: ignore[union-attr]
