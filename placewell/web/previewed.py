"""Files that are brought in two steps: a preview, then the decision. Between them they wait, bound to the session.

Nothing of the files is in an address: the session holds the name of a file in the project's own folder, which
only this process's user can read and which is deleted after an hour.
"""

import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import msgpack
from django import forms
from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse

from placewell.gateways.given_files import LARGEST, GivenFile
from placewell.kernel.errors import Refused

from .views import ActionView

KEPT_SECONDS = 3600
MOST_LISTED = 500
GONE = "These files are no longer kept. Choose them again."


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    widget = _FilesInput

    def clean(self, data: Any, initial: Any = None) -> list:
        """Return the files that were chosen."""
        chosen = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(one, initial) for one in chosen] if any(chosen) else super().clean(None)


def hold(files: Sequence[GivenFile], *, options: dict, report: dict) -> str:
    """Keep files and what was found in them; return the name under which they wait."""
    folder = _folder()
    for old in folder.glob("*.held"):
        if time.time() - old.stat().st_mtime > KEPT_SECONDS:
            old.unlink(missing_ok=True)
    name = secrets.token_hex(16)
    whole = {"files": [(file.name, file.data) for file in files], "options": options, "report": report}
    with os.fdopen(os.open(folder / f"{name}.held", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(msgpack.packb(whole))
    return name


def held(name: str) -> tuple[list[GivenFile], dict, dict]:
    """Return the files, the options and the report that wait under *name*.

    Raises:
        Refused: they were decided on, or have waited too long.
    """
    path = _folder() / f"{name}.held"
    if not name or not path.is_file() or time.time() - path.stat().st_mtime > KEPT_SECONDS:
        raise Refused(GONE)
    whole = msgpack.unpackb(path.read_bytes())
    return [GivenFile(*file) for file in whole["files"]], whole["options"], whole["report"]


def forget(name: str) -> None:
    """Delete what waits under *name*."""
    if name:
        (_folder() / f"{name}.held").unlink(missing_ok=True)


def _folder() -> Path:
    folder = settings.HOME / "held"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class UploadView(ActionView):
    """The first step: take the files, say what they would change, and keep them.

    Subclasses set *kept* (the session's word) and *preview_url*, and implement `preview`. Their form has a field
    `uploads`; its other fields are handed on as *options*, which must be plain words, numbers and truths.
    """

    kept = ""
    preview_url = ""
    button = "Show what would change"

    def preview(self, files: Sequence[GivenFile], options: dict) -> dict:
        """Return what the files would change, as plain values."""
        raise NotImplementedError

    def chosen(self, data: dict) -> dict:
        """Return what else the person chose, as plain values."""
        return {}

    def act(self, data: dict) -> None:
        """Preview the files and keep them for the second step."""
        files = [GivenFile(PurePosixPath(one.name).name, one.read(LARGEST + 1)) for one in data["uploads"]]
        options = self.chosen(data)
        report = self.preview(files, options)
        session = self.request.session
        forget(session.get(self.kept, ""))
        session[self.kept] = hold(files, options=options, report=report)

    def get_success_url(self) -> str:
        """Lead to the second step."""
        return reverse(self.preview_url)


class PreviewView(ActionView):
    """The second step: show what would change, and bring the files in or forget them."""

    kept = ""
    upload_url = ""
    button = "Bring this in"

    def commit(self, files: Sequence[GivenFile], options: dict) -> None:
        """Bring the files in."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        """Show the preview, or go back to the first step when nothing waits."""
        try:
            self.waiting = held(request.session.get(self.kept, ""))
        except Refused:
            return redirect(self.upload_url)
        return super().get(request, *args, **kwargs)

    def act(self, data: dict) -> None:
        """Bring in what waits, once."""
        name = self.request.session.get(self.kept, "")
        files, options, _report = held(name)
        self.commit(files, options)
        forget(self.request.session.pop(self.kept, ""))

    def get_context_data(self, **kwargs):
        """Add the report, cut where nobody would read on."""
        try:
            files, options, report = getattr(self, "waiting", None) or held(self.request.session.get(self.kept, ""))
        except Refused:
            files, options, report = [], {}, {}
        return super().get_context_data(
            report=report, options=options, file_names=[file.name for file in files], most=MOST_LISTED, **kwargs
        )
