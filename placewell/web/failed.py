"""What is answered when a request fails: our fault, or a database that cannot be reached or written for the moment."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import get_template

RETRY_SECONDS = 30


def failed(_request):
    """Answer 503 when the database is away or its disk is full, so that whoever asked comes back; 500 for the rest."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_away else 500
    answer = HttpResponse(get_template(f"{status}.html").render(), status=status)
    if is_away:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer
