"""numbering: the register of numbers of papers, one per issuer, type and year.

A number is taken in the transaction that makes the paper: takers wait for each other on the register's row,
and a number whose transaction fails was never taken. No number is given twice, and none is deleted: a paper
that did not leave keeps its number, void with the reason. Where a register begins above one (the year began
on paper), the numbers below are a gap that a person explains.

``model`` is how numbers are written and which are missing, ``service`` the use cases, ``store`` all SQL,
``api`` the routes. Rooms call ``take``.
"""

from haidang.documents.numbering.model import Number
from haidang.documents.numbering.service import take

__all__ = ["Number", "take"]
