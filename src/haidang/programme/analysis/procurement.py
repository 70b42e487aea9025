"""The red flags of Open Contracting over packages and their bids, by their published definitions.

A flag is a question, never a verdict: it opens the file, names what it saw, and somebody answers it.
Thresholds are data (``data/flags.yaml``); where one is absent the definition's own fence is taken: the first
quartile less 1.5 times the distance of the quartiles, or the third and as much. A fence needs
:data:`FENCE_MIN` values.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

import msgspec
import numpy as np

FENCE_MIN = 4
"""Values under which quartiles say nothing."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A bid in a package."""

    bidder: str
    amount_dong: int
    submitted_at: datetime | None = None
    disqualified: bool = False
    winner: bool = False


class Tender(msgspec.Struct, frozen=True, kw_only=True):
    """A package with its bids."""

    package: str
    buyer: str
    method: str
    offers: tuple[Offer, ...]
    published_on: date | None = None
    closes_at: datetime | None = None
    price_only: bool = True
    """The price alone decides; else differences of prices say nothing."""
    category: str = ""
    """What was bought: a code whose first digits are its main class; empty where unknown."""

    @property
    def valid(self) -> tuple[Offer, ...]:
        """Bids that were not disqualified."""
        return tuple(offer for offer in self.offers if not offer.disqualified)

    @property
    def winner(self) -> Offer | None:
        """The one winning bid; None where there is none, or more than one."""
        winners = [offer for offer in self.offers if offer.winner]
        return winners[0] if len(winners) == 1 else None


class Thresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site may set; None takes the fence of the definition."""

    r003_days: dict[str, int]
    """Least calendar days from publication to closing, by method."""
    r024_difference: float | None = None
    r025_ratio: float | None = None
    r025_percentile: int = 75
    r035_disqualified: int = 1
    r038_ratio: float | None = None
    r038_bids_min: int = 2
    r038_packages_min: int = 2
    r048_variety: int | None = None
    r048_digits: int = 2
    r058_difference: float | None = None


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule saw, of a package, a bidder or a buyer."""

    code: str
    of: str
    """package, bidder or buyer."""
    subject: str
    value: float
    limit: float | None
    """What it was held against."""
    evidence: tuple[str, ...] = ()
    """The packages or bidders that it saw."""


Rule = Callable[[Sequence[Tender], Thresholds], Iterable[Flag]]


def flags(tenders: Sequence[Tender], thresholds: Thresholds) -> list[Flag]:
    """Return every flag, by code and subject."""
    found = [flag for rule in RULES.values() for flag in rule(tenders, thresholds)]
    return sorted(found, key=lambda flag: (flag.code, flag.of, flag.subject))


def _short_period(tenders: Sequence[Tender], thresholds: Thresholds) -> Iterable[Flag]:
    """R003: fewer days from publication to closing than the method asks for."""
    for tender in tenders:
        least = thresholds.r003_days.get(tender.method)
        if least is None or tender.published_on is None or tender.closes_at is None:
            continue
        days = (tender.closes_at.date() - tender.published_on).days
        if days < least:
            yield Flag(code="R003", of="package", subject=tender.package, value=days, limit=least)


def _single_bid(tenders: Sequence[Tender], _: Thresholds) -> Iterable[Flag]:
    """R018: one tenderer alone, where more could have bid."""
    for tender in tenders:
        bidders = {offer.bidder for offer in tender.offers}
        if len(bidders) == 1 and tender.method not in ("direct", "self"):
            yield Flag(
                code="R018",
                of="package",
                subject=tender.package,
                value=1,
                limit=1,
                evidence=tuple(sorted(bidders)),
            )


def _differences(tenders: Sequence[Tender]) -> dict[str, Fraction]:
    """Return (second-lowest valid bid - winning bid) ÷ winning bid, where the lowest bid won by its price."""
    found = {}
    for tender in tenders:
        winner = tender.winner
        prices = sorted(offer.amount_dong for offer in tender.valid)
        alone = len({offer.bidder for offer in tender.valid}) < len(tender.valid)
        if winner is None or not tender.price_only or len(prices) < 2 or alone:
            continue
        if winner.amount_dong != prices[0] or winner.amount_dong == 0:
            continue
        found[tender.package] = Fraction(prices[1] - prices[0], prices[0])
    return found


def _price_close(tenders: Sequence[Tender], thresholds: Thresholds) -> Iterable[Flag]:
    """R024: the second-lowest bid is unusually near to the winner's."""
    differences = _differences(tenders)
    limit = _limit(thresholds.r024_difference, differences.values(), low=True)
    yield from _beyond("R024", "package", differences, limit, low=True)


def _heavy_discount(tenders: Sequence[Tender], thresholds: Thresholds) -> Iterable[Flag]:
    """R058: the winner is unusually far below the second-lowest bid."""
    differences = _differences(tenders)
    limit = _limit(thresholds.r058_difference, differences.values(), low=False)
    yield from _beyond("R058", "package", differences, limit, low=False)


def _unsuccessful(tenders: Sequence[Tender], thresholds: Thresholds) -> Iterable[Flag]:
    """R025: who bids much and wins unusually seldom."""
    bids: Counter[str] = Counter()
    won: Counter[str] = Counter()
    for tender in tenders:
        if tender.winner is None:
            continue
        bids.update({offer.bidder for offer in tender.valid})
        won[tender.winner.bidder] += 1
    if len(bids) < FENCE_MIN and thresholds.r025_ratio is None:
        return
    ratios = {bidder: Fraction(won[bidder], count) for bidder, count in bids.items()}
    limit = _limit(thresholds.r025_ratio, ratios.values(), low=True)
    many = float(np.percentile(list(bids.values()), thresholds.r025_percentile)) if bids else 0.0
    top = {bidder: ratio for bidder, ratio in ratios.items() if bids[bidder] >= many}
    yield from _beyond("R025", "bidder", top, limit, low=True)


def _identical(tenders: Sequence[Tender], _: Thresholds) -> Iterable[Flag]:
    """R028: different tenderers offered the same price."""
    for tender in tenders:
        by_price: dict[int, set[str]] = {}
        for offer in tender.offers:
            by_price.setdefault(offer.amount_dong, set()).add(offer.bidder)
        same = {bidder for bidders in by_price.values() if len(bidders) > 1 for bidder in bidders}
        if same:
            yield Flag(
                code="R028",
                of="package",
                subject=tender.package,
                value=1,
                limit=None,
                evidence=tuple(sorted(same)),
            )


def _late_won(tenders: Sequence[Tender], _: Thresholds) -> Iterable[Flag]:
    """R030: the winning bid came after the closing."""
    for tender in tenders:
        winner, closes = tender.winner, tender.closes_at
        if winner is None or closes is None or winner.submitted_at is None or winner.submitted_at <= closes:
            continue
        minutes = (winner.submitted_at - closes).total_seconds() / 60
        yield Flag(
            code="R030",
            of="package",
            subject=tender.package,
            value=minutes,
            limit=0,
            evidence=(winner.bidder,),
        )


def _all_others_out(tenders: Sequence[Tender], thresholds: Thresholds) -> Iterable[Flag]:
    """R035: every tenderer but the winner was disqualified."""
    for tender in tenders:
        winner = tender.winner
        if winner is None or {offer.bidder for offer in tender.valid} != {winner.bidder}:
            continue
        out = {offer.bidder for offer in tender.offers if offer.disqualified} - {winner.bidder}
        if len(out) >= max(1, thresholds.r035_disqualified):
            yield Flag(
                code="R035", of="package", subject=tender.package, value=len(out),
                limit=thresholds.r035_disqualified, evidence=tuple(sorted(out)),
            )  # fmt: skip


def _lowest_out(tenders: Sequence[Tender], _: Thresholds) -> Iterable[Flag]:
    """R036: the lowest bid was disqualified where the price alone decides."""
    for tender in tenders:
        if not tender.price_only or not any(offer.winner for offer in tender.offers):
            continue
        lowest = min(offer.amount_dong for offer in tender.offers)
        out = {offer.bidder for offer in tender.offers if offer.amount_dong == lowest and offer.disqualified}
        if out:
            yield Flag(
                code="R036",
                of="package",
                subject=tender.package,
                value=1,
                limit=None,
                evidence=tuple(sorted(out)),
            )


def _excessive_disqualification(tenders: Sequence[Tender], thresholds: Thresholds) -> Iterable[Flag]:
    """R038: a buyer disqualifies, or a tenderer is disqualified, unusually often."""
    buyers: dict[str, list[bool]] = {}
    bidders: dict[str, list[bool]] = {}
    packages: Counter[str] = Counter(tender.buyer for tender in tenders if tender.offers)
    for tender in tenders:
        for offer in tender.offers:
            buyers.setdefault(tender.buyer, []).append(offer.disqualified)
            bidders.setdefault(offer.bidder, []).append(offer.disqualified)
    kept = {buyer: out for buyer, out in buyers.items() if packages[buyer] >= thresholds.r038_packages_min}
    often = {bidder: out for bidder, out in bidders.items() if len(out) >= thresholds.r038_bids_min}
    for of, group in (("buyer", kept), ("bidder", often)):
        ratios = {name: Fraction(sum(out), len(out)) for name, out in group.items()}
        limit = _limit(thresholds.r038_ratio, ratios.values(), low=False)
        found = {name: ratio for name, ratio in ratios.items() if ratio > 0}
        yield from _beyond("R038", of, found, limit, low=False)


def _heterogeneous(tenders: Sequence[Tender], thresholds: Thresholds) -> Iterable[Flag]:
    """R048: a supplier of unusually many kinds of things."""
    kinds: dict[str, set[str]] = {}
    for tender in tenders:
        if tender.winner is not None and tender.category:
            kinds.setdefault(tender.winner.bidder, set()).add(tender.category[: thresholds.r048_digits])
    varieties = {bidder: Fraction(len(found)) for bidder, found in kinds.items()}
    limit = _limit(thresholds.r048_variety, varieties.values(), low=False)
    yield from _beyond(
        "R048", "bidder", {name: n for name, n in varieties.items() if n > 1}, limit, low=False
    )


RULES: Mapping[str, Rule] = {
    "R003": _short_period, "R018": _single_bid, "R024": _price_close, "R025": _unsuccessful,
    "R028": _identical, "R030": _late_won, "R035": _all_others_out, "R036": _lowest_out,
    "R038": _excessive_disqualification, "R048": _heterogeneous, "R058": _heavy_discount,
}  # fmt: skip


def _limit(given: float | None, values: Iterable[Fraction], *, low: bool) -> float | None:
    """Return the limit that the site set, or the fence; None where there is too little for a fence."""
    if given is not None:
        return float(given)
    known = [float(value) for value in values]
    if len(known) < FENCE_MIN:
        return None
    first, third = np.quantile(known, (0.25, 0.75))
    apart = float(third - first)
    fence = float(first) - 1.5 * apart if low else float(third) + 1.5 * apart
    # Where the middle half is all alike, what is like it is no outlier, though the definition's "or equal".
    return math.nextafter(fence, -math.inf if low else math.inf) if apart == 0 else fence


def _beyond(
    code: str, of: str, values: Mapping[str, Fraction], limit: float | None, *, low: bool
) -> Iterable[Flag]:
    if limit is None:
        return
    for subject, value in values.items():
        if (float(value) <= limit) if low else (float(value) >= limit):
            yield Flag(code=code, of=of, subject=subject, value=float(value), limit=limit)
