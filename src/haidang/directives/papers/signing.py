"""Who signs the papers of directives: the head of the agency, of a committee its chairman on its behalf."""

from __future__ import annotations

import msgspec

from haidang.documents.letters.signing import signatory
from haidang.documents.report import Signer
from haidang.organisation.service.letterhead import COMMITTEE, Letterhead

HAND = "(Ký, ghi rõ họ tên, đóng dấu)"


def head_of(agency: Letterhead) -> Signer:
    """Return the place for the head's signature; a committee decides together (TM. ỦY BAN NHÂN DÂN)."""
    if agency.short == COMMITTEE:
        return msgspec.structs.replace(signatory("Chủ tịch", collective="Ủy ban nhân dân"), under=HAND)
    return Signer(title="Thủ trưởng đơn vị", under=HAND)
