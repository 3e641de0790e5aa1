"""Branch and bound on a relaxation that is solved already: a few small steps where a new integer programme is slow to start."""

from collections.abc import Callable

import numpy as np

from .programme import Programme
from .table import Ints

WHOLE = 1e-6
Parts = dict[int, float]


class Tree:
    """The search below one relaxation. *value* prices an answer, *broken* grows rows and says whether it grew any."""

    def __init__(
        self, programme: Programme, value: Callable[[Ints], int], broken: Callable[[Parts], bool], best: int
    ) -> None:
        self.programme, self.value, self.broken, self.best = programme, value, broken, best
        self.chosen: Ints | None = None
        self.held: list[int] = []

    def search(self, most: int, left: Callable[[], float]) -> bool:
        """Look at up to *most* nodes, the likelier side first; return whether nothing better can be left."""
        todo: list[tuple[tuple[int, int], ...]] = [()]
        while todo and most > 0 and left() > 0:
            most -= 1
            fixed = todo.pop()
            self._hold(fixed)
            found = self.programme.solve_on(self.best)
            if found is None:
                break
            low, parts = found
            if low >= self.best:
                continue
            if self.broken(parts):
                todo.append(fixed)
                continue
            split = [pair for pair, part in parts.items() if WHOLE < part < 1 - WHOLE]
            if split:
                pair = max(split, key=lambda pair: (min(parts[pair], 1 - parts[pair]), -pair))
                todo += [(*fixed, (pair, 0)), (*fixed, (pair, 1))]
            else:
                self._take(parts)
        else:
            self._hold(())
            return not todo
        self._hold(())
        return False

    def _take(self, parts: Parts) -> None:
        pairs = np.array([pair for pair, part in parts.items() if part > 0.5], dtype=np.int64)
        chosen = np.full(self.programme.count, -1, dtype=np.int64)
        chosen[self.programme.pairs.unit[pairs]] = pairs
        value = self.value(chosen)
        if value < self.best:
            self.best, self.chosen = value, chosen

    def _hold(self, fixed: tuple[tuple[int, int], ...]) -> None:
        for pair in self.held:
            self.programme.bound(pair, 0, 1)
        self.held = [pair for pair, _ in fixed]
        for pair, to in fixed:
            self.programme.bound(pair, to, to)
