"""Cells of a made-up map: a convex city cut into convex cells of given sizes, and cut again; then its borders made to look grown.

Every border between two cells is one line of nodes that both share, so whatever is done to it both see. Plain arithmetic on
floats; all chance comes in as numbers of a seeded generator. Does not belong here: which cell is which area (outlines.py).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Point = tuple[float, float]
Ring = list[Point]
Chance = Callable[[], float]  # a number from 0 to 1
Edge = tuple[int, int]
T = TypeVar("T")

_SAME_M = 0.01  # nodes nearer to each other are one
_WAVES_M = ((600, 14_000), (350, 8000), (150, 4500))  # height and length
_ROUNDS = 80  # of moving sites to the middle of their cells and sizes to what is wanted


def area_of(ring: Sequence[Point]) -> float:
    """Area of a ring in square metres, positive where it runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(ring)) / 2


def centre_of(ring: Sequence[Point]) -> Point:
    """Centre of gravity of a convex ring."""
    x0, y0 = ring[0]
    moved = [(x - x0, y - y0) for x, y in ring]
    parts = [(a[0] * b[1] - b[0] * a[1], a[0] + b[0], a[1] + b[1]) for a, b in _sides(moved)]
    six = 3 * sum(part for part, _, _ in parts)
    return x0 + sum(part * x for part, x, _ in parts) / six, y0 + sum(part * y for part, _, y in parts) / six


def cut(
    parent: Ring, sizes: Sequence[float], chance: Chance, sites: Sequence[Point] | None = None
) -> list[Ring] | None:
    """The parent cut into one convex cell per size, of about that share of its area; None where a cell vanished.

    Given sites stay where they are; else they are drawn, and move to the middle of their cells.
    """
    placed = list(sites) if sites else [_inside(parent, chance) for _ in sizes]
    wanted = [area_of(parent) * size / sum(sizes) for size in sizes]
    weights, cells = [0.0] * len(sizes), []
    for _ in range(_ROUNDS):
        cells = [_cell(parent, placed, weights, index) for index in range(len(sizes))]
        if not all(cells):
            return None
        weights = [w + 0.3 * (want - area_of(cell)) for w, want, cell in zip(weights, wanted, cells, strict=True)]
        if not sites:
            placed = [centre_of(cell) for cell in cells]
    return cells


def _inside(ring: Ring, chance: Chance) -> Point:
    """A point of the middle of a convex ring."""
    x, y = centre_of(ring)
    corner = ring[int(chance() * len(ring))]
    share = 0.7 * chance()
    return x + share * (corner[0] - x), y + share * (corner[1] - y)


def _cell(parent: Ring, sites: Sequence[Point], weights: Sequence[float], index: int) -> Ring:
    """What of the parent is nearer to one site than to any other, weights taken off the squared distances."""
    ring, (x, y) = parent, sites[index]
    for other, (ox, oy) in enumerate(sites):
        if other != index and ring:
            a, b = 2 * (ox - x), 2 * (oy - y)
            limit = ox * ox + oy * oy - x * x - y * y - weights[other] + weights[index]
            ring = _below(ring, a, b, limit)
    return ring


def _below(ring: Ring, a: float, b: float, limit: float) -> Ring:
    """The part of a convex ring where ax + by is at most the limit."""
    kept: Ring = []
    for (px, py), (qx, qy) in _sides(ring):
        p, q = a * px + b * py - limit, a * qx + b * qy - limit
        if p <= 0:
            kept.append((px, py))
        if p * q < 0:
            share = p / (p - q)
            kept.append((px + share * (qx - px), py + share * (qy - py)))
    return kept if len(kept) > 2 else []


def touching(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Whether two cells of one cut have a side in common."""
    return sum(math.dist(p, q) < _SAME_M for p in one for q in other) > 1


class Borders:
    """The borders of all cells as nodes and sides between them: `rings` by cell are node numbers, anticlockwise."""

    def __init__(self, cells: Sequence[Ring], shortest: float) -> None:
        """Nodes shared by all cells that meet there; sides below `shortest` metres shrink to a node."""
        self.nodes: list[Point] = []
        rings = [[self._node(point) for point in cell] for cell in cells]
        rings = [[node for side in _sides(ring) for node in self._along(side)] for ring in rings]
        into = self._shrunk(sorted({_undirected(side) for ring in rings for side in _sides(ring)}), shortest)
        self.rings = [_without_repeats([into[node] for node in ring]) for ring in rings]
        self.cells_at: dict[Edge, list[int]] = {}
        for cell, ring in enumerate(self.rings):
            for side in _sides(ring):
                self.cells_at.setdefault(_undirected(side), []).append(cell)

    def neighbours(self) -> list[set[int]]:
        """The cells each cell has a side in common with."""
        found: list[set[int]] = [set() for _ in self.rings]
        for cells in self.cells_at.values():
            for cell in cells:
                found[cell] |= {*cells} - {cell}
        return found

    def grown(self, chance: Chance, inner: float, outer: float, step: float) -> list[list[tuple[int, int]]]:
        """The rings in whole metres, closed: nodes moved a little, each side bent once by shares of its length, down to `step`
        metres, then the whole map in waves; sides of the city's own outline are bent by `outer`, others by `inner`.
        """
        wave = _waves(chance)
        sides = sorted(self.cells_at)
        reach = [math.inf] * len(self.nodes)
        for a, b in sides:
            length = math.dist(self.nodes[a], self.nodes[b])
            reach[a], reach[b] = min(reach[a], length), min(reach[b], length)
        moved = [
            (x + far * inner * (2 * chance() - 1), y + far * inner * (2 * chance() - 1))
            if math.isfinite(far)
            else (x, y)
            for (x, y), far in zip(self.nodes, reach, strict=True)
        ]
        bent: dict[Edge, Ring] = {}
        for a, b in sides:
            share = inner if len(self.cells_at[a, b]) > 1 else outer
            bent[a, b] = [moved[a], *_bent(moved[a], moved[b], share, step, chance)]
            bent[b, a] = [moved[b], *bent[a, b][:0:-1]]
        return [_rounded([wave(point) for side in _sides(ring) for point in bent[side]]) for ring in self.rings]

    def _node(self, point: Point) -> int:
        for number, known in enumerate(self.nodes):
            if abs(known[0] - point[0]) < _SAME_M and abs(known[1] - point[1]) < _SAME_M:
                return number
        self.nodes.append(point)
        return len(self.nodes) - 1

    def _along(self, side: Edge) -> list[int]:
        """The nodes from the first of a side up to its second, that one left out."""
        (ax, ay), (bx, by) = self.nodes[side[0]], self.nodes[side[1]]
        length = math.hypot(bx - ax, by - ay)
        between = []
        for number, (x, y) in enumerate(self.nodes):
            along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length
            across = abs((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / length
            if across < _SAME_M and _SAME_M < along < length - _SAME_M:
                between.append((along, number))
        return [side[0], *(number for _, number in sorted(between))]

    def _shrunk(self, sides: Sequence[Edge], shortest: float) -> list[int]:
        """For each node the node it becomes, shortest sides first; a node becomes one other at most."""
        into = list(range(len(self.nodes)))
        taken: set[int] = set()
        by_length = sorted((math.dist(self.nodes[a], self.nodes[b]), a, b) for a, b in sides)
        for length, a, b in by_length:
            if length < shortest and not {a, b} & taken:
                into[b] = a
                taken |= {a, b}
        return into


def _bent(a: Point, b: Point, share: float, step: float, chance: Chance) -> Iterator[Point]:
    """Points of a bent line behind `a`, up to before `b`: its middle moved aside, and so each half."""
    length = math.dist(a, b)
    if length < 2 * step:
        return
    aside = share * (2 * chance() - 1)
    middle = (a[0] + b[0]) / 2 + aside * (a[1] - b[1]), (a[1] + b[1]) / 2 + aside * (b[0] - a[0])
    yield from _bent(a, middle, share, step, chance)
    yield middle
    yield from _bent(middle, b, share, step, chance)


def _waves(chance: Chance) -> Callable[[Point], Point]:
    """Moves a point by waves across the map, too flat to fold it."""
    drawn = [
        [(height, math.tau / length, math.tau * chance(), math.tau * chance()) for height, length in _WAVES_M]
        for _ in range(2)
    ]

    def moved(point: Point) -> Point:
        x, y = (
            sum(
                height * math.sin(pace * (point[0] * math.cos(way) + point[1] * math.sin(way)) + start)
                for height, pace, way, start in waves
            )
            for waves in drawn
        )
        return point[0] + x, point[1] + y

    return moved


def _sides(ring: Sequence[T]) -> Iterator[tuple[T, T]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _undirected(side: Edge) -> Edge:
    return min(side), max(side)


def _without_repeats(ring: Sequence[int]) -> list[int]:
    return [node for before, node in zip([ring[-1], *ring], ring, strict=False) if node != before]


def _rounded(ring: Sequence[Point]) -> list[tuple[int, int]]:
    whole = [(round(x), round(y)) for x, y in ring]
    return [*whole, whole[0]]
