"""The outturn of a financial year: budget, committed, actual, expected and variance, and the nights behind each figure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from placewell.kernel.money import ZERO, to_penny
from placewell.kernel.periods import financial_year, financial_year_period

from .. import matching, models, rules, runrate, states
from .demand import Outlook, outlook_of
from .months import line_of
from .outturn_rows import Fact, Outturn, Row

DEAREST = 12  # providers that stand alone on the page


def facts(*, year: int, on: dt.date, month: dt.date | None = None, **wanted: Any) -> list[Fact]:
    """Return every commitment's cost by month in a financial year, or in one *month* of it: the nights behind a figure.

    *wanted* narrows the commitments (category, provider).
    """
    period = financial_year_period(year)
    start, end = (month, rules.next_month(month)) if month else (period.start, period.end or on)
    live = models.Commitment.objects.filter(
        state=states.Commitment.LIVE, start_on__lt=end, end_on__gt=start, **{k: v for k, v in wanted.items() if v}
    )
    charged = _charged(start, end)
    found = []
    for row in live.select_related("provider").order_by("start_on", "pk"):
        line = line_of(row)
        for first, last in rules.months_of(max(start, row.start_on), min(end, row.end_on)):
            a, b = max(first, row.start_on, start), min(last, row.end_on, end)
            cost = rules.cost_between(line, a, b)
            until = min(max(on, a), b)
            gone, actual = rules.cost_between(line, a, until), charged.get((row.pk, first), ZERO)
            found.append(Fact(first, row, (b - a).days, cost, gone, actual, (until - a).days))
    return found


def _charged(start_on: dt.date, end_on: dt.date) -> dict[tuple[Any, dt.date], Decimal]:
    """Return what was charged of each commitment in each month of [start_on, end_on)."""
    found: dict[tuple[Any, dt.date], Decimal] = defaultdict(lambda: ZERO)
    rows = models.Charge.objects.filter(is_live=True, start_on__lt=end_on, end_on__gt=start_on)
    for pk, first, last, amount in rows.values_list("commitment", "start_on", "end_on", "amount"):
        for month, after in rules.months_of(max(first, start_on), min(last, end_on)):
            found[pk, month] += matching.part_of(amount, first, last, max(month, first), min(after, last))
    return found


def outturn(*, year: int, on: dt.date) -> Outturn:
    """Return a financial year's outturn as it stands on the day *on*."""
    known = facts(year=year, on=on)
    envelopes = list(models.Envelope.objects.filter(financial_year=year).prefetch_related("lots"))
    budget = sum((each.amount + each.allowed_beyond for each in envelopes), ZERO) if envelopes else None
    rows = list({fact.row.pk: fact.row for fact in known}.values())
    history = _history(year, on)
    whole = _outlook(history, budget, "", year, on)
    months = _months(known, budget, year, on, whole)
    total = _sum("total", f"Whole of {rules.year_words(year)}", known, budget)
    total.expected = whole.at(0.5) if whole else total.committed
    return Outturn(
        year=year,
        on=on,
        total=total,
        months=months,
        lots=_lots(known, envelopes, history, year, on),
        providers=_providers(known),
        funders=_funders(known, rows),
        outlook=whole,
        **_running(known, whole, year, on),
    )


def _history(year: int, on: dt.date) -> list[models.Commitment]:
    """Return the live commitments that the run-rate of a year looks at: two years back to its end."""
    period = financial_year_period(year)
    since = min(on, period.start) - dt.timedelta(days=800)
    live = models.Commitment.objects.filter(state=states.Commitment.LIVE, end_on__gt=since, start_on__lt=period.end)
    return list(live.only("category", "line", "weekly_fee", "percent", "start_on", "end_on"))


def _outlook(rows: list, budget: Decimal | None, category: str, year: int, on: dt.date) -> Outlook | None:
    """Return what is expected of a year that has begun and not passed; None for another."""
    if financial_year(on) != year or not rows:
        return None
    crossing = states.Crossing.LOT if category else states.Crossing.YEAR
    return outlook_of(rows, crossing=crossing, category=category, limit=budget or ZERO, years=[year], on=on)


def _sum(key: str, name: str, known: Collection[Fact], budget: Decimal | None = None) -> Row:
    row = Row(key, name, budget)
    for fact in known:
        row.committed += fact.committed
        row.gone += fact.gone
        row.actual += fact.actual
    row.ahead = len({fact.row.source for fact in known if fact.nights > fact.nights_gone})
    return row


def _months(known: list[Fact], budget: Decimal | None, year: int, on: dt.date, whole: Outlook | None) -> list[Row]:
    """Return the months: a closed one shows its frozen figures, and what changed since."""
    by_month = defaultdict(list)
    for fact in known:
        by_month[fact.month].append(fact)
    frozen, to_come = _frozen(year), {day.replace(day=1): each for day, each in whole.months} if whole else {}
    period, found = financial_year_period(year), []
    end = period.end or on
    for month, after in rules.months_of(period.start, end):
        row = _sum(
            month.isoformat(),
            rules.month_words(month),
            by_month[month],
            _share(budget, month, after, period.start, end),
        )
        if month in frozen:
            now = row.committed
            row.committed, row.actual = frozen[month]
            row.gone = row.committed
            row.is_closed, row.since_closing = True, now - row.committed
        gone = sum((fact.gone for fact in by_month[month]), ZERO)
        row.expected = row.committed if month not in to_come else gone + to_penny(Decimal(str(to_come[month].mean)))
        found.append(row)
    return found


def _share(budget: Decimal | None, month: dt.date, after: dt.date, start: dt.date, end: dt.date) -> Decimal | None:
    """Return a month's part of the year's budget, by days: the parts sum to the whole."""
    return None if budget is None else matching.part_of(budget, start, end, month, after)


def _frozen(year: int) -> dict[dt.date, tuple[Decimal, Decimal]]:
    """Return what the closed months of a year were closed with: (committed, actual)."""
    period = financial_year_period(year)
    found: dict[dt.date, tuple[Decimal, Decimal]] = {}
    figures = models.MonthFigure.objects.filter(
        closed__reopened_at=None, closed__month__gte=period.start, closed__month__lt=period.end
    )
    for month, committed, actual in figures.values_list("closed__month", "committed", "actual"):
        before = found.get(month, (ZERO, ZERO))
        found[month] = before[0] + committed, before[1] + actual
    return found


def _lots(known: list[Fact], envelopes: list, history: list, year: int, on: dt.date) -> list[Row]:
    shares: dict[str, Decimal] = {}
    for envelope in envelopes:
        for share in envelope.lots.all():
            shares[share.category] = shares.get(share.category, ZERO) + share.amount
    by_lot = defaultdict(list)
    for fact in known:
        by_lot[fact.row.category].append(fact)
    found = []
    for category in sorted(set(by_lot) | set(shares)):
        row = _sum(category, category.replace("_", " ").capitalize(), by_lot[category], shares.get(category))
        rows = [each for each in history if each.category == category]
        outlook = _outlook(rows, row.budget, category, year, on)
        row.expected = outlook.at(0.5) if outlook else row.committed
        found.append(row)
    return found


def _providers(known: list[Fact]) -> list[Row]:
    by_provider = defaultdict(list)
    for fact in known:
        by_provider[fact.row.provider].append(fact)
    rows = [_sum(str(provider.pk), provider.name, kept) for provider, kept in by_provider.items()]
    rows.sort(key=lambda row: (-row.committed, row.name))
    return rows


def dearest(rows: list[Row]) -> list[Row]:
    """Return the providers that cost most, and all others as one row."""
    first, rest = rows[:DEAREST], rows[DEAREST:]
    if not rest:
        return first
    others = Row("", f"{len(rest)} others")
    for row in rest:
        others.committed += row.committed
        others.gone += row.gone
        others.actual += row.actual
    return [*first, others]


def _funders(known: list[Fact], rows: list[models.Commitment]) -> list[Row]:
    """Return what each funder bears: the shares of each night's cost, which sum to the whole."""
    shares = defaultdict(list)
    for share in models.FundingShare.objects.filter(source__in={row.source for row in rows}):
        shares[share.source].append(share)
    found = {each.value: Row(each.value, each.value.replace("_", " ").capitalize()) for each in states.Funder}
    for fact in known:
        last = fact.month.replace(day=1)
        live = [
            s
            for s in shares[fact.row.source]
            if s.start_on < rules.next_month(last) and (s.end_on or dt.date.max) > last
        ]
        for name in ("committed", "actual", "gone"):
            for funder, amount in _borne(fact, getattr(fact, name), live).items():
                setattr(found[funder], name, getattr(found[funder], name) + amount)
    return [row for row in found.values() if row.committed or row.actual]


def _borne(fact: Fact, amount: Decimal, live: list[models.FundingShare]) -> dict[str, Decimal]:
    """Return an amount by funder: each share counts for the nights of the month on which it ran."""
    first = max(fact.month, fact.row.start_on)
    last = min(rules.next_month(fact.month), fact.row.end_on)
    nights = max(1, (last - first).days)
    percents: dict[str, Decimal] = {}
    for share in live:
        ran = (min(last, share.end_on or last) - max(first, share.start_on)).days
        percents[share.funder] = percents.get(share.funder, ZERO) + share.percent * max(0, ran) / nights
    return rules.shares(amount, percents, rest=states.Funder.SOCIAL_CARE)


def _running(known: list[Fact], whole: Outlook | None, year: int, on: dt.date) -> dict[str, list]:
    """Return the running total of nights gone by month, and the fan of what is still to come."""
    period = financial_year_period(year)
    gone: dict[dt.date, Decimal] = defaultdict(lambda: ZERO)
    for fact in known:
        gone[fact.month] += fact.gone
    spent, total = [], ZERO
    for month, _ in rules.months_of(period.start, min(on, period.end or on) or period.start):
        total += gone[month]
        if rules.next_month(month) <= on:
            spent.append(total)
    if whole is None:
        return {"spent": spent, "fan": []}
    fan, middle, share = [], float(total), 0.0
    ends = sum((each.spread for _, each in whole.months), 0.0) or 1.0
    for day, each in whole.months:
        middle += each.mean
        share += each.spread / ends
        wide = runrate.Projection(middle, whole.projection.spread * share, float(total))
        fan.append((f"{day:%b}", wide.level(0.1), middle, wide.level(0.9)))
    return {"spent": spent, "fan": fan}


def reconcile(*, on: dt.date) -> list[tuple[str, Decimal, Decimal]]:
    """Return (year, what the years' rows say, what the nights cost) where they differ: none, ever."""
    kept: dict[int, Decimal] = {}
    years = models.CommitmentYear.objects.filter(commitment__state=states.Commitment.LIVE)
    for year, amount in years.values_list("financial_year", "amount"):
        kept[year] = kept.get(year, ZERO) + amount
    found = []
    for year, amount in sorted(kept.items()):
        nights = sum((fact.committed for fact in facts(year=year, on=on)), ZERO)
        if nights != amount:
            found.append((rules.year_words(year), amount, nights))
    return found
