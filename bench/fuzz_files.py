"""Ten thousand damaged files: every reader takes each or refuses it with a message, and none crashes or hangs.

python bench/fuzz_files.py [COUNT [SEED]]. Returns, registers, archives, workbooks and XML that are whole are damaged
one to four times each, then read and planned as an import would. One in a hundred is opened in the limited process, as
in earnest; the others in this one, which is much faster. Exit code 1 tells of a crash, with the seed that repeats it.
"""

import io
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from unittest import mock

from openpyxl import Workbook

from placewell.children import ssda903
from placewell.children.ssda903 import merge
from placewell.gateways import given_files, limited_reader
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, Fault
from placewell.market import register

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,2,06/05/2014,WBRI,A123,0,\n2,M,01/02/2004,BAFR,UN4,,\n"
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    "1,03/09/2019,S,C2,N1,U6,PR4,14/02/2021,X1,CREQB,RM17 6SL,RM16 2XX,SC012345\n"
    "1,14/02/2021,P,C2,N1,T4,,20/02/2021,X1,,RM17 6SL,SS1 1AA,\n"
    "1,20/02/2021,P,C2,N1,U6,PR4,,,,RM17 6SL,RM16 2XX,SC012345\n"
    "2,2020-10-01,S,V3,N8,K2,PR1,2020-10-09,E4A,,,RM16 2XX,SC012345\n"
)
OTHERS = {
    "2021-oc2.csv": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED\n1,06/05/2014,12,,0\n",
    "2021-dolo.csv": "CHILD,DOB,DOLO_START,DOLO_END\n1,06/05/2014,01/03/2021,02/03/2021\n",
    "2021-missing.csv": "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,06/05/2014,M,01/11/2019,\n",
    "2021-uasc.csv": "CHILD,SEX,DOB,DUC\n2,1,01/02/2004,01/02/2022\n",
    "list.csv": "URN,Placement code,Placement provider code,Closed date,Setting address postcode\nSC012345,K2,PR4,-,SS1 1AA\n",
}
XML = (
    "<?xml version='1.0' encoding='us-ascii'?><EXPSSDA903><CHILD><HEADER><CHILDID>1</CHILDID><UPN>A1</UPN><SEX>2</SEX>"
    "<DOB>28/07/2010</DOB><ETHNIC>BAFR</ETHNIC><UASC/><AREVIEW><REVIEW>27/09/2015</REVIEW><REVIEW_CODE>PN0</REVIEW_CODE>"
    "</AREVIEW><OC2><SDQ_SCORE>21</SDQ_SCORE></OC2></HEADER><EPISODE><DECOM>06/01/2017</DECOM><RNE>T</RNE><LS>J3</LS>"
    "<CIN>N4</CIN><PL>R5</PL><PL_POST>E7 5YR</PL_POST><DEC>06/10/2017</DEC><REC>X1</REC></EPISODE></CHILD></EXPSSDA903>"
)
REGISTER = (
    "Web link,URN,Provision type,Registration date,Registration status,Name,Ofsted region,Local authority,Sector,Places,"
    '{}Organisation which owns the provider,"{}nspection date","{}Overall experiences and progress of children and young '
    "people\"\nPage,SC012345,Children's home,01/02/2015,Active,REDACTED,London,Havering,Private,4,{}Café Care,05/06/2018,Good\n"
)
OLD = ("Provider information,,\n" + REGISTER.format("", "I", "", "")).encode("cp1252")
NEW = ("As at 31 March 2025,,\nNotes,,\n" + REGISTER.format("More,", "\nLatest full i", "\n", "x,")).encode("utf-8-sig")
NASTY = (
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b'"',
        b'""',
        b",",
        b"\r",
        b"\n",
        b"\r\n",
        b"\t",
        b";",
        b"=1+1",
        b"@SUM(A1)",
        b"-",
    ),
    *(
        b"99/99/9999",
        b"31/02/2021",
        b"0001-01-01",
        b"\xe2\x80\xae",
        b"<",
        b"]]>",
        b"&amp;",
        b"&e;",
        b"<!DOCTYPE x>",
        b"PK",
    ),
    *(
        b"\x81",
        b"'",
        b"9" * 400,
        b"A" * 3000,
        b"," * 300,
        b"<a>" * 40,
        "½é🙂".encode(),
        b"20211",
        b"CHILD",
        b"URN",
        b"DECOM",
    ),
)


def workbook() -> bytes:
    """Return the header and the episodes as sheets of one workbook."""
    book, out = Workbook(), io.BytesIO()
    for title, text in (("Header", HEADER), ("Episodes", EPISODES)):
        sheet = book.create_sheet(title)
        for line in text.splitlines():
            sheet.append(line.split(","))
    book.save(out)
    return out.getvalue()


def archive(*, packed: int = zipfile.ZIP_STORED) -> bytes:
    """Return a return's tables in one archive, stored so that damage reaches what is in them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as made:
        for name, text in ({"header.csv": HEADER, "episodes.csv": EPISODES} | OTHERS).items():
            made.writestr(name, text)
    return out.getvalue()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return *data* damaged one to four times."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at, length = chance.randrange(len(out) + 1), chance.choice((1, 2, 8, 40, 200))
        kind = chance.randrange(7)
        if kind == 0:
            out[at : at + length] = b""
        elif kind == 1:
            out[at:at] = chance.choice(NASTY)
        elif kind == 2:
            out[at : at + length] = chance.randbytes(length)
        elif kind == 3:
            out[at:at] = out[at : at + length] * chance.choice((1, 3, 50))
        elif kind == 4:
            out = out[:at]
        elif kind == 5:
            lines = bytes(out).split(b"\n")
            chance.shuffle(lines)
            out = bytearray(b"\n".join(lines))
        elif out and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
    return bytes(out)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """Return an archive that is whole, with one of the files in it damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        hit = chance.choice(before.namelist())
        for name in before.namelist():
            inside = before.read(name)
            after.writestr(name, damaged(inside, chance) if name == hit else inside)
    return out.getvalue()


def cases(count: int, seed: int) -> Iterator[tuple[str, list[GivenFile]]]:
    """Yield what is read and the files, one or more of them damaged."""
    chance = random.Random(seed)
    whole = {
        "csv": {"2021-header.csv": HEADER.encode(), "2021-episodes.csv": EPISODES.encode()}
        | {name: text.encode() for name, text in OTHERS.items()},
        "utf-16": {"header.csv": HEADER.encode("utf-16"), "episodes.csv": EPISODES.encode("utf-16")},
        "xml": {"2018.xml": XML.encode()},
        "zip": {"return.zip": archive()},
        "damaged in a zip": {"return.zip": archive()},
        "workbook": {"2021.xlsx": workbook()},
        "damaged in a workbook": {"2021.xlsx": workbook()},
        "register of 2019": {"march_2019.csv": OLD},
        "register of 2025": {"march_2025.csv": NEW},
    }
    often = (26, 5, 18, 5, 8, 4, 10, 12, 12)
    for _ in range(count):
        kind = chance.choices(list(whole), often)[0]
        harm = repacked if kind.startswith("damaged in") else damaged
        hit = chance.sample(list(whole[kind]), chance.randint(1, min(2, len(whole[kind]))))
        yield kind, [GivenFile(n, harm(data, chance) if n in hit else data) for n, data in whole[kind].items()]


def read(kind: str, files: list[GivenFile], *, codes: dict) -> str:
    """Read and plan as an import would; return what became of the files. Whatever else is raised is a crash."""
    try:
        if kind.startswith("register"):
            found = register.read(files)
            return "taken, rows left out" if found.faults else "taken"
        plan = merge.plan(ssda903.read(files), held=merge.Held(), codes=codes)
        return "taken, rows set aside" if plan.quarantined else "taken"
    except BadInput as refusal:
        if not refusal.faults or any(not fault.what or len(str(fault)) > 400 for fault in refusal.faults):
            raise AssertionError(f"a refusal that nobody can use: {refusal!r:.300}") from refusal
        return "refused"


def here(kind: str, file: GivenFile) -> object:
    """Open a file in this process, as the limited process would."""
    answer = limited_reader.answer(kind, file.data)
    if "made" in answer:
        return answer["made"]
    raise BadInput([Fault(file.name, answer["refused"])])


def run(count: int, seed: int, *, codes: dict) -> tuple[Counter, float]:
    """Read *count* damaged sets of files; return how many of each kind ended how, and the longest time in seconds."""
    ended: Counter = Counter()
    longest = 0.0
    for number, (kind, files) in enumerate(cases(count, seed)):
        began = time.perf_counter()
        in_earnest = number % 100 == 0
        try:
            with mock.patch.object(given_files, "_limited", given_files._limited if in_earnest else here):
                ended[kind, read(kind, files, codes=codes)] += 1
        except Exception as crash:
            raise AssertionError(f"file {number} of seed {seed} ({kind}) crashed: {files!r:.2000}") from crash
        longest = max(longest, time.perf_counter() - began)
    return ended, longest


def main() -> int:
    """Run and tell."""
    import os

    os.environ.setdefault("PLACEWELL_MODE", "test")
    from placewell.cli import django_ready

    django_ready.start()
    from placewell.children.queries import codes

    count, seed = (int(given) for given in [*sys.argv[1:], *("10000", "903")[len(sys.argv) - 1 :]])
    began = time.perf_counter()
    ended, longest = run(count, seed, codes=codes())
    for (kind, what), times in sorted(ended.items()):
        print(f"{times:>7,}  {kind}: {what}")
    took = time.perf_counter() - began
    print(f"{count:,} damaged files, none crashed; {took:.0f} s in all, the slowest {longest:.2f} s (seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
