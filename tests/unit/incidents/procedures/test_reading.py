"""Files of procedures: what is read, and how every fault is named by file, step and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from haidang.base.errors import OperatorError
from haidang.cli.procedures import procedures
from haidang.incidents.procedures.book import read_book
from haidang.incidents.procedures.model.procedure import Actuate, CapDraft, NotifyUnit, OpenSubtask, Rung
from tests.unit.incidents.procedures.examples import TEXT, document, example, read

_Spoil = Callable[[dict[str, Any]], object]


def test_everything_of_a_file_is_read() -> None:
    found = example()
    close, warn, tell = found.steps[1:]
    assert (found.procedure, found.version, found.sector) == ("flood-street", 3, "flood")
    assert (close.within, close.evidence, close.needs) == (20, "photo", ("verify",))
    assert close.on_late == (Rung("shift_lead"), Rung("leader_on_duty", 15))
    assert close.actions == (
        OpenSubtask(role="construction_duty", vi="Bơm thoát nước", en="Pump", within=60),
    )
    draft, siren = warn.actions
    assert isinstance(draft, CapDraft)
    assert (draft.expires_in, draft.vi.headline, draft.at) == (360, "Ngập sâu tại {place}", "opened")
    assert isinstance(siren, Actuate)
    assert siren.at == "done", "a command waits for the approval"
    assert tell.automatic
    assert isinstance(tell.actions[0], NotifyUnit)


def _step(number: int, **facts: Any) -> _Spoil:
    return lambda one: one["steps"][number].update(facts)


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda one: one.update(step=[]), "step"),
        (lambda one: one.pop("version"), "version"),
        (lambda one: one.update(version=True), "version"),
        (lambda one: one.update(vi=""), "vi"),
        (lambda one: one.update(procedure="Flood Street"), "procedure"),
        (lambda one: one.pop("applies_when"), "applies_when"),
        (lambda one: one.update(applies_when="entity.waterLevel > 5"), "applies_when"),
        (lambda one: one.update(applies_when="incident.kind =="), "applies_when"),
        (lambda one: one.update(steps=[]), "steps"),
        (_step(0, whithin="5 minutes"), "verify · whithin"),
        (_step(0, within="5 phút"), "verify · within"),
        (_step(0, within="30 seconds"), "verify · within"),
        (_step(0, role="plumber"), "verify · role"),
        (_step(0, id="Verify!"), "Verify! · id"),
        (_step(0, needs=["close-road"]), "verify · needs"),
        (_step(1, needs=["gone"]), "close-road · needs"),
        (_step(1, id="verify"), "verify · id"),
        (_step(1, when="entity.waterLevel"), None),
        (_step(1, when="depth_cm > 3"), "close-road · when"),
        (_step(1, when=True), "close-road · when"),
        (_step(1, evidence="video"), "close-road · evidence"),
        (_step(1, within=None), "close-road · within"),
        (lambda one: one["steps"][1].pop("within"), "close-road · on_late"),
        (_step(1, on_late={"escalate_to": "nobody"}), "close-road · on_late.escalate_to"),
        (_step(1, on_late=[{"escalate_to": "shift_lead"}] * 2), "close-road · on_late"),
        (_step(1, action="send_fax"), "close-road · action"),
        (_step(1, action={"open_subtask": {"role": "x", "vi": "a", "en": "b"}}),
         "close-road · action.open_subtask.role"),
        (_step(1, action={"notify_unit": {"roles": [], "vi": "a", "en": "b"}}),
         "close-road · action.notify_unit.roles"),
        (_step(1, action={"notify_unit": {"roles": ["fire_duty"], "vi": "{gone}", "en": "b"}}),
         "close-road · action.notify_unit.vi"),
        (_step(1, action={"cap_draft": {"category": "Flood"}}), "close-road · action.cap_draft.category"),
        (_step(1, action={"cap_draft": {"vi": {"title": "x", "event": "y"}}}),
         "close-road · action.cap_draft.vi.title"),
        (_step(1, action={"actuate": {"attribute": "on", "value": 1}}), "close-road · action.actuate.entity"),
        (_step(1, action={"actuate": {"entity": "gate", "attribute": "on", "value": 1}}),
         "close-road · action.actuate.entity"),
        (_step(1, action={"actuate": {"nearest": "Gate", "attribute": "on", "value": 1}}),
         "close-road · action.actuate.within_m"),
        (_step(1, action={"actuate": {"linked": "Gate", "attribute": "on", "value": None}}),
         "close-road · action.actuate.value"),
        (_step(2, action={"actuate": {"linked": "S", "attribute": "on", "value": 1, "at": "opened"}}),
         "warn-public · action.actuate.at"),
        (_step(3, within="5 minutes"), "tell · within"),
        (lambda one: one["steps"][3].pop("action"), "tell · role"),
        (lambda one: one.update(samples=one["samples"][:1]), "samples"),
        (lambda one: one["samples"].pop(1) and one["samples"].append(one["samples"][0]), "samples"),
        (lambda one: one["samples"][0].update(open=["gone"]), "samples[1] · open"),
        (lambda one: one["samples"][0].pop("open"), "samples[1] · open"),
        (lambda one: one["samples"][0].update(facts={"depth": 3}), "samples[1] · facts"),
        (lambda one: one["samples"][0].update(open=["close-road"]), "samples[1] · open"),
        (lambda one: one["samples"].append(one["samples"][1] | {"applies": True, "open": []}),
         "samples[3] · applies"),
    ],
)  # fmt: skip
def test_every_fault_is_named_by_file_step_and_field(spoil: _Spoil, place: str | None) -> None:
    spoilt = document()
    spoil(spoilt)
    found, faults = read(spoilt)
    if place is None:
        assert (found is not None, faults) == (True, [])
        return
    assert found is None
    assert f"flood/flood-street.yaml · {place}" in {fault.field for fault in faults}
    assert all(fault.vi and fault.en and fault.vi != fault.en for fault in faults)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    spoilt = document()
    spoilt["steps"][0]["role"] = "plumber"
    spoilt["steps"][1]["within"] = "soon"
    spoilt["version"] = 0
    assert len(read(spoilt)[1]) == 3


def pack(folder: Path, sector: str, text: str, name: str = "flood-street") -> Path:
    place = folder / sector / "procedures"
    place.mkdir(parents=True, exist_ok=True)
    file = place / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_sites_own_replaces_by_name_is_read_anew_and_a_faulty_one_leaves_the_old(tmp_path: Path) -> None:
    ours, site = tmp_path / "ours", tmp_path / "site"
    pack(ours, "flood", TEXT)
    folders = (ours, site)
    assert read_book(folders).procedures["flood-street"].version == 3
    own = pack(site, "flood", TEXT.replace("version: 3", "version: 40"))
    assert read_book(folders).procedures["flood-street"].version == 40, "a new file counts at once"
    own.write_text(TEXT.replace("version: 3", "version: bốn"), encoding="utf-8")
    book = read_book(folders)
    assert book.procedures["flood-street"].version == 3
    assert [fault.field for fault in book.faults] == ["flood/flood-street.yaml · version"]


def test_a_pack_adds_roles_of_its_own(tmp_path: Path) -> None:
    pack(tmp_path, "flood", TEXT.replace("role: duty_officer", "role: dyke_watch"))
    assert [fault.value for fault in read_book((tmp_path,)).faults] == ["dyke_watch"]
    roles = "roles:\n  dyke_watch: {vi: Lực lượng hộ đê, en: Dyke watch}\n"
    (tmp_path / "flood" / "roles.yaml").write_text(roles, encoding="utf-8")
    book = read_book((tmp_path,))
    assert (book.faults, book.role("dyke_watch").vi) == ((), "Lực lượng hộ đê")
    assert book.role("gone").vi == "gone"


def test_the_file_is_named_after_its_procedure_and_broken_yaml_is_told(tmp_path: Path) -> None:
    pack(tmp_path, "flood", TEXT, name="other")
    pack(tmp_path, "flood", "steps: [", name="broken")
    pack(tmp_path, "flood", TEXT.replace("version: 3", "version: 3\nversion: 4"))
    found = {fault.field: fault.en for fault in read_book((tmp_path,)).faults}
    assert set(found) == {"flood/other.yaml · procedure", "flood/broken.yaml", "flood/flood-street.yaml"}
    assert "'version' stands twice, line 4" in found["flood/flood-street.yaml"]


def test_of_several_that_apply_the_incidents_sector_decides(tmp_path: Path) -> None:
    pack(tmp_path, "flood", TEXT)
    pack(tmp_path, "transport", TEXT.replace("flood-street", "wet-road"), name="wet-road")
    book = read_book((tmp_path,))
    facts = {"incident.kind": "flood", "incident.severity": 1}
    assert (chosen := book.chosen(facts, "transport")) and chosen.procedure == "wet-road"
    assert book.chosen(facts, None) is None, "two apply: somebody chooses"
    assert book.chosen({"incident.kind": "fire", "incident.severity": 1}, "flood") is None
    unsure = book.choices({"incident.kind": "flood"}, "flood")
    assert [(each.procedure, applies) for each, applies in unsure] == [
        ("flood-street", None),
        ("wet-road", None),
    ]


def test_the_command_lists_what_is_sound_and_ends_with_one_where_a_sample_fails(tmp_path: Path) -> None:
    file = pack(tmp_path, "flood", TEXT)
    runner = CliRunner()
    found = runner.invoke(procedures, ["check", str(tmp_path)])
    assert found.exit_code == 0
    assert "flood/flood-street\tv3\t4 bước" in found.output
    file.write_text(TEXT.replace("open: [verify]", "open: [verify, tell]"), encoding="utf-8")
    found = runner.invoke(procedures, ["check", str(tmp_path)])
    assert isinstance(found.exception, OperatorError)
    assert "samples[1] · open: kết quả: verify (verify, tell)" in found.exception.vi
    assert "1 faults in procedures" in found.exception.en


def test_the_procedures_that_ship_are_sound() -> None:
    found = CliRunner().invoke(procedures, ["check"])
    assert found.exception is None, getattr(found.exception, "en", "")
