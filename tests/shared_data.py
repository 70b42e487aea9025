"""Real sample data beside a checkout; a test that needs it skips, with the reason, where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(name: str) -> Path:
    """Return the path of a sample file or folder, or skip the calling test."""
    path = _SHARED / name
    if not path.exists():
        pytest.skip(f"the sample data ../shared/data/{name} is not beside this checkout")
    return path


def founding_documents() -> list[Path]:
    """Return the founding documents beside the checkout, or skip the calling test."""
    found = sorted((_SHARED.parent / "documents").glob("*.txt"))
    if not found:
        pytest.skip("the founding documents ../shared/documents are not beside this checkout")
    return found
