"""Uploads: measured before they are read, and refused with a reason."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.kernel.errors import BadInput
from placewell.web import uploads


def packed(entries: dict[str, bytes], *, method=zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def read(name: str, content: bytes, **limits):
    return uploads.read_upload(name, io.BytesIO(content), **({"kinds": ("csv", "zip")} | limits))


def test_a_file_of_the_right_kind_is_read():
    assert read("children.CSV", b"a,b\n1,2\n") == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("run.exe", b"MZ", "is not a CSV or ZIP"),
        ("empty.csv", b" \n", "is empty"),
        ("big.csv", b"x" * 1_000_001, "larger than 1 MB"),
        ("fake.zip", b"a,b", "something else inside"),
        ("noending", b"a,b", "is not a"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(name, content, reason):
    with pytest.raises(BadInput, match=reason):
        read(name, content, limit_mb=1)


def test_an_archive_is_unpacked_in_memory():
    assert uploads.unpack("a.zip", packed({"header.csv": b"a", "in/episodes.csv": b"b"})) == {
        "header.csv": b"a",
        "in/episodes.csv": b"b",
    }


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"bomb.csv": b"0" * 20_000_000}, "too large"),
        ({"../escape.csv": b"a"}, "leads out"),
        ({"/etc/passwd": b"a"}, "leads out"),
        ({"..\\escape.csv": b"a"}, "leads out"),
        ({"x" * 201: b"a"}, "too long"),
        ({"inner.zip": b"PK"}, "archive inside"),
        ({"inner.csv": packed({"a": b"a"})}, "archive inside"),
        ({f"{i}.csv": b"a" for i in range(2_001)}, "more than 2,000"),
    ],
)
def test_a_hostile_archive_is_refused(entries, reason):
    with pytest.raises(BadInput, match=reason):
        uploads.unpack("a.zip", packed(entries))


def test_an_archive_whose_directory_lies_is_refused():
    content = packed({"a.csv": b"abc" * 1_000})
    lie = content.replace((3_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != content
    with pytest.raises(BadInput):
        uploads.unpack("a.zip", lie)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_damaged_archive_is_refused_or_read_but_never_breaks(data):
    whole = bytearray(packed({"a.csv": b"UPN,DOB\n" * 40, "b.csv": b"x"}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadInput):
        assert isinstance(uploads.unpack("a.zip", bytes(whole)), dict)
