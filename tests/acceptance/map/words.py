"""Names that no part of the base map may carry, in any alphabet (docs/decisions/0045)."""

from __future__ import annotations

import re

FORBIDDEN = re.compile(
    r"China|Sansha|Xisha|Nansha|Zhongsha|Nanhai|Paracel|Spratly|Kalayaan|South China Sea"
    r"|西沙|南沙|中沙|三沙|南海",
    re.IGNORECASE,
)
