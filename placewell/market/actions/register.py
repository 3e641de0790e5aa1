"""Bring in the regulator's register: what is new, what changed, what vanished, and which grades fell."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from django.db import connection, transaction

from placewell.accounts.actions import add_providers
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import given_files
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.periods import day_of

from .. import models, register, states
from ._telling import tell_of_grades

BATCH = 2000
STATED = tuple(f.name for f in fields(register.Entry) if f.name not in ("urn", "owner", "sector"))


@dataclass(frozen=True)
class Report:
    """What a file of the register brought, or would bring."""

    digest: str
    as_at: dt.date
    files: tuple[str, ...]
    counts: dict[str, int]
    left_out: tuple[register.RowFault, ...] = ()
    fallen: tuple[tuple[str, str, str], ...] = ()  # (number, grade before, grade after)
    vanished: tuple[str, ...] = ()
    already_in: bool = False
    was_written: bool = False


@dataclass
class _Plan:
    new: list[register.Entry] = field(default_factory=list)
    changed: list[models.Registration] = field(default_factory=list)
    moved: list[models.Registration] = field(default_factory=list)
    vanished: list[models.Registration] = field(default_factory=list)
    confirmed: list[models.Registration] = field(default_factory=list)
    fallen: list[tuple[models.Registration, states.Grade, states.Grade]] = field(default_factory=list)
    new_owners: dict[str, register.Entry] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)


@transaction.atomic
def import_register(
    *,
    files: Sequence[GivenFile],
    as_at: dt.date,
    by: User,
    now: dt.datetime,
    dry_run: bool = False,
    is_part: bool = False,
) -> Report:
    """Bring in one edition of the register as it was on *as_at*, or only say what that would change.

    A registration that is no longer in it is closed with that date, never deleted; *is_part* says that the files
    are a part of the register only, so that nothing is closed.

    Raises:
        BadInput: a file can't be read, or has far fewer rows than are registered; nothing changes.
    """
    require(by, Permission.IMPORT_REGISTER, now=now)
    if as_at > day_of(now):
        raise BadInput([Fault("", "the register cannot be as at a day to come")])
    digest = given_files.digest(files)
    found = register.read(files)
    with connection.cursor() as cursor:  # two imports at once wait for each other
        cursor.execute("select pg_advisory_xact_lock(hashtext('market.register'))")
    names = tuple(file.name for file in files)
    if models.RegisterImport.objects.filter(digest=digest).exists():
        return Report(digest, as_at, names, dict(found.read), already_in=True)
    owners = {register.same_owner(row.name): row for row in models.Provider.objects.order_by("pk")}
    plan = _plan(found, owners=owners, as_at=as_at, is_part=is_part)
    report = Report(
        digest=digest,
        as_at=as_at,
        files=names,
        counts={"rows": found.read["rows"]} | dict(sorted(plan.counts.items())) | {"rows left out": len(found.faults)},
        left_out=tuple(found.faults),
        fallen=tuple((row.urn, before, after) for row, before, after in plan.fallen),
        vanished=tuple(row.urn for row in plan.vanished),
        was_written=not dry_run,
    )
    if dry_run:
        return report
    _write(plan, found, owners, as_at=as_at, by=by, now=now)
    made = models.RegisterImport.objects.create(
        digest=digest, as_at=as_at, file_name=", ".join(names)[:200], counts=report.counts, by=by, at=now
    )
    record(
        what="market.register.imported",
        subject=made,
        by=by,
        now=now,
        after={"as_at": str(as_at), "counts": report.counts},
        told=f"The register as at {as_at} was brought in",
    )
    return report


def _plan(found: register.Register, *, owners: dict[str, models.Provider], as_at: dt.date, is_part: bool) -> _Plan:
    """Compare the register with what is held; rows are changed in memory only."""
    plan = _Plan()
    held = {row.urn: row for row in models.Registration.objects.all()}
    for urn, entry in found.entries.items():
        owner = register.same_owner(entry.owner)
        if owner not in owners:
            plan.new_owners.setdefault(owner, entry)
        row = held.get(urn)
        if row is None:
            plan.new.append(entry)
        elif row.as_at > as_at:
            plan.counts["registrations held from a later register"] += 1
        else:
            _compare(row, entry, owners.get(owner), as_at, plan)
    in_force = [row for row in held.values() if row.status != states.Registration.CLOSED and row.as_at <= as_at]
    if not is_part:
        plan.vanished = [row for row in in_force if row.urn not in found.entries]
        if len(plan.vanished) > max(20, 0.75 * len(in_force)):
            why = (
                f"{len(plan.vanished):,} of {len(in_force):,} registrations are not in these files. "
                "They look like a part of the register; say so if they are"
            )
            raise BadInput([Fault("", why)])
    for name in ("new", "changed", "vanished"):
        plan.counts[f"registrations {name}"] = len(getattr(plan, name))
    plan.counts["registrations unchanged"] = len(plan.confirmed)
    plan.counts["providers new"] = len(plan.new_owners)
    plan.counts["grades fallen"] = len(plan.fallen)
    return plan


def _compare(
    row: models.Registration, entry: register.Entry, owner: models.Provider | None, as_at: dt.date, plan: _Plan
) -> None:
    before = {name: getattr(row, name) for name in STATED}
    stated = {name: getattr(entry, name) for name in STATED}
    if stated["inspected_on"] is None and before["inspected_on"] is not None:  # a file without the last judgement
        stated |= {"inspected_on": before["inspected_on"], "grade": before["grade"]}
    has_moved = owner is None or owner.pk != row.provider_id
    if states.grade_fell(states.Grade(before["grade"]), stated["grade"]):
        plan.fallen.append((row, states.Grade(before["grade"]), stated["grade"]))
    is_same = not has_moved and before == stated
    for name, value in stated.items():
        setattr(row, name, value)
    row.as_at, row.closed_on = as_at, None
    (plan.confirmed if is_same else plan.changed).append(row)
    if has_moved:
        plan.moved.append(row)


def _write(
    plan: _Plan,
    found: register.Register,
    owners: dict[str, models.Provider],
    *,
    as_at: dt.date,
    by: User,
    now: dt.datetime,
) -> None:
    owners |= _add_owners(plan.new_owners, by=by, now=now)
    new = [
        models.Registration(
            urn=entry.urn,
            provider=owners[register.same_owner(entry.owner)],
            as_at=as_at,
            **{name: getattr(entry, name) for name in STATED},
        )
        for entry in plan.new
    ]
    models.Registration.objects.bulk_create(new, batch_size=BATCH)
    for row in plan.moved:
        row.provider = owners[register.same_owner(found.entries[row.urn].owner)]
    for row in plan.vanished:
        row.status, row.closed_on = states.Registration.CLOSED, as_at
    models.Registration.objects.filter(pk__in=[row.pk for row in plan.confirmed]).update(as_at=as_at, closed_on=None)
    columns = [*STATED, "provider", "as_at", "closed_on"]
    models.Registration.objects.bulk_create(  # an upsert: many times faster than an update of so many columns
        [*plan.changed, *plan.vanished],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["urn"],
        update_fields=columns,
    )
    _move_homes(plan.moved)
    models.Inspection.objects.bulk_create(
        [
            models.Inspection(registration=row, inspected_on=row.inspected_on, grade=row.grade)
            for row in [*new, *plan.changed]
            if row.inspected_on is not None
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    alerts = models.GradeAlert.objects.bulk_create(
        models.GradeAlert(registration=row, before=before, after=after, raised_at=now)
        for row, before, after in plan.fallen
    )
    tell_of_grades(alerts, by=by, now=now)


def _add_owners(new: dict[str, register.Entry], *, by: User, now: dt.datetime) -> dict[str, models.Provider]:
    organisations = add_providers(names=[entry.owner for entry in new.values()], by=by, now=now)
    rows = [
        models.Provider(organisation=organisation, name=entry.owner, sector=entry.sector)
        for organisation, entry in zip(organisations, new.values(), strict=True)
    ]
    models.Provider.objects.bulk_create(rows, batch_size=BATCH)
    return dict(zip(new, rows, strict=True))


def _move_homes(moved: list[models.Registration]) -> None:
    """Homes and places follow their registration to its new owner."""
    owners = {row.pk: row.provider for row in moved}
    homes = models.Home.objects.filter(registration__in=owners)
    for home in homes:
        home.provider = owners[home.registration_id]
        models.Place.objects.filter(home=home).update(provider=home.provider)
        models.Occupancy.objects.filter(place__home=home).update(provider=home.provider)
    models.Home.objects.bulk_update(homes, ["provider"])
