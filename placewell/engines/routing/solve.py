"""Plan the visits: team by team, on one or more processes, stopping in time with the best plan found."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from placewell.engines.routing.assemble import plan_of
from placewell.engines.routing.construct import first
from placewell.engines.routing.improve import Improver
from placewell.engines.routing.prices import Previous
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.result import Plan
from placewell.engines.routing.team import Answer, Team, teams_of

Clock = Callable[[], float]
STEPS = 300  # tries to make a first plan better while the solvers load
Told = Callable[[float, float, str], None]


@dataclass(frozen=True)
class Limits:
    """Seconds from `began` (by the clock) to the answer; processes to work with, 0 to stay in this one.

    `enough`: pence above the proven bound that are not worth more time; 0 is to search for the proof.
    """

    seconds: float
    began: float
    processes: int = 0
    enough: int = 0


@dataclass(frozen=True)
class Kept:
    """A plan with what it was made of, to plan again and to answer questions from: each team, its answer, its pool."""

    problem: Problem
    plan: Plan
    teams: tuple[Team, ...]
    answers: tuple[Answer, ...]


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
    return keep(problem, limits, clock, told, previous, early, pooled=False).plan


def keep(
    problem: Problem,
    limits: Limits,
    clock: Clock,
    told: Told | None = None,
    previous: Previous | None = None,
    early: Callable[[Plan], None] | None = None,
    *,
    pooled: bool = True,
) -> Kept:
    """Plan as `solve` does, and keep the pool of routes that the plan was chosen from."""
    teams = tuple(teams_of(problem, previous))
    reserve = min(0.25 * limits.seconds, 0.15 + 0.0003 * len(problem.visits))
    until = limits.began + limits.seconds - reserve
    board = _Board(teams, limits, clock, told, pooled)
    for number, team in enumerate(teams):
        board.take(number, first(team))
    if early is not None:
        early(plan_of(problem, teams, board.answers, clock() - limits.began))
    if limits.processes and "fork" in multiprocessing.get_all_start_methods():
        _beside(board, until)
    else:
        for number, answer in _work(board, range(len(teams)), until):
            board.take(number, answer)
    plan = plan_of(problem, teams, board.answers, clock() - limits.began)
    return Kept(problem, plan, teams, tuple(board.answers))


class _Board:
    """The best answer, bound and pool of each team so far."""

    def __init__(self, teams: Sequence[Team], limits: Limits, clock: Clock, told: Told | None, pooled: bool) -> None:
        self.teams, self.limits, self.clock, self.told, self.pooled = teams, limits, clock, told, pooled
        self.answers = [Answer((), int(team.missed.sum()), 0.0, "none") for team in teams]

    def take(self, number: int, answer: Answer) -> None:
        so_far = self.answers[number]
        best = answer if so_far.stage == "none" or answer.pence < so_far.pence else so_far
        bound, pool = max(so_far.bound, answer.bound), answer.pool or so_far.pool
        self.answers[number] = replace(best, bound=bound, pool=pool)
        if self.told is not None:
            pence, low = sum(one.pence for one in self.answers), sum(one.bound for one in self.answers)
            gap = 100 * (pence - low) / pence if pence else 0.0
            gone = self.clock() - self.limits.began
            self.told(gone, self.limits.seconds, f"£{pence / 100:,.2f}, at most {gap:.2f} % above the best possible")


def _work(board: _Board, mine: Sequence[int], until: float) -> Iterator[tuple[int, Answer]]:
    """Yield (team, answer): each in its share of the time, then the unproven again."""
    # the solvers take a second to load: not before a first plan is safe
    from placewell.engines.routing.proof import plan_team, warm

    warm()
    todo, enough = list(mine), board.limits.enough / len(board.teams)
    for _ in range(3):
        again = []
        for place, number in enumerate(todo):
            now = board.clock()
            if until - now < 0.02:
                return
            share = now + (until - now) / (len(todo) - place)
            answer = None
            for answer in plan_team(board.teams[number], board.clock, share, pooled=board.pooled, enough=enough):
                yield number, answer
            if answer is not None and not answer.good(enough):
                again.append(number)
        todo = again


def _send(board: _Board, mine: list[list[int]], until: float, pipes: list[Connection]) -> None:
    """Work on the first share in this process and on the others in processes of their own.

    The solvers are loaded once, before there are others: several at it would take as long, and longer on a busy machine.
    """
    # numba would load SciPy's linear algebra, a third of a second, which no loop here calls; this process has no other use
    sys.modules.setdefault("scipy.linalg", None)  # type: ignore[arg-type]
    from placewell.engines.routing.proof import warm

    warm()
    for share, pipe in zip(mine[1:], pipes[1:], strict=True):
        multiprocessing.get_context("fork").Process(target=_send, args=(board, [share], until, [pipe])).start()
        pipe.close()
    try:
        for number, answer in _work(board, mine[0], until):
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
    """Take what the processes find; until they have come to a team, make its first plan better here."""
    open_pipes: list[Any] = list(pipes)
    waiting = {number: Improver(team) for number, team in enumerate(board.teams) if team.days}
    for turn in range(STEPS):
        for number, improver in waiting.items():
            improver.step()
            if turn % 50 == 49 or turn < 1:
                board.take(number, improver.answer())
            if board.clock() > until:
                return
            _take(board, open_pipes, 0.0)
        waiting = {number: one for number, one in waiting.items() if board.answers[number].bound <= 0}
        if not waiting or not open_pipes:
            break
    while open_pipes and board.clock() < until:
        _take(board, open_pipes, max(0.0, until - board.clock()))


def _take(board: _Board, open_pipes: list[Any], seconds: float) -> None:
    """Take what is there, waiting *seconds* at most; pipes that have ended are dropped."""
    ready: list[Any] = wait(open_pipes, timeout=seconds)
    for pipe in ready:
        try:
            board.take(*pipe.recv())
        except EOFError:
            open_pipes.remove(pipe)
