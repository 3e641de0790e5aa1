"""Files that are sent to be kept, never shown by the browser."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(name: str, body: bytes) -> HttpResponse:
    """Send *body* as a file that the browser keeps and never shows."""
    answer = HttpResponse(body, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
