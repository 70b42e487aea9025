"""programme.reports: reports of programmes and projects that are signed and filed.

* ``monthly`` of a programme; ``supervision``, the owner's report on one project, and ``overview``, the
  deciding authority's on all of a programme's, after chapter VI of Decree 29/2021/NĐ-CP.
* ``gathering`` reads the figures of a period from the register into one :class:`model.Figures`; ``content``
  makes sections of them (``content/monthly`` …), which ``paper`` draws as a document of Decree 30/2020 and
  ``workbook`` as sheets. All of it is pure: the same figures make the same paper.
* ``issuing`` gives a report its number and keeps its figures, byte by byte, under their hash.

What the register does not hold is a :class:`model.Missing`: named, with the unit to ask; it is never a zero,
and sums with missing parts say how many parts are missing.
"""
