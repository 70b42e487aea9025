"""Whom a name means today: aliases, abbreviations, reorganisations, collectives. Pure.

A document names units of its own day. :meth:`Directory.party` looks the name up on that day, follows the
successions to today, and says how it came there. What was split or abolished, what several units are called,
and what is vague ("các đơn vị liên quan") is never decided here: ``choice_needed``, and a person chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from haidang.organisation.model import Org, OrgSuccession
from haidang.organisation.org_names import Heir, carried_on_by, name_key


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A name as the document has it (extraction's ``Name``, kept with a candidate)."""

    text: str
    name: str
    kind: Literal["org", "collective", "unresolved"]
    exceptions: tuple[str, ...] = ()
    start: int
    end: int


_SALUTATION = re.compile(r"(?:đồng chí|đ/c|ông|bà(?!\s+rịa\b))\.?\s+", re.IGNORECASE)


def leader_called(words: str) -> str:
    """Return a leader's office and name without a salutation, with which he would be counted as another."""
    plain = " ".join(words.split())
    return _SALUTATION.sub("", plain, count=1) if _SALUTATION.match(plain) else plain


class Via(msgspec.Struct, frozen=True, kw_only=True):
    """How today's unit followed the one that is named."""

    kind: str
    """renamed, merged, split, abolished."""
    from_name: str
    on_date: date
    legal_basis: str | None = None


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of today that a name means, or may mean."""

    id: int
    name: str
    via: Via | None = None
    scope: str | None = None
    """What of the old unit's work it carries on, after a split."""


class Hint(msgspec.Struct, frozen=True):
    """Why a person must choose, in both languages."""

    vi: str
    en: str


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """An addressee: as written, and the units of today."""

    text: str
    name: str
    kind: Literal["org", "collective", "unresolved"]
    orgs: tuple[Meant, ...] = ()
    """Where ``choice_needed``: whom it may mean."""
    exceptions: tuple[str, ...] = ()
    choice_needed: bool = False
    hint: Hint | None = None
    start: int | None = None
    end: int | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a collective means, from day to day (``data/groups.yaml``)."""

    group: str
    vi: str
    en: str
    says: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    under: Literal["root", "any"] = "any"
    valid_from: date | None = None
    valid_to: date | None = None
    legal_basis: str | None = None

    def ended(self, day: date) -> bool:
        """Say whether there is no such thing any more on a day."""
        return self.valid_to is not None and day >= self.valid_to


class Groups(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of groups."""

    vague: tuple[str, ...]
    groups: tuple[Group, ...]


class OwnGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of the site's own; its row."""

    id: int
    name: str
    key: str
    members: tuple[int, ...]
    valid_from: date
    valid_to: date | None
    decision: str


class _Called(NamedTuple):
    """A name under which a unit is known."""

    org: Org
    rank: int
    since: date | None
    until: date | None


class Directory:
    """The units of a site with all their names, as they stand on a day."""

    def __init__(
        self,
        orgs: Sequence[Org],
        successions: Iterable[OrgSuccession],
        groups: Groups,
        own: Iterable[OwnGroup],
        today: date,
    ) -> None:
        self.orgs = {each.id: each for each in orgs}
        self.today = today
        self._successions = tuple(successions)
        self._groups = groups
        self._own = tuple(
            each
            for each in own
            if each.valid_from <= today and not (each.valid_to and each.valid_to <= today)
        )
        root = next((each for each in orgs if each.parent_id is None), None)
        self._place = _place(root.name) if root else ""
        self._names: dict[str, list[_Called]] = {}
        self._bare: dict[str, list[_Called]] = {}
        self._said: dict[tuple[Any, ...], Party] = {}
        for org in orgs:
            for name, rank, since, until in _names_of(org):
                key = name_key(name)
                self._names.setdefault(key, []).append(_Called(org, rank, since, until))
                bare = self._without_place(key)
                # "Xã An Bình" is told as well as its committee.
                for each in dict.fromkeys((bare, bare.removeprefix("ubnd "))):
                    self._bare.setdefault(each, []).append(_Called(org, rank, since, until))

    def party(self, written: Written, on: date) -> Party:
        """Return whom a name of a document of a day means today."""
        key = (written.text, written.name, written.kind, written.exceptions, on)
        if key not in self._said:
            self._said[key] = self._party(written, on)
        return msgspec.structs.replace(self._said[key], start=written.start, end=written.end)

    def _party(self, written: Written, on: date) -> Party:
        if written.kind == "collective":
            return self._collective(written, on)
        found = self._called(written, on)
        if not found:
            hint = Hint("Chưa nhận ra đơn vị này.", "No unit of this name is known.")
            return _party(written, (), choose=hint)
        if len(found) > 1:
            hint = Hint("Tên này có thể là nhiều đơn vị.", "Several units have this name.")
            return _party(written, tuple(Meant(id=org.id, name=org.name) for org in found), choose=hint)
        return self._today(written, found[0])

    def exists(self, org_id: int) -> bool:
        """Say whether a unit stands today."""
        org = self.orgs.get(org_id)
        return org is not None and _holds(org, self.today)

    def name(self, org_id: int) -> str:
        """Return a unit's name."""
        org = self.orgs.get(org_id)
        return org.name if org else f"#{org_id}"

    def site_names(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return every unit's name with its other ones, for the gazetteer of the reading."""
        return [
            (org.name, tuple(name for name, rank, _, _ in _names_of(org) if rank > 1))
            for org in self.orgs.values()
        ]

    def _called(self, written: Written, on: date) -> list[Org]:
        """Return the best matches: by the whole name on the day, then on any day, then without the place."""
        keys = list(dict.fromkeys((name_key(written.name), name_key(written.text))))
        bare = [self._without_place(key) for key in keys]
        for names, wanted in ((self._names, keys), (self._bare, bare)):
            for day in (on, None):
                for key in wanted:
                    found = _best(names.get(key, ()), day) if key else []
                    if found:
                        return found
        return []

    def _today(self, written: Written, org: Org) -> Party:
        inheritance = carried_on_by(org.id, self.today, self._successions)
        if inheritance.unchanged:
            if _holds(org, self.today):
                return _party(written, (Meant(id=org.id, name=org.name),))
            hint = Hint("Đơn vị này không còn tồn tại.", "This unit exists no more.")
            return _party(written, (), choose=hint)
        heirs = tuple(self._meant(org, heir) for heir in inheritance.heirs)
        if len(heirs) == 1 and not inheritance.person_chooses and inheritance.heirs[0].kind != "split":
            return _party(written, heirs)
        hint = (
            Hint(
                "Đơn vị đã được tách; hãy chọn đơn vị nhận việc.",
                "It was split: choose who carries on.",
            )
            if heirs
            else Hint("Đơn vị đã giải thể; hãy chọn đơn vị nhận việc.", "Abolished: choose who carries on.")
        )
        return _party(written, heirs, choose=hint)

    def _meant(self, old: Org, heir: Heir) -> Meant:
        via = Via(kind=heir.kind, from_name=old.name, on_date=heir.on_date, legal_basis=heir.legal_basis)
        return Meant(id=heir.org_id, name=self.name(heir.org_id), via=via, scope=heir.scope)

    def _collective(self, written: Written, on: date) -> Party:
        key = name_key(written.text)
        own = next((each for each in self._own if _says(key, each.key)), None)
        if own is not None:
            members, hint = self._own_members(own)
        else:
            members, hint = self._members(key)
        left_out, unknown = self._exceptions(written.exceptions, on)
        if unknown:
            word = ", ".join(unknown)
            hint = Hint(f"Chưa rõ ngoại lệ: {word}.", f"These exceptions are not known: {word}.")
        orgs = tuple(Meant(id=org, name=self.name(org)) for org in members if org not in left_out)
        if hint is None and not orgs:
            hint = Hint("Cụm này chưa rõ gồm đơn vị nào.", "It is not clear whom this means.")
        return _party(written, orgs, choose=hint)

    def _own_members(self, own: OwnGroup) -> tuple[list[int], Hint | None]:
        standing = [org for org in own.members if self.exists(org)]
        if len(standing) == len(own.members):
            return standing, None
        return standing, Hint(
            f"Nhóm “{own.name}” có đơn vị không còn tồn tại.",
            f"The group “{own.name}” has units that exist no more.",
        )

    def _members(self, key: str) -> tuple[list[int], Hint | None]:
        meant = [each for each in self._groups.groups if any(_says(key, word) for word in each.says)]
        hint: Hint | None = None
        found: dict[int, None] = {}
        for group in meant:
            if group.ended(self.today):
                since = f"{group.valid_to:%d/%m/%Y}"
                hint = Hint(
                    f"{group.vi}: không còn từ {since} ({group.legal_basis}); hãy chọn đơn vị nhận việc.",
                    f"{group.en}: no more since {since}; choose who carries on.",
                )
                continue
            for org in self._of(group):
                found.setdefault(org.id)
        if hint is None and any(_says(key, word) for word in self._groups.vague):
            hint = Hint("“Liên quan” là đơn vị nào: hãy chọn.", "Which ones is for you to choose.")
        return list(found), hint

    def members_of(self, group: Group) -> list[Meant]:
        """Return who belongs to a group today; nobody where it has ended."""
        found = [] if group.ended(self.today) else self._of(group)
        return [Meant(id=org.id, name=org.name) for org in found]

    def _of(self, group: Group) -> list[Org]:
        found = [
            org
            for org in self.orgs.values()
            if org.kind in group.kinds
            and _holds(org, self.today)
            and (group.under == "any" or len(org.path) == 2)
        ]
        return sorted(found, key=lambda org: org.id)

    def _exceptions(self, names: Iterable[str], on: date) -> tuple[set[int], list[str]]:
        """Return the units that are left out, and the names that mean none for certain."""
        left_out: set[int] = set()
        unknown: list[str] = []
        for name in names:
            party = self.party(Written(text=name, name=name, kind="org", start=0, end=0), on)
            if party.choice_needed:
                unknown.append(name)
            left_out |= {each.id for each in party.orgs} if not party.choice_needed else set()
        return left_out, unknown

    def _without_place(self, key: str) -> str:
        """Return a folded name without the province: "so xay dung tinh bac ninh" is "so xay dung"."""
        key = key.removesuffix(" mo phong")
        if self._place:
            key = key.removesuffix(f" {self._place}")
        return re.sub(r" (tinh|tp)$", "", key)


def _place(root: str) -> str:
    """Return the province's name, folded: of "Ủy ban nhân dân tỉnh Bắc Ninh" it is "bac ninh"."""
    key = name_key(root).removesuffix(" mo phong")
    found = re.match(r"ubnd (?:tinh|tp) (.+)$", key)
    return found[1] if found else ""


def _names_of(org: Org) -> Iterable[tuple[str, int, date | None, date | None]]:
    yield org.name, 1, None, None
    if org.short_name:
        yield org.short_name, 2, None, None
    for alias in org.aliases:
        yield alias.text, 3, alias.valid_from, alias.valid_to


def _best(called: Iterable[_Called], day: date | None) -> list[Org]:
    """Return whom a name means on a day (None: on any day), only those of the best rank, each once."""
    standing = [
        each
        for each in called
        if day is None
        or (
            _holds(each.org, day)
            and (each.since is None or each.since <= day)
            and (each.until is None or day < each.until)
        )
    ]
    if not standing:
        return []
    best = min(each.rank for each in standing)
    return list({each.org.id: each.org for each in standing if each.rank == best}.values())


def _holds(org: Org, day: date) -> bool:
    return (org.valid_from is None or org.valid_from <= day) and (org.valid_to is None or day < org.valid_to)


def _says(key: str, words: str) -> bool:
    """Say whether a folded text has some words in this order, as whole words."""
    return f" {words} " in f" {key} "


def _party(written: Written, orgs: tuple[Meant, ...], *, choose: Hint | None = None) -> Party:
    return Party(
        text=written.text, name=written.name, kind=written.kind, orgs=orgs, exceptions=written.exceptions,
        choice_needed=choose is not None, hint=choose, start=written.start, end=written.end,
    )  # fmt: skip
