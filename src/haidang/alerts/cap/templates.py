"""Reading the templates of warnings: those that ship, each replaced by the site's own of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from haidang.alerts.cap.model.template import Template, open_places
from haidang.base.problems import Problem, kind

FOLDER = Path(__file__).parent / "data" / "templates"
BAD_TEMPLATE = kind(
    "bad-warning-template", 500, "Mẫu bản tin cảnh báo không hợp lệ", "A template of warnings is not valid"
)


def load_templates(data_dir: Path | None = None) -> Mapping[str, Template]:
    """Read all templates; raise ``Problem`` that names the file and what is wrong in it.

    A site's own lie in ``<data folder>/warnings``; only there a template can be approved beforehand.
    """
    found: dict[str, Template] = {}
    for folder in (FOLDER, *([data_dir / "warnings"] if data_dir else [])):
        for path in sorted(folder.glob("*.yaml")):
            template = read_template(path)
            found[template.template] = template
    return found


def read_template(path: Path) -> Template:
    """Read one file strictly."""
    try:
        template = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Template)
        if path.stem != template.template:
            raise ValueError(f"the file {path.name} is named after its template: {template.template}.yaml")
        unnamed = open_places(template) ^ set(template.places)
        if unnamed:
            raise ValueError(f"places that are open but not named, or named but not open: {sorted(unnamed)}")
        if template.texts[0].language != "vi-VN":
            raise ValueError("the first text is Vietnamese (vi-VN)")
        if template.approved and (template.urgency, template.certainty) != ("Immediate", "Observed"):
            raise ValueError("only what is Immediate and Observed can be approved beforehand")
    except (OSError, yaml.YAMLError, ValueError) as cause:
        raise Problem(
            BAD_TEMPLATE,
            f"Tệp {path.name} không hợp lệ: {cause}",
            f"The file {path.name} is not valid: {cause}",
        ) from cause
    return template
