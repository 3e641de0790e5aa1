"""Is it up, and is it ready? For whoever watches the server; both say nothing else."""

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse


def health(_request):
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def ready(_request):
    """The database answers and has every migration."""
    try:
        executor = MigrationExecutor(connections["default"])
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("the database does not answer", status=503, content_type="text/plain")
    if behind:
        return HttpResponse("migrations are missing", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")
