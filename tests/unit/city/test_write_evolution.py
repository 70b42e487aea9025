"""A temporal write in the fold: what becomes history, what becomes state, what was known already."""

from __future__ import annotations

import struct
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from haidang.city import evolution
from haidang.city.intake import Intake
from haidang.city.items import Evolution, Op, Row
from haidang.city.model import Limits
from haidang.city.terms import Keyset, Terms
from haidang.city.writer.evolution import Evolved, Seen, evolve, seen_in, times_of

EMPTY = (b"{}", b"{}")
MARCH_US = 1_772_323_200_000_000
MINUTE_US = 60_000_000


def terms_of(*names: str) -> Terms:
    terms = Terms()
    for number, name in enumerate(names, start=1):
        iri = terms.context.expand(name)
        terms.attr_ids[iri], terms.attr_iris[number] = number, iri
    return terms


def instance(minute: int, value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": f"2026-03-01T00:{minute:02}:00Z", **more}


def read(terms: Terms, *flow: dict[str, Any]) -> Evolution:
    body = {"id": "urn:x:1", "flow": list(flow)}
    found = evolution.read(Intake(terms, Limits()), Op.TEMPORAL_APPEND, 0, body, "urn:x:1").evolution
    assert found is not None
    return found


def write(
    terms: Terms, state: tuple[bytes, bytes], wrote: Evolution, seen: set[Seen], *, renewed: bool = False
) -> Evolved | None:
    return evolve(terms, wrote, state, seen, eid=7, renewed=renewed)


def state_of(done: Evolved) -> tuple[bytes, bytes]:
    return msgspec.json.encode(done.after[0]), msgspec.json.encode(done.after[1])


def seen_of(terms: Terms, rows: list[Row]) -> set[Seen]:
    """Return what the rows hold, as it is found again in history."""
    found: set[Seen] = set()
    for row in rows:
        key = (row.at is not None, row.columns)
        if key not in terms.keyset_ids:
            columns = [terms.columns[number] for number in row.columns]
            terms.add_keyset(
                Keyset(
                    len(terms.keysets),
                    key[0],
                    tuple(one.attr for one in columns),
                    tuple(one.unit for one in columns),
                    tuple(one.dataset for one in columns),
                    tuple(one.integer for one in columns),
                )
            )
        # 4 bytes of length and 8 of the number, as COPY has them
        numbers = [
            struct.unpack(">d", row.floats[at + 4 : at + 12])[0] for at in range(0, len(row.floats), 12)
        ]
        found |= set(seen_in(terms, (7, row.at, terms.keyset_ids[key], numbers, row.rest)))
    return found


def test_1_1_an_older_instance_is_history_alone() -> None:
    terms = terms_of("flow")
    first = write(terms, EMPTY, read(terms, instance(5, 50)), set(), renewed=True)
    assert first is not None
    older = write(terms, state_of(first), read(terms, instance(3, 30)), set())
    assert older is not None
    assert [row.at for row in older.rows] == [MARCH_US + 3 * MINUTE_US]
    assert older.after == older.before == first.after


def test_1_1_two_values_of_one_instant_need_two_rows() -> None:
    terms = terms_of("flow")
    done = write(terms, EMPTY, read(terms, instance(1, 10), instance(1, 11), instance(2, 20)), set())
    assert done is not None
    assert sorted(row.at or 0 for row in done.rows) == [
        MARCH_US + MINUTE_US,
        MARCH_US + MINUTE_US,
        MARCH_US + 2 * MINUTE_US,
    ]


def test_1_1_a_new_entity_has_a_row_even_without_instances() -> None:
    terms = terms_of("flow")
    nothing = Evolution(())
    assert write(terms, EMPTY, nothing, set()) is None
    created = write(terms, EMPTY, nothing, set(), renewed=True)
    assert created is not None
    assert len(created.rows) == 1


values = st.integers(-3, 3) | st.floats(-3, 3) | st.sampled_from(["on", "off"]) | st.booleans()
some = st.lists(
    st.builds(
        lambda minute, value, more: instance(minute, value, **more),
        st.integers(0, 9),
        values,
        st.sampled_from([{}, {"datasetId": "urn:d:1"}, {"unitCode": "CEL"}]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(some, st.integers(1, 12))
def test_1_1_what_is_sent_again_adds_nothing_in_whatever_parts(flow: list[dict[str, Any]], size: int) -> None:
    terms = terms_of("flow")
    whole = read(terms, *flow)
    done = write(terms, EMPTY, whole, set(), renewed=True)
    assert done is not None
    assert times_of(whole) == {row.at for row in done.rows}
    seen = seen_of(terms, done.rows)
    for start in range(0, len(flow), size):
        assert write(terms, state_of(done), read(terms, *flow[start : start + size]), seen) is None


@settings(max_examples=60, deadline=None)
@given(some, st.randoms(use_true_random=False))
def test_1_1_the_newest_makes_the_state_whenever_it_comes(flow: list[dict[str, Any]], random: Any) -> None:
    terms = terms_of("flow")
    newest = {}
    for one in flow:  # one value for each instant, so that "the newest" means one
        newest[one.get("datasetId"), one["observedAt"]] = one
    alone = list(newest.values())
    together = write(terms, EMPTY, read(terms, *alone), set(), renewed=True)
    assert together is not None
    random.shuffle(alone)
    state = EMPTY
    for one in alone:
        done = write(terms, state, read(terms, one), set())
        assert done is not None
        state = state_of(done)
    assert msgspec.json.decode(state[0]) == together.after[0]
