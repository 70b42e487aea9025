"""Every paper that the product makes is as Decree 30/2020 asks, in both forms."""

from __future__ import annotations

import pytest

from haidang.directives.papers import letter
from haidang.directives.papers import report as period
from haidang.documents import pdf, word
from haidang.documents.lint import lint
from haidang.documents.report import Report
from haidang.incidents.after_action.paper import paper as after_action
from haidang.tasks.service import papers as tasks
from tests.unit.directives.test_papers import FIGURES, LETTER
from tests.unit.documents.letters import FILLED, filled
from tests.unit.documents.reports import every_block, report
from tests.unit.incidents.after_action.stories import START, story
from tests.unit.incidents.after_action.test_handover import AGENCY, drawn

PAPERS: dict[str, Report] = {
    **{form: filled(form) for form in FILLED},
    "every block": report(*every_block()),
    "marked": report(*every_block(), marks=("Diễn tập", "Dữ liệu mô phỏng")),
    "on its side": report(*every_block(), landscape=True),
    "after-action report": after_action(story()),
    "handover": drawn(),
    "withdrawn handover": drawn(state="withdrawn", note="Ghi thêm"),
    "list of tasks": tasks.paper((), AGENCY, view=next(iter(tasks.VIEWS)), now=START),
    "report of a period": period.paper(FIGURES, number="07", symbol="BC-VP"),
    "reminder": letter.paper(LETTER, "45/VP"),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_of_ours_has_no_finding(name: str) -> None:
    assert lint(word.drawn(PAPERS[name]), "docx") == ()
    assert lint(pdf.drawn(PAPERS[name]), "pdf") == ()
