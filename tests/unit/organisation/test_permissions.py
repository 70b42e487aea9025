"""Who may do what, over what: the rule in Python, and that its parts agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.organisation.permissions import (
    NOT_FOR_KEYS,
    PERMISSIONS,
    Principal,
    Scope,
    scope_sql,
    system,
)
from haidang.organisation.roles import ADMINISTRATOR, BUILTIN

ids = st.none() | st.frozensets(st.integers(1, 5), min_size=1)
codes = st.none() | st.frozensets(st.sampled_from(["22", "24", "06688"]), min_size=1)
sectors = st.sampled_from([None, "transport", "environment"])
words = st.frozensets(st.sampled_from(sorted(PERMISSIONS)[:5]), min_size=1)
scopes = st.builds(Scope, words, ids, codes, sectors)


def holder(*held: Scope) -> Principal:
    return Principal("account:1", "An", 1, held)


def test_a_dimension_left_out_is_not_asked_and_none_is_only_for_the_unlimited() -> None:
    officer = holder(Scope(frozenset({"entity.read"}), frozenset({1, 2}), None, "transport"))
    assert officer.may("entity.read")
    assert officer.may("entity.read", org_id=2)
    assert officer.may("entity.read", org_id=2, area_code=None)
    assert not officer.may("entity.read", org_id=3)
    assert not officer.may("entity.read", org_id=None)
    assert not officer.may("entity.read", org_id=1, sector="environment")
    assert not officer.may("entity.read", org_id=1, sector=None)
    assert not officer.may("entity.write")


def test_require_names_the_permission_that_is_missing() -> None:
    with pytest.raises(Problem) as refused:
        holder().require("audit.read")
    assert refused.value.kind.code == "forbidden"
    assert refused.value.extra == {"permission": "audit.read"}


def test_limits_of_two_scopes_do_not_add_up() -> None:
    both = holder(
        Scope(frozenset({"entity.read"}), frozenset({1}), frozenset({"22"})),
        Scope(frozenset({"entity.read"}), frozenset({2}), frozenset({"24"})),
    )
    assert both.may("entity.read", org_id=1, area_code="22")
    assert not both.may("entity.read", org_id=1, area_code="24")


@given(scopes, scopes, st.integers(1, 6), st.sampled_from(["22", "24", "x"]), sectors)
def test_whatever_may_be_given_could_be_done_by_the_giver(
    own: Scope, given_scope: Scope, org: int, area: str, sector: str | None
) -> None:
    """No privilege escalation: what a permitted gift covers, the giver covers too."""
    giver = holder(own)
    if giver.may_give(given_scope):
        for permission in given_scope.permissions:
            if given_scope.covers(permission, org, area, sector):
                assert giver.may(permission, org_id=org, area_code=area, sector=sector)


@given(scopes)
def test_everybody_may_give_what_they_hold(own: Scope) -> None:
    assert holder(own).may_give(own)
    assert system("test").may_give(own)


def test_nobody_gives_all_who_holds_a_part() -> None:
    manager = holder(Scope(frozenset(PERMISSIONS), frozenset({1, 2})))
    assert not manager.may_give(Scope(frozenset({"entity.read"})))
    assert not manager.may_give(Scope(frozenset({"entity.read"}), frozenset({2, 3})))
    assert manager.may_give(Scope(frozenset({"entity.read"}), frozenset({2}), frozenset({"22"}), "transport"))


def test_sql_of_nothing_is_false_and_of_everything_is_true() -> None:
    assert scope_sql(holder(), "entity.read") == ("FALSE", {})
    assert scope_sql(system("test"), "entity.read") == ("TRUE", {})


def test_sql_leaves_out_a_column_that_the_table_has_not() -> None:
    officer = holder(Scope(frozenset({"account.read"}), frozenset({2, 1}), frozenset({"22"}), "transport"))
    where, values = scope_sql(officer, "account.read", org="a.org_id", area=None, sector=None)
    assert where == "((a.org_id = ANY(%(scope_org_0)s::int[])))"
    assert values == {"scope_org_0": [1, 2]}


def test_built_in_roles_hold_only_known_permissions_and_devices_make_no_keys() -> None:
    roles = {role.name: set(role.permissions) for role in BUILTIN}
    assert roles[ADMINISTRATOR] == set(PERMISSIONS)
    assert not roles["device"] & NOT_FOR_KEYS
    assert all(held <= set(PERMISSIONS) for held in roles.values())
