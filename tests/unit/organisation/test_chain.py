"""The hash chain: whatever is done to a log afterwards shows."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.organisation.chain import GENESIS, Entry, canonical, hash_entry, instant, read_export, verify


def log(length: int = 5) -> list[Entry]:
    entries: list[Entry] = []
    last = GENESIS.hex()
    for no in range(1, length + 1):
        entry = Entry(
            log="audit",
            no=no,
            at=instant(datetime(2026, 3, 16, 2, no, tzinfo=UTC)),
            actor="account:1",
            action="account.create",
            subject=f"account:{no}",
            org_id=None,
            body=canonical({"số": no}),
            prev_hash=last,
            hash="",
        )
        entry = msgspec.structs.replace(entry, hash=hash_entry(entry))
        entries.append(entry)
        last = entry.hash
    return entries


def head(entries: list[Entry]) -> tuple[int, str]:
    return entries[-1].no, entries[-1].hash


def faults(entries: list[Entry], **given_heads: tuple[int, str]) -> list[tuple[int, str]]:
    return [(each.no, each.fault) for each in verify("audit", entries, **given_heads).breaks]


def test_an_untouched_log_is_sound() -> None:
    entries = log()
    verdict = verify("audit", entries, kept=head(entries), noted=(3, entries[2].hash))
    assert verdict.sound
    assert (verdict.entries, verdict.head_no, verdict.head_hash) == (5, *head(entries))
    assert verify("audit", []).sound


@pytest.mark.parametrize("field", ["at", "actor", "action", "subject", "body", "log"])
def test_an_altered_entry_shows(field: str) -> None:
    entries = log()
    entries[2] = msgspec.structs.replace(entries[2], **{field: getattr(entries[2], field) + "x"})
    assert (3, "altered") in faults(entries)


def test_an_altered_owner_shows() -> None:
    entries = log()
    entries[2] = msgspec.structs.replace(entries[2], org_id=7)
    assert faults(entries) == [(3, "altered")]


def test_an_entry_altered_together_with_its_hash_breaks_the_next() -> None:
    entries = log()
    changed = msgspec.structs.replace(entries[2], actor="account:9")
    entries[2] = msgspec.structs.replace(changed, hash=hash_entry(changed))
    assert faults(entries) == [(4, "altered")]


def test_a_removed_an_inserted_and_a_swapped_entry_show() -> None:
    entries = log()
    assert faults(entries[:2] + entries[3:]) == [(4, "missing")]
    assert faults([*entries[:3], entries[1], *entries[3:]], kept=head(entries)) == [(2, "out-of-place")]
    assert (2, "out-of-place") in faults([entries[0], entries[2], entries[1], *entries[3:]])
    assert faults(entries[1:]) == [(2, "missing")]


def test_a_cut_end_shows_by_the_kept_or_the_noted_head() -> None:
    entries = log()
    assert faults(entries[:3]) == []  # alone it cannot show
    assert faults(entries[:3], kept=head(entries)) == [(4, "cut-off")]
    assert faults(entries[:3], noted=head(entries)) == [(4, "cut-off")]


def test_a_whole_log_written_anew_shows_by_the_noted_head() -> None:
    old, anew = log(), log()
    anew[0] = msgspec.structs.replace(anew[0], actor="account:9")
    last = GENESIS.hex()
    for place, entry in enumerate(anew):
        again = msgspec.structs.replace(entry, prev_hash=last)
        anew[place] = msgspec.structs.replace(again, hash=hash_entry(again))
        last = anew[place].hash
    assert faults(anew) == []
    assert faults(anew, noted=head(old)) == [(5, "head-differs")]


def test_an_export_verifies_line_by_line() -> None:
    lines = [msgspec.json.encode(entry) + b"\n" for entry in log()]
    assert verify("audit", read_export(lines)).sound
    tampered = [lines[0], lines[1].replace(b"account:2", b"account:3"), *lines[2:]]
    assert not verify("audit", read_export(tampered)).sound


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(plain)
def test_canonical_form_survives_reading_and_writing(value: object) -> None:
    text = canonical(value)
    assert canonical(msgspec.json.decode(text)) == text


def test_canonical_form_does_not_depend_on_the_order_of_keys_and_refuses_nan() -> None:
    assert canonical({"b": 1, "a": "Đồng"}) == canonical({"a": "Đồng", "b": 1}) == '{"a":"Đồng","b":1}'
    with pytest.raises(ValueError, match="JSON"):
        canonical(math.nan)
