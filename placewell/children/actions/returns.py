"""Bring in a statutory return: all of it or nothing, the same one twice changes nothing. Write one of a year."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import given_files
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.periods import day_of

from .. import models, queries, rules, ssda903
from ..ssda903 import merge
from ..ssda903.written import Written, write

BATCH = 2000
KEPT_ROWS = 20_000  # quarantined rows kept of one import; the count tells of the rest


@dataclass(frozen=True)
class Report:
    """What a return brought, or would bring."""

    digest: str
    year: int | None
    files: tuple[str, ...]
    read: dict[str, int]
    counts: dict[str, int]
    quarantined: tuple[ssda903.RowFault, ...] = ()
    queries: tuple[ssda903.RowFault, ...] = ()
    unknown_files: tuple[str, ...] = ()
    already_in: bool = False
    was_written: bool = False


@transaction.atomic
def import_return(
    *, files: Sequence[GivenFile], by: User, now: dt.datetime, year: int | None = None, dry_run: bool = False
) -> Report:
    """Bring in one set of files of a return, or only say what that would change.

    *year* is the collection of files that don't say theirs: a later year's rows replace an earlier's.

    Raises:
        BadInput: a file can't be read, or lacks a column; nothing changes.
    """
    require(by, Permission.IMPORT_RETURN, now=now)
    if year is not None and year not in (years := queries.collections(on=day_of(now))):
        raise BadInput([Fault("year", f"there is a return for each year from {years[0]} to {years[-1]}")])
    digest = given_files.digest([*files, *([GivenFile("year", str(year).encode())] if year else [])])
    found = ssda903.read(files, year=year)
    references = queries.new_references()  # also keeps two imports apart
    names = tuple(file.name for file in files)
    before = models.ReturnImport.objects.filter(digest=digest).first()
    if before is not None:
        return Report(digest, found.year, names, dict(found.counted), {}, already_in=True)
    plan = merge.plan(found, held=queries.held_for_return(), codes=queries.codes())
    report = Report(
        digest=digest,
        year=found.year,
        files=names,
        read=dict(found.counted),
        counts=dict(sorted(plan.counts.items())),
        quarantined=tuple(plan.quarantined),
        queries=tuple(plan.queries),
        unknown_files=tuple(found.unknown),
        was_written=not dry_run,
    )
    if dry_run:
        return report
    children = _write_people(plan, references)
    _write_episodes(plan, children)
    _write_dated(plan, children)
    made = _keep(report, by=by, now=now)
    record(
        what="children.return.imported",
        subject=made,
        by=by,
        now=now,
        after={"digest": digest, "counts": report.counts},
        told=f"A return of {report.year or 'a year not named'} was brought in",
    )
    return report


@transaction.atomic
def export_return(*, year: int, by: User, now: dt.datetime) -> Written:
    """Write the return of the collection that ends on 31 March of *year*, restricted records among it.

    Raises:
        BadInput: the year is none of a collection, or has not begun.
    """
    require(by, Permission.EXPORT_RETURN, now=now)
    if year not in (years := queries.collections(on=day_of(now))):
        raise BadInput([Fault("year", f"there is a return for each year from {years[0]} to {years[-1]}")])
    written = write(queries.held_for_return(), year=year, codes=queries.code_tables())
    record(
        what="children.return.exported",
        subject=by.organisation or by,
        by=by,
        now=now,
        after={"year": year, "digest": given_files.digest(written.files), "counts": written.counts},
        told=f"The return of {year} was written out",
    )
    return written


def _write_people(plan: merge.Plan, references) -> dict[str, models.Child]:
    """Write who the children are; return every child by the identifier in the return."""
    children = {child.return_id: child for child in models.Child.objects.all()}
    new = [
        models.Child(return_id=key, reference=next(references), stated_in=year, **dataclasses.asdict(person))
        for key, (person, year) in plan.new_people.items()
    ]
    models.Child.objects.bulk_create(new, batch_size=BATCH)
    children |= {child.return_id: child for child in new}
    fields = [field.name for field in dataclasses.fields(merge.Person)]
    changed = []
    for key, (person, year) in plan.changed_people.items():
        child = children[key]
        for name in fields:
            setattr(child, name, getattr(person, name))
        child.stated_in = year
        changed.append(child)
    models.Child.objects.bulk_update(changed, [*fields, "stated_in"], batch_size=500)
    return children


def _write_episodes(plan: merge.Plan, children: dict[str, models.Child]) -> None:
    models.Episode.objects.bulk_create(
        [
            models.Episode(child=children[key], stated_in=year, **merge.columns(row))
            for key, row, year in plan.new_episodes
        ],
        batch_size=BATCH,
    )
    wanted = {(children[key].pk, row.start_on): (row, year) for key, row, year in plan.changed_episodes}
    held = models.Episode.objects.filter(child__in={pk for pk, _start in wanted})
    changed = []
    for episode in held:
        if (found := wanted.get((episode.child_id, episode.start_on))) is None:
            continue
        for name, value in merge.columns(found[0]).items():
            setattr(episode, name, value)
        episode.stated_in = found[1]
        changed.append(episode)
    fields = [field.name for field in dataclasses.fields(rules.EpisodeRow)]
    models.Episode.objects.bulk_update(changed, [*fields, "stated_in"], batch_size=500)


def _write_dated(plan: merge.Plan, children: dict[str, models.Child]) -> None:
    models.CareReview.objects.bulk_create(
        [
            models.CareReview(child=children[key], held_on=on, participation=code)
            for (key, on), code in plan.reviews.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["child", "held_on"],
        update_fields=["participation"],
    )
    models.MissingEpisode.objects.bulk_create(
        [
            models.MissingEpisode(child=children[key], start_on=on, kind=kind, end_on=end)
            for (key, on), (kind, end) in plan.missing.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["child", "start_on"],
        update_fields=["kind", "end_on"],
    )
    models.StatedRow.objects.bulk_create(
        [
            models.StatedRow(child=children[child], table=table, key=key, cells=cells, stated_in=year)
            for (child, table, key), (cells, year) in plan.stated.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["child", "table", "key"],
        update_fields=["cells", "stated_in"],
    )


def _keep(report: Report, *, by: User, now: dt.datetime) -> models.ReturnImport:
    """Keep what was brought in, with the rows that were set aside."""
    made = models.ReturnImport.objects.create(
        digest=report.digest,
        collection_year=report.year,
        file_names=", ".join(report.files),
        counts=report.counts | {f"rows read in {name}": count for name, count in report.read.items()},
        by=by,
        at=now,
    )
    models.QuarantinedRow.objects.bulk_create(
        [
            models.QuarantinedRow(
                source=made,
                file=fault.at.file[-100:],
                row=fault.at.row,
                child=fault.child,
                field=fault.field,
                rule=fault.rule,
                why=fault.why,
            )
            for fault in report.quarantined[:KEPT_ROWS]
        ],
        batch_size=BATCH,
    )
    return made
