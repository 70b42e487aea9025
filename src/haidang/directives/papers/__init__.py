"""papers: what leaves the room of directives signed and filed.

* ``gathering`` reads the figures of a week or a month into one :class:`model.Figures`; ``report`` makes the
  paper of them, ``workbook`` the tables. Both are pure: the same figures make the same paper.
* ``issuing`` gives a report its number and keeps its figures, byte by byte, under their hash: it can be
  produced again as it was, whatever has happened to the tasks since.
* ``letters`` writes reminder letters (công văn đôn đốc) to a unit, counted for each unit and year, and links
  them to the tasks and to the step of the ladder that called for them; ``letter`` is the paper.
* ``brief`` is a leader's page of a morning; its figures are those of the board (``boards/directives``).

On paper nothing of a restricted document is told but that it counts: papers go through many hands.
"""
