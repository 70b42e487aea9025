"""intake: files of strangers as text, or refused with the reason and what to do.

* ``files.read_file(name, content)`` reads a file where it stands; ``desk.reading(name, content)`` does the
  same in a process (``child``) whose time and memory are bounded. Rooms call ``reading``.
* ``detect`` says what a file is by what it holds. ``word`` (with ``package``, ``styles``, ``lists``), ``pdf``
  (with ``active``), ``html``, ``mail`` and ``plain`` read one kind each.
* ``model`` has what comes out, the limits, and the ways to be refused.

Nothing is fetched, run or unpacked to disk. ``docs/documents.md`` lists what is refused.
"""

from haidang.documents.intake.desk import reading
from haidang.documents.intake.files import read_file
from haidang.documents.intake.model import Mail, Note, TextFile

__all__ = ["Mail", "Note", "TextFile", "read_file", "reading"]
