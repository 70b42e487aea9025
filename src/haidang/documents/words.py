"""The words that stand on every administrative document, and how long ones are put into lines."""

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
AGENCY_LINE, SUBTITLE_LINE = 26, 58
"""Characters of a line of an agency's name in the head, and of what the document is about."""


def in_lines(text: str, most: int) -> str:
    """Return a centred text in lines of about equal length, at most ``most`` where its words allow.

    ``in_lines("ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH", 28)`` breaks before "TỈNH".
    """
    count = -(-len(text) // most)
    if count < 2:
        return text
    even = len(text) / count
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        # A word goes where the line comes nearer to its even share.
        if line and len(lines) + 1 < count and abs(len(longer) - even) > abs(len(line) - even):
            lines.append(line)
            line = word
        else:
            line = longer
    return "\n".join([*lines, line])
