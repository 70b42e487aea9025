"""Names: from terms to IRIs to numbers and back, without a JSON-LD processor and without the network.

The core context is compiled in (``core_terms``; its terms always win); a site may pin ONE local context. What
neither knows falls into the default vocabulary. Attributes and types are interned: the database and this
module's dictionaries give each IRI a small number for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from haidang.base.problems import Problem
from haidang.city import core_terms
from haidang.city.model import BAD_DATA, NO_CONTEXT

NGSI, VOCABULARY = core_terms.NGSI, core_terms.VOCABULARY
CORE_URL = NGSI + "v1/ngsi-ld-core-context-v1.8.jsonld"
"""The core context we advertise."""

_CORE_URL = re.compile(r"https?://uri\.etsi\.org/ngsi-ld/v1/ngsi-ld-core-context(?:-v1\.[3-9])?\.jsonld\Z")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+\Z")
_NAME = re.compile(r"[\w\-.:/#~%@$&+*']+\Z")

_CORE_NAMES = {iri: term for term, iri in core_terms.TERMS.items()}


class Context(msgspec.Struct):
    """A compiled context: core terms, the pinned local ones, prefixes, the default vocabulary."""

    terms: dict[str, str]
    """Term to IRI, core terms applied last."""
    prefixes: dict[str, str]
    names: dict[str, str]
    """IRI to term."""
    vocabulary: str = VOCABULARY
    parts: tuple[dict[str, Any], ...] = ()
    """The term definitions it was compiled from, in order, for another process to compile again."""

    def expand(self, term: str) -> str:
        """Return the IRI of a term, a compact IRI or an IRI."""
        found = self.terms.get(term)
        if found is not None:
            return found
        prefix, colon, rest = term.partition(":")
        if colon:
            start = self.prefixes.get(prefix)
            return start + rest if start and not rest.startswith("//") else term
        return self.vocabulary + term

    def compact(self, iri: str) -> str:
        """Return the shortest name that expands to ``iri`` again."""
        found = self.names.get(iri)
        if found is not None:
            return found
        if iri.startswith(self.vocabulary):
            rest = iri[len(self.vocabulary) :]
            if rest and ":" not in rest and rest not in self.terms:
                return rest
        for prefix, start in self.prefixes.items():
            if iri.startswith(start) and len(iri) > len(start):
                return f"{prefix}:{iri[len(start) :]}"
        return iri


def compile_context(local: dict[str, Any] | None = None) -> Context:
    """Compile the core context and, below it, the body of a local ``{"@context": {…}}``."""
    terms: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    vocabulary = VOCABULARY
    parts = tuple(_parts((local or {}).get("@context", {})))
    for part in parts:
        for term, meaning in part.items():
            iri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if term == "@vocab" and isinstance(iri, str):
                vocabulary = iri
            elif isinstance(iri, str) and not term.startswith("@") and not iri.startswith("@"):
                terms[term] = iri
                if iri.endswith(("/", "#", ":")):
                    prefixes[term] = iri
    for term, iri in list(terms.items()):
        prefix, colon, rest = iri.partition(":")
        if not colon:
            terms[term] = vocabulary + iri
        elif prefix in prefixes and not rest.startswith("//"):
            terms[term] = prefixes[prefix] + rest
    prefixes |= core_terms.PREFIXES
    terms |= core_terms.TERMS
    names: dict[str, str] = {}
    for term, iri in terms.items():
        if term not in prefixes:
            names.setdefault(iri, term)
    names |= _CORE_NAMES
    return Context(terms=terms, prefixes=prefixes, names=names, vocabulary=vocabulary, parts=parts)


def _parts(context: Any) -> list[dict[str, Any]]:
    if isinstance(context, dict):
        return [context]
    if isinstance(context, list):
        return [part for part in context if isinstance(part, dict)]
    return []


CORE = compile_context()


def is_core_url(url: str) -> bool:
    """Say whether ``url`` is one of the core context's published addresses (v1.3 to v1.9)."""
    return bool(_CORE_URL.match(url))


def is_uri(text: object) -> bool:
    """Say whether ``text`` is an absolute IRI as ids must be."""
    return type(text) is str and bool(_IRI.match(text))


def check_name(name: str) -> str:
    """Return ``name`` if it can name an attribute or a type; raise ``Problem`` otherwise."""
    if not _NAME.match(name) or name.startswith("@") or len(name) > 512:
        raise Problem(
            BAD_DATA,
            f"“{name[:80]}” không phải là tên thuộc tính hay kiểu hợp lệ.",
            f"{name[:80]!r} cannot name an attribute or a type.",
        )
    return name


def no_context(url: str) -> Problem:
    """Return the refusal of a context that this site does not have."""
    return Problem(
        NO_CONTEXT,
        f"Máy chủ không có ngữ cảnh {url[:200]} và không tải từ mạng.",
        f"The context {url[:200]} is not held here and nothing is fetched from the network.",
    )


class Column(msgspec.Struct, frozen=True, gc=False):
    """A numeric place in history: attribute, unit, instance and whether its JSON number was an integer."""

    no: int
    """Number of the column in this process; keysets are interned by tuples of these."""
    attr: int
    key: str
    """``str(attr)``, as documents have it."""
    unit: str
    dataset: str
    integer: bool


class Keyset(msgspec.Struct, frozen=True, gc=False):
    """What the numbers of a row of history mean; parallel tuples."""

    id: int
    observed: bool
    attrs: tuple[int, ...]
    units: tuple[str, ...]
    datasets: tuple[str, ...]
    integers: tuple[bool, ...]


class Numbered(dict[int, str]):
    """Texts by number. One that another process has given since is learnt when its number is met."""

    def __init__(self, *known: tuple[int, str]) -> None:
        super().__init__(known)
        self.learn: Callable[[], None] = lambda: None

    def __missing__(self, number: int) -> str:
        self.learn()
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found


class Terms:
    """All interned names in memory; ``store.names`` fills and extends it.

    ``attr_ids`` and ``type_ids`` are keyed by IRI.
    """

    def __init__(self, context: Context = CORE, local_url: str | None = None) -> None:
        self.context = context
        self.local_url = local_url
        self.declared: Mapping[int, frozenset[int]] = {}
        """Attributes whose plain values can be found by an index, and the types for which all of them can."""
        self.lake: Path | None = None
        """Folder of the history's Parquet files; None in a process that was not told its data folder."""
        self.attr_ids: dict[str, int] = {}
        self.attr_iris = Numbered()
        self.type_ids: dict[str, int] = {}
        self.type_iris = Numbered()
        self.type_members: dict[int, tuple[int, ...]] = {}
        self.keysets: dict[int, Keyset] = {
            0: Keyset(0, True, (), (), (), ()),
            -1: Keyset(-1, False, (), (), (), ()),
        }
        self.keyset_ids: dict[tuple[bool, tuple[int, ...]], int] = {(True, ()): 0, (False, ()): -1}
        self.tenants: dict[str, int] = {"": 0}
        self.tenant_names = Numbered((0, ""))
        self._columns: dict[tuple[int, str, str, bool], Column] = {}
        self.columns: list[Column] = []
        self._names: dict[int, str] = {}
        self._type_names: dict[int, tuple[str, ...]] = {}

    def learn_by(self, learn: Callable[[], None]) -> None:
        """Say how numbers are learnt that another process has given."""
        for names in (self.attr_iris, self.type_iris, self.tenant_names):
            names.learn = learn

    def known_context(self, url: str) -> bool:
        """Say whether a Link or @context URL means what we have compiled."""
        return is_core_url(url) or (self.local_url is not None and url == self.local_url)

    def attr_id(self, name: str, context: Context | None = None) -> int | None:
        """Return the number of an attribute, None where nobody ever wrote it. Creates nothing."""
        return self.attr_ids.get((context or self.context).expand(name))

    def attr_name(self, number: int, context: Context | None = None) -> str:
        """Return the name of an attribute in a context (the site's own by default)."""
        if context is not None and context is not self.context:
            return context.compact(self.attr_iris[number])
        found = self._names.get(number)
        if found is None:
            found = self._names[number] = self.context.compact(self.attr_iris[number])
        return found

    def type_id(self, name: str, context: Context | None = None) -> int | None:
        """Return the number of a single type, None where no entity ever had it. Creates nothing."""
        return self.type_ids.get((context or self.context).expand(name))

    def type_names(self, number: int, context: Context | None = None) -> tuple[str, ...]:
        """Return the names of the type, or of all types that a combination joins."""
        if context is not None and context is not self.context:
            return tuple(context.compact(self.type_iris[one]) for one in self.members(number))
        found = self._type_names.get(number)
        if found is None:
            found = tuple(self.context.compact(self.type_iris[one]) for one in self.members(number))
            self._type_names[number] = found
        return found

    def members(self, number: int) -> tuple[int, ...]:
        """Return the single types of a type number (itself, unless it is a combination)."""
        if number not in self.type_iris:
            self.type_iris.learn()
        return self.type_members.get(number, (number,))

    def column(self, attr: int, unit: str, dataset: str, integer: bool) -> Column:
        """Return the numeric column, made on first use."""
        key = (attr, unit, dataset, integer)
        found = self._columns.get(key)
        if found is None:
            found = Column(len(self.columns), attr, str(attr), unit, dataset, integer)
            self._columns[key] = found
            self.columns.append(found)
        return found

    def has_column(self, place: tuple[int, str, str, bool]) -> bool:
        """Say whether a numeric column is there already."""
        return place in self._columns

    def add_keyset(self, keyset: Keyset) -> None:
        """Remember a keyset of the database."""
        self.keysets[keyset.id] = keyset
        numbers = tuple(
            self.column(*parts).no
            for parts in zip(keyset.attrs, keyset.units, keyset.datasets, keyset.integers, strict=True)
        )
        self.keyset_ids[keyset.observed, numbers] = keyset.id
