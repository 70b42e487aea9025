"""A procedure that has a bit of everything, as a file would have it."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from haidang.base.problems import Fault
from haidang.incidents.procedures.book import OWN_ROLES
from haidang.incidents.procedures.model.procedure import Procedure
from haidang.incidents.procedures.model.words import Faults
from haidang.incidents.procedures.reading import procedure_of, read_roles

TEXT = """
procedure: flood-street
version: 3
vi: Ngập đường
en: Street flooding
applies_when: incident.kind == "flood" and incident.severity <= 2
steps:
  - {id: verify, vi: Xác minh, en: Verify, role: duty_officer, within: 10 minutes}
  - id: close-road
    vi: Cấm đường
    en: Close the road
    role: traffic_police_duty
    needs: [verify]
    when: entity.waterLevel >= 5.6 or incident.severity == 1
    within: 20 minutes
    on_late: [{escalate_to: shift_lead}, {after: 15 minutes, escalate_to: leader_on_duty}]
    evidence: photo
    action: {open_subtask: {role: construction_duty, vi: Bơm thoát nước, en: Pump, within: 1 hour}}
  - id: warn-public
    vi: Cảnh báo người dân
    en: Warn the public
    role: shift_lead
    needs: [verify]
    approve: leader_on_duty
    action:
      - cap_draft:
          category: Met
          expires_in: 6 hours
          vi: {event: Ngập đường, headline: "Ngập sâu tại {place}"}
      - actuate: {linked: Siren, attribute: siren, value: true}
  - id: tell
    vi: Báo các xã
    en: Tell the communes
    needs: [close-road]
    action: {notify_unit: {roles: [commune_duty], vi: "Ngập tại {place}", en: "Flood at {place}"}}
samples:
  - facts: {incident.kind: flood, incident.severity: 2, entity.waterLevel: 5.7}
    applies: true
    open: [verify]
    waiting: [close-road, warn-public, tell]
  - {facts: {incident.kind: fire, incident.severity: 2}, applies: false}
"""
DOCUMENT: dict[str, Any] = yaml.safe_load(TEXT)
ROLES, _ = read_roles(OWN_ROLES, "procedures")


def read(document: Any) -> tuple[Procedure | None, list[Fault]]:
    """Return a document's procedure and its faults."""
    faults = Faults("flood/flood-street.yaml")
    found = procedure_of(document, "flood", ROLES, faults)
    return found, faults.found


def example() -> Procedure:
    """Return the procedure."""
    found, faults = read(DOCUMENT)
    assert found is not None, faults
    return found


def document() -> dict[str, Any]:
    """Return the document to be spoilt."""
    return copy.deepcopy(DOCUMENT)
