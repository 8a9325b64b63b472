"""Landing ahead: what is new is landed side by side, before anybody asks for it, within a bound of memory.

Each delivery lands once for all its tables and is kept as vintages, not held. Deliveries that are read at the same time
have limits.AT_ONCE bytes together at most; a larger one is read alone. Where all that is new is more than that, no table
is checked before everything has landed, since the check of a large table takes the memory for itself.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from ingest import apart, limits
from ingest.archive import Receipt
from ingest.findings import DeliveryRefused
from programmes.sources import LandedTable

Land = Callable[[LandedTable, Receipt], object]
Refusals = dict[str, DeliveryRefused]  # by landed table
Key = tuple[str, str]  # source and delivery


class LandingAhead:
    """Begins at once to land these deliveries in their tables; `land` does it for one of them and one table."""

    def __init__(self, new: Mapping[Key, tuple[Receipt, Sequence[LandedTable]]], land: Land) -> None:
        self._land = land
        self._room = _Room(limits.AT_ONCE)
        self._is_over = False
        self._is_all_awaited = sum(receipt.size_bytes for receipt, _ in new.values()) > limits.AT_ONCE
        self._pool = ThreadPoolExecutor(limits.PROCESSES, "landing")
        self._landing: dict[Key, Future[Refusals]] = {
            key: self._pool.submit(self._land_whole, receipt, tables) for key, (receipt, tables) in new.items()
        }

    def wait_for(self, table: LandedTable, receipt: Receipt) -> None:
        """Return once the delivery has landed in this table if it is one of these; raises what `land` raised."""
        if self._is_all_awaited:
            wait(self._landing.values())
            apart.end()  # a process keeps what it read last
            self._is_all_awaited = False
        landing = self._landing.get((table.source.source_id, receipt.delivery_id))
        if landing and (refused := landing.result().get(table.name)):
            raise refused

    def end(self) -> None:
        """Land nothing more that nobody asked for."""
        self._is_over = True
        self._pool.shutdown(cancel_futures=True)

    def _land_whole(self, receipt: Receipt, tables: Sequence[LandedTable]) -> Refusals:
        refusals: Refusals = {}
        with self._room.taken(receipt.size_bytes):
            if self._is_over:
                return refusals
            for table in tables:
                try:
                    self._land(table, receipt)
                except DeliveryRefused as refused:
                    refusals[table.name] = refused
            if receipt.size_bytes > limits.AT_ONCE:
                apart.end()
        return refusals


class _Room:
    """So many bytes to read at the same time; whoever wants more has it alone."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, size: int) -> Iterator[None]:
        """Wait for so much room, and take it."""
        size = min(size, self._size)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= size)
            self._free -= size
        try:
            yield
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()
