"""Life of a calculation, and where a forecast's children come from."""

from enum import StrEnum


class Run(StrEnum):
    """A calculation that the worker does."""

    REQUESTED = "requested"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


RUN_STEPS = {
    Run.REQUESTED: frozenset({Run.RUNNING, Run.FAILED}),
    # a worker that was stopped leaves a run behind, which is begun again
    Run.RUNNING: frozenset({Run.RUNNING, Run.DONE, Run.FAILED}),
}
FINAL = frozenset({Run.DONE, Run.FAILED})


class Source(StrEnum):
    """Whose children a forecast starts from."""

    CHILDREN = "children"
    UPLOAD = "upload"


class Published(StrEnum):
    """What is published."""

    FORECAST = "forecast"
    STATEMENT = "statement"


class Publication(StrEnum):
    """Life of what was published: a newer one takes its place, and what was wrong is withdrawn."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


PUBLICATION_STEPS = {Publication.PUBLISHED: frozenset({Publication.WITHDRAWN})}
