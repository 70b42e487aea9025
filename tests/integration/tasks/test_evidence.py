"""Evidence: what is taken, where it lies, who may attach it, and that nothing is ever replaced."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from haidang.base.problems import Problem
from haidang.tasks.model import acts
from haidang.tasks.model.task import Task
from haidang.tasks.service import evidence
from haidang.tasks.service.evidence import Kept, place
from tests.integration.tasks.conftest import World
from tests.integration.tasks.test_acts import refused

PDF = b"%PDF-1.7\nbien ban"


async def attach(world: World, name: str, task: Task, kept: Kept, supersedes: int | None = None) -> Any:
    who = await world.who(name)
    async with world.db.transaction() as connection:
        return await evidence.attach(connection, world.desk, who, task.id, kept, supersedes=supersedes)


async def test_a_file_lies_by_its_hash_and_is_there_before_its_row(world: World) -> None:
    task = await world.give()
    kept = await evidence.keep(world.settings, "Biên bản/../1.pdf", PDF)
    assert (kept.name, kept.media_type, kept.scan) == ("Biên bản_.._1.pdf", "application/pdf", "not_scanned")
    path = place(world.settings.data_dir, hashlib.sha256(PDF).hexdigest())
    assert path.read_bytes() == PDF
    assert await world.fetch("SELECT 1 FROM task_evidence WHERE task_id = %s", task.id) == []
    found = await attach(world, "binh", task, kept)
    assert found.sha256 == path.name
    assert list(path.parent.glob("new-*")) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ\x90\x00"),
        ("a.pdf", b"MZ\x90\x00"),
        ("a.pdf.exe", PDF),
        ("a", PDF),
        ("a.docx", b"<html><script>"),
        ("a.txt", b"\x00\x01\xff"),
        ("a.svg", b"<svg onload='x()'/>"),
        ("a.png", b""),
        ("a.csv", b"x" * (8 * 1024 * 1024 + 1)),
    ],
)
async def test_what_is_not_listed_or_not_what_it_claims_is_refused(
    world: World, name: str, content: bytes
) -> None:
    await refused(evidence.keep(world.settings, name, content), "evidence-refused")


async def test_a_scanner_sees_the_file_first_and_one_that_fails_refuses_it(
    world: World, tmp_path: Path
) -> None:
    script = tmp_path / "scan.py"
    script.write_text("import sys; sys.exit(b'EICAR' in open(sys.argv[-1], 'rb').read())")
    scanning = msgspec.structs.replace(world.settings, malware_scan=(sys.executable, str(script)))
    assert (await evidence.keep(scanning, "a.txt", "sạch".encode())).scan == "clean"
    await refused(evidence.keep(scanning, "b.txt", b"EICAR"), "evidence-refused")
    assert not place(world.settings.data_dir, hashlib.sha256(b"EICAR").hexdigest()).exists()
    absent = msgspec.structs.replace(world.settings, malware_scan=("/nonexistent/scanner",))
    await refused(evidence.keep(absent, "c.txt", b"abc"), "evidence-refused")


async def test_it_is_superseded_once_and_never_changed(world: World) -> None:
    task = await world.give()
    first = await attach(world, "binh", task, await evidence.keep(world.settings, "1.pdf", PDF))
    second = await evidence.keep(world.settings, "2.pdf", PDF + b"2")
    await attach(world, "binh", task, second, supersedes=first.id)
    await refused(attach(world, "binh", task, second, supersedes=first.id), "invalid-request")
    await refused(attach(world, "binh", task, second, supersedes=10**9), "not-found")
    with pytest.raises(Exception, match="never changed"):
        await world.run("UPDATE task_evidence SET name = 'x' WHERE task_id = %s", task.id)
    assert len(await world.fetch("SELECT 1 FROM task_evidence WHERE task_id = %s", task.id)) == 2


async def test_only_lead_and_cooperating_units_attach_and_only_while_open(world: World) -> None:
    task = await world.give(coop_orgs=(world.orgs["south"],))
    kept = await evidence.keep(world.settings, "1.pdf", PDF)
    await attach(world, "nam", task, kept)
    alone = await world.give()
    await refused(attach(world, "nam", alone, kept), "not-found")
    await world.do("desk", alone, acts.Cancel(text="Thôi"))
    await refused(attach(world, "binh", alone, kept), "task-act-refused", "state")


async def test_a_file_may_stand_for_the_product(world: World) -> None:
    task = await world.give(product="Biên bản")
    with pytest.raises(Problem):
        await world.do("binh", task, acts.Report(text="Xong"))
    await attach(world, "binh", task, await evidence.keep(world.settings, "1.pdf", PDF))
    assert (await world.do("binh", task, acts.Report(text="Xong"))).state == "reported"
