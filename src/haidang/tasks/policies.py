"""Reading the policies: those that ship, each replaced by the site's own file of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from haidang.base.problems import Problem, kind
from haidang.tasks.model.policy import Policy

FOLDER = Path(__file__).parent / "data" / "policies"
DEFAULT = "directive"
BAD_POLICY = kind("bad-task-policy", 500, "Chính sách nhiệm vụ không hợp lệ", "A task policy is not valid")


class Policies:
    """The policies of a site, by name and by the kind of source they are for."""

    def __init__(self, by_name: Mapping[str, Policy]) -> None:
        self.by_name = dict(by_name)
        self._by_source = {source: each.policy for each in by_name.values() for source in each.sources}

    def named(self, name: str) -> Policy:
        """Return a policy; the default one where the name is no more."""
        return self.by_name.get(name) or self.by_name[DEFAULT]

    def of_source(self, source_kind: str) -> str:
        """Return the name of the policy for a kind of source."""
        return self._by_source.get(source_kind, DEFAULT)


def load_policies(data_dir: Path | None = None) -> Policies:
    """Read all policies; raise ``Problem`` that names the file and what is wrong in it."""
    found: dict[str, Policy] = {}
    for folder in (FOLDER, *([data_dir / "tasks"] if data_dir else [])):
        for path in sorted(folder.glob("*.yaml")):
            policy = read_policy(path)
            found[policy.policy] = policy
    return Policies(found)


def read_policy(path: Path) -> Policy:
    """Read one file strictly."""
    try:
        policy = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Policy)
        if path.stem != policy.policy:
            raise ValueError(f"the file {path.name} is named after its policy: {policy.policy}.yaml")
        steps = [step.step for step in policy.ladder]
        if len(steps) != len(set(steps)):
            raise ValueError("a step stands in the ladder twice")
    except (OSError, yaml.YAMLError, ValueError) as cause:
        raise Problem(
            BAD_POLICY,
            f"Tệp {path.name} không hợp lệ: {cause}",
            f"The file {path.name} is not valid: {cause}",
        ) from cause
    return policy
