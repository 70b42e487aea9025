"""What each report says: sections of sentences and grids, from which paper and workbook are made alike."""

from __future__ import annotations

from haidang.programme.reports.content import monthly, overview, supervision
from haidang.programme.reports.content.parts import Section
from haidang.programme.reports.model import Figures
from haidang.programme.reports.periods import span_of

_MAKERS = {"monthly": monthly.sections, "supervision": supervision.sections, "overview": overview.sections}
_TITLES = {
    "monthly": "Tình hình thực hiện {program} {when}",
    "supervision": "Giám sát, đánh giá đầu tư {when} dự án {project}",
    "overview": "Giám sát, đánh giá tổng thể đầu tư {when} {program}",
}


def sections(found: Figures) -> tuple[Section, ...]:
    """Return what a report says, section by section."""
    return tuple(_MAKERS[found.kind](found))


def subtitle(found: Figures) -> str:
    """Return what a report is about."""
    span = span_of(found.period)
    when = span.words if span else found.period
    return _TITLES[found.kind].format(program=found.program, project=found.project, when=when)
