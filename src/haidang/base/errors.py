"""What the operator must put right before the programme can do its work: said in both languages, no trace.

:class:`haidang.base.problems.Problem` answers a request; an :class:`OperatorError` ends a command.
The command line prints both messages and exits with code 1.
"""

from __future__ import annotations


class OperatorError(Exception):
    """A command cannot go on; both messages say what is wrong and what to do."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(f"{vi}\n{en}")
        self.vi = vi
        self.en = en
