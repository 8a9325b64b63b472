"""How often files are read and written while something else runs, whatever language reads them: Linux's inotify.

A reading is an opening for reading in which bytes were read, a writing an opening for writing; both count when the
file is closed, under the name it had. What was written under a passing name (hidden, or `.partial`) and moved counts
under the name it was moved to. Folders made meanwhile are watched as soon as they are seen; a file that lay in one by
then is `missed`. The kernel merges equal events that follow each other, so of threads that open one file at the same
moment some may not count.
"""

import ctypes
import os
import select
import struct
import threading
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from types import TracebackType

_ACCESS, _CLOSE_WRITE, _CLOSE_NOWRITE, _OPEN = 0x1, 0x8, 0x10, 0x20
_MOVED_FROM, _MOVED_TO, _CREATE = 0x40, 0x80, 0x100
_OVERFLOW, _IS_FOLDER, _ONLY_FOLDERS = 0x4000, 0x40000000, 0x01000000
_ASKED = _ACCESS | _CLOSE_WRITE | _CLOSE_NOWRITE | _OPEN | _MOVED_FROM | _MOVED_TO | _CREATE | _ONLY_FOLDERS
_HEAD = struct.Struct("iIII")
_PAUSE_SECONDS = 0.05


class Watch:
    """The files below some folders while a `with` block runs; `leave_out` names folders that are of no interest.

    After the block, `read` and `written` count by path; `missed` are paths whose beginning nobody saw. Raises
    OSError where the machine allows no more watches, or where events were lost.
    """

    def __init__(self, *folders: Path, leave_out: Collection[str] = ()) -> None:
        self.read: Counter[Path] = Counter()
        self.written: Counter[Path] = Counter()
        self.missed: set[Path] = set()
        self._folders, self._leave_out = folders, leave_out
        self._watched: dict[int, Path] = {}
        self._open: Counter[Path] = Counter()
        self._accessed: set[Path] = set()
        self._moved: dict[int, Path] = {}
        self._is_over = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._library = ctypes.CDLL(None, use_errno=True)

    def __enter__(self) -> "Watch":
        self._handle = self._library.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        for folder in self._folders:
            self._add(folder)
        self.missed.clear()  # what lay there before the block began is no business of it
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()
        os.close(self._handle)
        if self._failure:
            raise self._failure

    def _add(self, folder: Path) -> None:
        number = self._library.inotify_add_watch(self._handle, os.fsencode(folder), _ASKED)
        if number < 0:
            if not folder.is_dir():
                return
            raise OSError(ctypes.get_errno(), "inotify", str(folder))
        self._watched[number] = folder
        for path in folder.iterdir():
            if not path.is_dir():
                self.missed.add(path)
            elif not path.is_symlink() and path.name not in self._leave_out:
                self._add(path)

    def _listen(self) -> None:
        try:
            while True:
                # Whoever is told that it is over has seen all there was: asked once more, the queue is empty.
                is_over = self._is_over.is_set()
                if select.select([self._handle], [], [], 0 if is_over else _PAUSE_SECONDS)[0]:
                    self._take(os.read(self._handle, 1 << 20))
                elif is_over:
                    return
        except OSError as error:
            self._failure = error

    def _take(self, events: bytes) -> None:
        at = 0
        while at < len(events):
            number, mask, cookie, length = _HEAD.unpack_from(events, at)
            name = events[at + _HEAD.size : at + _HEAD.size + length].rstrip(b"\0")
            at += _HEAD.size + length
            if mask & _OVERFLOW:
                raise OSError("inotify lost events: too many files at once.")
            if not name or number not in self._watched:
                continue
            path = self._watched[number] / os.fsdecode(name)
            if not mask & _IS_FOLDER:
                self._note(path, mask, cookie)
            elif mask & _CREATE and path.name not in self._leave_out:
                self._add(path)

    def _note(self, path: Path, mask: int, cookie: int) -> None:
        if mask & _CREATE:
            self.missed.discard(path)
        elif mask & _OPEN:
            self._open[path] += 1
        elif mask & _ACCESS:
            self._accessed.add(path)
        elif mask & _MOVED_FROM:
            self._moved[cookie] = path
        elif mask & _MOVED_TO:
            self.missed.discard(path)
            before = self._moved.pop(cookie, path)
            if before.name.startswith(".") or before.name.endswith(".partial"):
                for counts in (self.read, self.written):
                    counts[path] += counts.pop(before, 0)
        else:
            self._close(path, is_written=bool(mask & _CLOSE_WRITE))

    def _close(self, path: Path, is_written: bool) -> None:
        if is_written:
            self.written[path] += 1
        elif path in self._accessed:
            self.read[path] += 1
        self._open[path] -= 1
        # Of several who have it open, nobody can say which one reads; an opening to flush alone is none.
        if self._open[path] <= 0:
            self._open.pop(path)
            self._accessed.discard(path)
