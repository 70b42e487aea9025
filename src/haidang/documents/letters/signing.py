"""Who signs, and on whose behalf: the forms of Decree 30/2020/NĐ-CP, Annex I, II.7."""

from __future__ import annotations

from haidang.documents.report import Signer


def signatory(
    office: str,
    name: str = "",
    *,
    collective: str = "",
    instead_of: str = "",
    by_order_of: str = "",
    by_mandate_of: str = "",
    acting: bool = False,
    signed: str = "",
) -> Signer:
    """Return who signs; ``office`` is what they are: "Chủ tịch", "Phó Giám đốc", "Chánh Văn phòng".

    ``collective``: for a body that decides together (TM. ỦY BAN NHÂN DÂN); ``instead_of``: a deputy for the
    head (KT. GIÁM ĐỐC); ``by_order_of``: by order of (TL. CHỦ TỊCH); ``by_mandate_of``: by mandate of (TUQ.
    GIÁM ĐỐC); ``acting``: holds the office for the time being (Q. GIÁM ĐỐC). One authority stands above the
    other, so ``by_order_of`` and ``by_mandate_of`` do not go together.
    """
    if by_order_of and by_mandate_of:
        raise ValueError("one signs by order or by mandate, not both")
    lines = [
        f"{mark} {whom}"
        for mark, whom in (
            ("TM.", collective),
            ("TL.", by_order_of),
            ("TUQ.", by_mandate_of),
            ("KT.", instead_of),
        )
        if whom
    ]
    lines.append(f"Q. {office}" if acting else office)
    return Signer(title="\n".join(lines), name=name, signed=signed)
