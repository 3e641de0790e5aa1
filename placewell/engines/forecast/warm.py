"""Compile the loops ahead of the first forecast."""

from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.load import Source, read_tables
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.scenarios import BASELINE
from placewell.engines.forecast.solve import futures_of
from placewell.engines.forecast.spells import build_spells


def warm() -> None:
    """Forecast one child for a year."""
    header = b"CHILD,SEX,DOB\n1,1,01/05/2012\n"
    row = b"CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n1,01/04/2020,S,C2,U4,PR1,01/04/2023,E4A\n"
    sources = [Source("h", "header", 0, lambda: header), Source("e", "episodes", 0, lambda: row)]
    spells, _ = build_spells(read_tables(sources))
    born = int(spells.born[0])
    fitted = fit(Problem(spells, born + 2000, born + 3000, Limits(years=1, draws=20, replicates=2)))
    futures_of(fitted, BASELINE, 1, 20)
    expected_census(fitted)
