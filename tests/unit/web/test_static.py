"""Files: types, twins, ranges, caching, and nothing from outside the folder."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from tests.unit.web.asking import Answer, ask, scope_of

from haidang.base.problems import Problem
from haidang.web.static import CHUNK_BYTES, Folder, Span, span_of


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<title>Hải Đăng</title>", encoding="utf-8")
    (root / "assets" / "main-a1B2c3D4.js").write_text("export {}")
    (root / "assets" / "main-a1B2c3D4.js.gz").write_bytes(gzip.compress(b"export {}"))
    (root / "assets" / "main-a1B2c3D4.js.br").write_bytes(b"brotli bytes")
    (root / "big.pmtiles").write_bytes(bytes(range(256)) * 4096)
    (root / ".env").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    return Folder(root)


async def fetch(folder: Folder, name: str, method: str = "GET", **headers: str) -> Answer:
    file = folder.find(name)
    assert file is not None, name
    sent = {key.replace("_", "-"): value for key, value in headers.items()}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await folder.serve(scope, send, file, request_id="r")

    return await ask(application, scope_of(name, method, sent))


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/assets/../../outside.txt",
        "/.env",
        "/link.txt",
        "/assets",
        "/nul\x00.txt",
        "/a\\b",
        "/" + "x" * 5000,
    ],
)
def test_nothing_outside_the_folder_is_found(folder: Folder, path: str) -> None:
    assert folder.find(path) is None


async def test_a_hashed_file_is_kept_for_ever_and_sent_compressed(folder: Folder) -> None:
    plain = await fetch(folder, "/assets/main-a1B2c3D4.js")
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.body == b"export {}"
    zipped = await fetch(folder, "/assets/main-a1B2c3D4.js", accept_encoding="gzip")
    assert gzip.decompress(zipped.body) == b"export {}"
    assert zipped.headers["content-encoding"] == "gzip"
    best = await fetch(folder, "/assets/main-a1B2c3D4.js", accept_encoding="gzip, br")
    assert best.headers["content-encoding"] == "br"
    refused = await fetch(folder, "/assets/main-a1B2c3D4.js", accept_encoding="br;q=0, gzip;q=0.0")
    assert "content-encoding" not in refused.headers
    assert len({plain.headers["etag"], zipped.headers["etag"], best.headers["etag"]}) == 3


async def test_a_page_is_asked_for_again_and_not_sent_twice(folder: Folder) -> None:
    first = await fetch(folder, "/index.html")
    assert first.headers["cache-control"] == "no-cache"
    again = await fetch(folder, "/index.html", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


async def test_a_range_of_a_big_file(folder: Folder) -> None:
    part = await fetch(folder, "/big.pmtiles", range="bytes=256-511")
    assert part.status == 206
    assert part.body == bytes(range(256))
    assert part.headers["content-range"] == "bytes 256-511/1048576"
    assert part.headers["content-length"] == "256"
    whole = await fetch(folder, "/big.pmtiles")
    assert whole.status == 200
    assert whole.headers["accept-ranges"] == "bytes"
    assert len(whole.body) == 4 * CHUNK_BYTES
    outside = await fetch(folder, "/big.pmtiles", range="bytes=2000000-")
    assert outside.status == 416
    assert outside.headers["content-range"] == "bytes */1048576"
    assert outside.headers["content-type"] == "application/problem+json"


async def test_a_range_of_another_version_gets_the_whole_file(folder: Folder) -> None:
    assert (await fetch(folder, "/big.pmtiles", range="bytes=0-1", if_range='"old"')).status == 200


async def test_files_are_not_written(folder: Folder) -> None:
    refused = await fetch(folder, "/index.html", method="POST")
    assert refused.status == 405
    assert refused.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("value", "span"),
    [
        (None, None),
        ("bytes=0-0", Span(0, 0)),
        ("bytes=5-", Span(5, 9)),
        ("bytes=-3", Span(7, 9)),
        ("bytes=-99", Span(0, 9)),
        ("bytes=2-99", Span(2, 9)),
        ("bytes=4-2", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
    ],
)
def test_reading_a_range(value: str | None, span: Span | None) -> None:
    assert span_of(value, 10) == span


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(value: str) -> None:
    with pytest.raises(Problem, match="range-not-satisfiable"):
        span_of(value, 10)


def test_an_empty_file_has_no_range() -> None:
    with pytest.raises(Problem, match="range-not-satisfiable"):
        span_of("bytes=0-", 0)
