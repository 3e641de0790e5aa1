"""Open Contracting Data Standard 1.1 with the United Kingdom's extension: releases as published, packages of them, and the schema."""

from .outcomes import Facts
from .packages import compiled, is_ocid, record_package, release_package, written
from .releases import release
from .schema import faults, record_faults

__all__ = [
    "Facts",
    "compiled",
    "faults",
    "is_ocid",
    "record_faults",
    "record_package",
    "release",
    "release_package",
    "written",
]
