"""Timing, and the records that a benchmark's results are.

A measurement is a series; what is reported is its median. Both sides of a comparison
are measured in turn, and their ratio is the median of the ratios of each turn, so that a
machine that gets slower slows both. Times of processes come with the processor time of the
process and its children, which a busy machine disturbs less.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Comparison", "Figure", "Section", "Series", "in_turn", "peak_memory", "run", "seconds"]


@dataclass
class Series:
    """What was measured, in seconds.

    Attributes:
        wall: By the clock.
        cpu: Of the process and its children; empty for what ran in this process.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median by the clock."""
        return statistics.median(self.wall)

    @property
    def cpu_median(self) -> float | None:
        """The median of the processor time."""
        return statistics.median(self.cpu) if self.cpu else None


@dataclass(frozen=True)
class Comparison:
    """Ours against a named baseline.

    Attributes:
        aim: The largest ratio that we want; None when there is no aim.
        note: What else was seen, for example pages a second.
    """

    what: str
    baseline: str
    theirs: Series
    ours: Series
    aim: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours divided by theirs, by the clock."""
        return _ratio(self.ours.wall, self.theirs.wall)

    @property
    def cpu_ratio(self) -> float | None:
        """The same of the processor times."""
        return _ratio(self.ours.cpu, self.theirs.cpu) if self.ours.cpu and all(self.theirs.cpu) else None


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


@dataclass(frozen=True)
class Figure:
    """A number that has an aim of its own, and no baseline.

    Attributes:
        value: In words, with its unit.
        met: Whether the aim is met; None when there is none.
    """

    what: str
    value: str
    aim: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Section:
    """The results of one benchmark.

    Attributes:
        part: The generated part of the page that shows them, when they have a record of their own.
    """

    title: str
    about: str
    comparisons: Sequence[Comparison] = ()
    figures: Sequence[Figure] = ()
    part: str = ""

    def without_aims(self) -> Section:
        """Return the same with no aim to meet: aims are for real sizes."""
        comparisons = [dataclasses.replace(item, aim=None) for item in self.comparisons]
        return dataclasses.replace(
            self,
            comparisons=comparisons,
            figures=[dataclasses.replace(item, aim="", met=None) for item in self.figures],
        )


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[float, float]:
    """Run a program to its end; return seconds by the clock and of processor time.

    Raises:
        RuntimeError: It failed; with the end of what it printed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    with process.stdout:
        printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = "\n".join(printed.decode("utf-8", "replace").splitlines()[-20:])
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{tail}")
    return wall, usage.ru_utime + usage.ru_stime


def peak_memory(command: Sequence[str | Path]) -> int:
    """Run a program and return the most bytes that it and its children had in memory at one time.

    Looked at twenty times a second, so a short peak may be missed; what processes share is
    counted for each of them.

    Raises:
        RuntimeError: It failed.
    """
    import psutil

    process = psutil.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        held = 0
        with contextlib.suppress(psutil.NoSuchProcess):
            for item in (process, *process.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    held += item.memory_info().rss
        peak = max(peak, held)
        time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return peak


def in_turn(
    sides: Mapping[str, Callable[[], tuple[float, float] | float]], rounds: int, *, warm: bool = True
) -> dict[str, Series]:
    """Measure each side once a round, after a round that does not count."""
    found = {name: Series() for name in sides}
    for number in range(rounds + warm):
        for name, measure in sides.items():
            result = measure()
            if warm and not number:
                continue
            wall, *cpu = result if isinstance(result, tuple) else (result,)
            found[name].wall.append(wall)
            found[name].cpu += cpu
    return found


def seconds(value: float) -> str:
    """Write a time in the unit that fits."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"
