"""Plan the visits: team by team, on one or more processes, stopping in time with the best plan found."""

import math
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from placewell.engines.routing.construct import first
from placewell.engines.routing.explain import why_unplanned
from placewell.engines.routing.prices import Previous
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.result import Plan, Route, Stop, Summary, Unplanned
from placewell.engines.routing.team import Answer, Column, Day, Team, teams_of

Clock = Callable[[], float]
Told = Callable[[float, float, str], None]


@dataclass(frozen=True)
class Limits:
    """Seconds from `began` (by the clock) to the answer; processes to work with, 0 to stay in this one."""

    seconds: float
    began: float
    processes: int = 0


def solve(
    problem: Problem,
    limits: Limits,
    clock: Clock,
    told: Told | None = None,
    previous: Previous | None = None,
    early: Callable[[Plan], None] | None = None,
) -> Plan:
    """Return the cheapest plan found within the limits, with a proven lower bound.

    The method draws no random numbers: the same problem gives the same plan unless the time stops it.
    *told* is called with (seconds gone, seconds allowed, words); *previous* is needed for the price `moved`;
    *early* is handed the first plan, which is there long before the best one.
    """
    return solve_teams(problem, teams_of(problem, previous), limits, clock, told, early)


def solve_teams(
    problem: Problem,
    teams: Sequence[Team],
    limits: Limits,
    clock: Clock,
    told: Told | None = None,
    early: Callable[[Plan], None] | None = None,
) -> Plan:
    """Return the plan of *teams* alone; visits of other teams count as left out."""
    keep = min(0.25 * limits.seconds, 0.15 + 0.0003 * len(problem.visits))
    until = limits.began + limits.seconds - keep
    board = _Board(teams, limits, clock, told)
    for number, team in enumerate(teams):
        board.take(number, first(team))
    if early is not None:
        early(_plan(problem, board))
    if limits.processes and "fork" in multiprocessing.get_all_start_methods():
        _beside(board, until)
    else:
        for number, answer in _work(teams, range(len(teams)), clock, until):
            board.take(number, answer)
    return _plan(problem, board)


class _Board:
    """The best answer and the best bound of each team so far."""

    def __init__(self, teams: Sequence[Team], limits: Limits, clock: Clock, told: Told | None) -> None:
        self.teams, self.limits, self.clock, self.told = teams, limits, clock, told
        self.columns: list[tuple[Column, ...]] = [()] * len(teams)
        self.pence = [int(team.missed.sum()) for team in teams]
        self.bound = [0.0] * len(teams)

    def take(self, number: int, answer: Answer) -> None:
        if answer.stage == "first" or answer.pence < self.pence[number]:
            self.columns[number], self.pence[number] = answer.columns, answer.pence
        self.bound[number] = max(self.bound[number], answer.bound)
        if self.told is not None:
            pence, bound = sum(self.pence), sum(self.bound)
            gap = 100 * (pence - bound) / pence if pence else 0.0
            gone = self.clock() - self.limits.began
            self.told(gone, self.limits.seconds, f"£{pence / 100:,.2f}, at most {gap:.2f} % above the best possible")


def _work(teams: Sequence[Team], mine: Sequence[int], clock: Clock, until: float) -> Iterator[tuple[int, Answer]]:
    """Yield (team, answer): each in its share of the time, then the unproven again."""
    # the solvers take a second to load: not before a first plan is safe
    from placewell.engines.routing.proof import plan_team, warm

    warm()
    todo = list(mine)
    for _ in range(3):
        again = []
        for place, number in enumerate(todo):
            now = clock()
            if until - now < 0.02:
                return
            share = now + (until - now) / (len(todo) - place)
            answer = None
            for answer in plan_team(teams[number], clock, share):
                yield number, answer
            if answer is not None and not answer.proven:
                again.append(number)
        todo = again


def _send(board: _Board, mine: list[list[int]], until: float, pipes: list[Connection]) -> None:
    """Work on the first share in this process and on the others in processes of their own.

    The solvers are loaded once, before there are others: several at it would take as long, and longer on a busy machine.
    """
    from placewell.engines.routing.proof import warm

    warm()
    for share, pipe in zip(mine[1:], pipes[1:], strict=True):
        multiprocessing.get_context("fork").Process(target=_send, args=(board, [share], until, [pipe])).start()
        pipe.close()
    try:
        for number, answer in _work(board.teams, mine[0], board.clock, until):
            pipes[0].send((number, answer))
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    finally:
        pipes[0].close()


def _beside(board: _Board, until: float) -> None:
    """Work in processes of their own, which are ended on the second whatever they are doing."""
    order = sorted(range(len(board.teams)), key=lambda t: (-len(board.teams[t].visits) * len(board.teams[t].days), t))
    many = max(1, min(board.limits.processes, len(order)))
    context = multiprocessing.get_context("fork")
    pairs = [context.Pipe(duplex=False) for _ in range(many)]
    mine = [order[k::many] for k in range(many)]
    process = context.Process(target=_grouped, args=(board, mine, until, [there for _, there in pairs]))
    process.start()
    with suppress(OSError):
        os.setpgid(process.pid or 0, process.pid or 0)
    for _, there in pairs:
        there.close()
    try:
        _listen(board, [here for here, _ in pairs], until)
    finally:
        with suppress(OSError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.kill()
        process.join()


def _grouped(board: _Board, mine: list[list[int]], until: float, pipes: list[Connection]) -> None:
    """Be one group with the processes to come, so that they can be ended together."""
    with suppress(OSError):
        os.setpgid(0, 0)
    _send(board, mine, until, pipes)


def _listen(board: _Board, pipes: list[Connection], until: float) -> None:
    open_pipes: list[Any] = list(pipes)
    while open_pipes and board.clock() < until:
        ready: list[Any] = wait(open_pipes, timeout=max(0.0, until - board.clock()))
        for pipe in ready:
            try:
                board.take(*pipe.recv())
            except EOFError:
                open_pipes.remove(pipe)


def _plan(problem: Problem, board: _Board) -> Plan:
    routes: list[Route] = []
    planned: dict[int, tuple[int, int]] = {}
    for number, team in enumerate(board.teams):
        for d, visits, pence in board.columns[number]:
            priced = team.days[d].best_order(visits, pence)
            if priced is not None:
                routes.append(_route(problem, team, team.days[d], priced[1]))
                planned |= {team.visits[v]: (team.days[d].worker, team.days[d].day) for v in visits}
    place = {w.id: i for i, w in enumerate(problem.workers)}
    routes.sort(key=lambda r: (r.day, place[r.worker]))
    left = [v for v in range(len(problem.visits)) if v not in planned]
    priced_all = all(b > 0 or p == 0 for b, p in zip(board.bound, board.pence, strict=True))
    late = sum(problem.calendar[d] > problem.visits[v].due for v, (_, d) in planned.items())
    own = sum(problem.visits[v].worker == w for v, (w, _) in planned.items())
    return Plan(
        id=problem.id,
        objective=sum(board.pence),
        seconds=board.clock() - board.limits.began,
        bound=sum(math.ceil(b - 1e-6) for b in board.bound) if priced_all or any(board.bound) else None,
        routes=tuple(routes),
        unplanned=tuple(Unplanned(problem.visits[v].id, why_unplanned(problem, v)) for v in left),
        summary=Summary(
            travel_min=sum(r.minutes for r in routes),
            km=sum(r.km for r in routes),
            late=late,
            on_time=len(planned) - late,
            own_worker_share=own / len(planned) if planned else 1.0,
            unplanned=len(left),
        ),
    )


def _route(problem: Problem, team: Team, day: Day, order: Sequence[int]) -> Route:
    home = problem.workers[day.worker].start
    here, now, minutes, km, stops = home, day.opens, 0.0, 0.0, []
    low = {int(v): float(lo) for v, lo in zip(day.cand, day.lo, strict=True)}
    for v in order:
        visit = problem.visits[team.visits[v]]
        if visit.loc != here:
            now += float(problem.minutes[here, visit.loc]) + problem.setup_min
            minutes += float(problem.minutes[here, visit.loc])
            km += float(problem.km[here, visit.loc])
        start = max(now, low[v])
        stops.append(Stop(visit.id, now, start, start + visit.dur))
        here, now = visit.loc, start + visit.dur
    if here != home:
        minutes += float(problem.minutes[here, home])
        km += float(problem.km[here, home])
    return Route(problem.workers[day.worker].id, day.day, tuple(stops), minutes, km)
