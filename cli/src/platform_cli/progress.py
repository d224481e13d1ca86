"""Progress: the name of each step while it runs, and its time when it is done."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

__all__ = ["Step", "Steps"]


@dataclass
class Step:
    """One step; *note* is shown beside its time."""

    name: str
    note: str = ""


@dataclass
class Steps:
    """Reports steps that may run side by side, one line for each when it ends."""

    seconds: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time one step; a failed one is shown as such and the error goes on."""
        started = time.monotonic()
        step = Step(name)
        self._show(start=step)
        try:
            yield step
        except BaseException:
            self._show(end=step, line=f"  {name:<28} failed")
            raise
        self.seconds[name] = time.monotonic() - started
        self._show(end=step, line=f"  {name:<28} {self.seconds[name]:6.2f} s  {step.note}".rstrip())

    def advance(self, step: Step, note: str) -> None:
        """Show how far a running step is; on a terminal only."""
        step.note = note
        self._show()

    def tell(self, text: str) -> None:
        """Print one line between the steps."""
        self._show(line=text)

    def _show(self, *, start: Step | None = None, end: Step | None = None, line: str = "") -> None:
        terminal = sys.stderr.isatty()
        with self._lock:
            if start:
                self._running.append(start)
            if end:
                self._running.remove(end)
            if terminal:
                click.echo("\r\x1b[K", nl=False, err=True)
            if line:
                click.echo(line, err=True)
            if terminal and self._running:
                running = ", ".join(f"{step.name} {step.note}".rstrip() for step in self._running)
                # A line that wraps could not be wiped again.
                width = shutil.get_terminal_size().columns - 1
                click.echo(f"  {running} ..."[:width], nl=False, err=True)
