"""letters: the papers that an office writes again and again, as data onto ``documents.report.Report``.

A form (``data/*.yaml``) has a type, a subject and a body with named fields; a paragraph whose optional field
is empty is left out, or said otherwise. ``letter`` fills a form and returns the report, drawn by
``documents.press`` like any other. ``signatory`` writes who signs, and on whose behalf, as Decree
30/2020/NĐ-CP asks (TM., KT., TL., TUQ., Q.).

Forms: cong-van, don-doc, nha-thau, thong-bao-ket-luan, bao-cao, giay-moi, to-trinh.
"""

from haidang.documents.letters.filling import letter
from haidang.documents.letters.forms import Form, shipped
from haidang.documents.letters.signing import signatory

__all__ = ["Form", "letter", "shipped", "signatory"]
