"""Returns as councils save them become spells, and what cannot be used is named."""

from datetime import date

import pytest

from placewell.engines.forecast.codes import AGED_OUT, CENSORED, EXIT, IFA, IH, RES
from placewell.engines.forecast.dates import as_day
from placewell.engines.forecast.load import BAD, OPEN, Source, day_of, read_tables
from placewell.engines.forecast.spells import build_spells, find_window
from placewell.kernel.errors import BadInput

TITLES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
HEADER = "CHILD,SEX,DOB\n1,1,01/05/2012\n2,F,02/06/2010\n3,2,01/01/1994\n"


def spells_of(*rows, header=HEADER, encode="utf-8"):
    text = "\n".join([TITLES, *(row + ",,,," for row in rows)])
    sources = [
        Source("header.csv", "header", 2024, lambda: header.encode()),
        Source("episodes.csv", "episodes", 2024, lambda: text.encode(encode)),
    ]
    tables = read_tables(sources)
    spells, counts = build_spells(tables)
    return spells, counts, tables.dropped


def day(year, month, of):
    return as_day(date(year, month, of))


def test_both_date_codings_blanks_and_nonsense_are_told_apart():
    assert day_of("01/04/2020") == day_of("2020-04-01") == day_of(" 1/4/2020 ") == day(2020, 4, 1)
    assert day_of("") == day_of("NULL") == OPEN
    assert day_of("31/02/2020") == day_of("soon") == BAD


def test_legal_status_episodes_are_one_placement_with_its_first_date():
    spells, counts, _ = spells_of(
        "1,01/04/2020,S,C1,N1,U4,PR1,01/06/2020,X1", "1,01/06/2020,L,C2,N1,U4,PR1,01/09/2020,E4A"
    )
    assert [*spells.start] == [day(2020, 4, 1)]
    assert [*spells.end] == [day(2020, 9, 1)]
    assert [*spells.to] == [EXIT]
    assert counts["same_placement_merged"] == 1


def test_a_stay_in_hospital_belongs_to_the_placement_around_it():
    spells, _, _ = spells_of(
        "1,01/04/2020,S,C1,N1,U4,PR1,01/06/2020,X1",
        "1,01/06/2020,P,C1,N1,T1,,05/06/2020,X1",
        "1,05/06/2020,P,C1,N1,U4,PR1,,",
    )
    assert [*spells.state] == [IH]
    assert [*spells.start] == [day(2020, 4, 1)]
    assert [*spells.seen_on(day(2021, 1, 1)).to] == [CENSORED]


def test_a_move_within_the_same_kind_of_home_is_kept():
    spells, _, _ = spells_of("1,01/04/2020,S,C1,N1,K2,PR4,01/06/2020,X1", "1,01/06/2020,P,C1,N1,K2,PR4,,")
    assert [*spells.state] == [RES, RES]
    assert [*spells.to] == [RES, AGED_OUT]  # nobody stays past the 18th birthday


def test_short_breaks_are_left_out_and_counted():
    spells, counts, dropped = spells_of("1,01/04/2020,S,V4,N1,U4,PR1,02/04/2020,E8", "2,01/04/2020,S,C1,N1,U4,PR4,,")
    assert [*spells.state] == [IFA]
    assert counts["short_breaks"] == 1
    assert dropped == []


def test_rows_that_cannot_be_used_are_named_and_the_rest_goes_on():
    spells, _, dropped = spells_of(
        "1,01/04/2020,S,C1,N1,U4,PR1,01/03/2020,E4A",
        "2,01/04/2020,S,C1,N1,Q9,PR1,01/06/2020,X1",
        "2,01/06/2020,P,C1,N1,K2,PR4,,",
        "3,01/02/1999,S,C1,N1,U4,PR1,,",
        "9,01/04/2020,S,C1,N1,U4,PR1,,",
        "1,01/14/2020,S,C1,N1,U4,PR1,,",
    )
    assert [row.row for row in dropped] == [6, 7, 2, 3, 5]
    assert "no possible date of birth" in dropped[0].reason
    assert [*spells.state] == [IH, RES, IH, IH]
    assert spells.start[1] == day(2020, 4, 1)
    assert spells.end[2] == day(2012, 1, 1)


def test_a_leaver_whose_end_is_impossible_left_half_way_to_the_end_of_the_collection():
    spells, counts, _ = spells_of("1,01/04/2023,S,C1,N1,U4,PR1,01/03/2020,E4A", "2,31/03/2024,S,C1,N1,U4,PR1,,E4A")
    assert [*spells.to] == [EXIT, AGED_OUT]  # where REC is filled in what goes on, it says nothing
    assert spells.end[0] == day(2023, 10, 1)
    assert counts["ends_taken"] == 1


def test_a_gap_before_an_episode_that_only_moves_the_child_is_no_leaving():
    spells, _, _ = spells_of("1,01/04/2020,S,C1,N1,U4,PR1,01/06/2020,X1", "1,01/12/2020,P,C1,N1,K2,PR4,,")
    assert [*spells.to] == [RES, AGED_OUT]
    again, _, _ = spells_of("1,01/04/2020,S,C1,N1,U4,PR1,01/06/2020,E4A", "1,01/12/2020,S,C1,N1,K2,PR4,,")
    assert [*again.to] == [EXIT, AGED_OUT]


def test_an_unreadable_start_is_the_end_of_the_episode_before():
    spells, _, dropped = spells_of("1,01/04/2020,S,C1,N1,U4,PR1,01/06/2020,X1", "1,31/02/2020,P,C1,N1,K2,PR4,,")
    assert [*spells.start] == [day(2020, 4, 1), day(2020, 6, 1)]
    assert [row.row for row in dropped] == [3]


def test_a_child_without_a_birthday_takes_the_age_of_one_who_came_in_alike():
    header = "CHILD,SEX,DOB\n1,1,01/05/2012\n2,F,\n"
    spells, counts, dropped = spells_of("1,01/04/2020,S,C1,N1,U4,PR1,,", "2,03/04/2020,S,C1,N1,U4,PR1,,", header=header)
    assert spells.born[1] - spells.born[0] == 2
    assert counts["mended_births"] == 1
    assert len(dropped) == 2


@pytest.mark.parametrize("encode", ["utf-8-sig", "cp1252"])
def test_byte_order_marks_and_windows_text_are_read(encode):
    spells, _, _ = spells_of('"2",01/04/2020,S,C1,"N1 – é",U4,PR4,,', encode=encode)
    assert [*spells.state] == [IFA]


def test_the_newest_row_of_a_child_and_start_wins():
    old = f"{TITLES}\n1,01/04/2020,S,C1,N1,U4,PR1,,,,,,\n".encode()
    new = f"{TITLES.lower()}\n1,01/04/2020,S,C1,N1,U4,PR1,01/02/2022,E4A,,,,\n".encode()
    header = Source("header.csv", "header", 2021, HEADER.encode)
    sources = [header, Source("a", "episodes", 2021, lambda: old), Source("b", "episodes", 2022, lambda: new)]
    spells, counts = build_spells(read_tables(sources))
    assert [*spells.end] == [day(2022, 2, 1)]
    assert counts["older_rows_replaced"] == 1


def test_a_file_without_its_columns_is_refused():
    with pytest.raises(BadInput, match="PLACE_PROVIDER"):
        read_tables([Source("episodes.csv", "episodes", 2024, lambda: b"CHILD,DECOM,RNE,LS,PLACE,DEC,REC\n")])


HEAD = b"CHILD,SEX,DOB\n1,1,01/05/2012\n"
ROWS = b"CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n1,%s,S,C2,U4,PR1,,\n"


def _read(episodes, header=HEAD, uasc=None):
    files = {"header": header, "episodes": episodes} | ({} if uasc is None else {"uasc": uasc})
    return read_tables([Source(f"{kind}.csv", kind, 0, lambda text=text: text) for kind, text in files.items()])


@pytest.mark.parametrize("text", [b"2020 April 1", b"04/28/2020", b"43922", b"01/04/20"])
def test_dates_in_another_form_are_refused_by_file_column_and_row(text):
    with pytest.raises(BadInput, match=r"episodes\.csv, DECOM: 1 of 1 are not dates like 31/03/2024; row 2 holds"):
        _read(ROWS % text)


def test_an_empty_file_of_unaccompanied_children_means_that_there_are_none():
    assert _read(ROWS % b"01/04/2020", uasc=b"").uasc == set()


def test_a_return_saved_as_unicode_text_is_read():
    plain, wide = (_read((ROWS % b"01/04/2020").decode().encode(code)) for code in ("utf-8-sig", "utf-16"))
    assert plain.episodes["decom"].tolist() == wide.episodes["decom"].tolist()


def test_one_child_who_stays_is_forecast():
    spells, _ = build_spells(_read(ROWS % b"01/04/2020"))
    window, as_of = find_window(spells, None)
    assert spells.census(as_of).tolist() == [1, 0, 0, 0, 0]
    assert as_of - window in (364, 365)


def test_an_as_of_date_long_after_the_data_is_refused():
    spells, _ = build_spells(_read(ROWS % b"01/04/2020"))
    with pytest.raises(BadInput, match="2030-01-01 is years after the data, which end on 2020-04-01"):
        find_window(spells, as_day(date(2030, 1, 1)))
