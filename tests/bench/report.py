"""The results of a run: plain on the terminal, and as the page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from measure import Comparison, Figure, Section, seconds

__all__ = ["as_markdown", "as_text"]

INTRODUCTION = """\
Each result is a ratio against a baseline that has a name, measured in turn with it in the same run; times are medians.
A ratio is the median of the turns' ratios, so it need not be the quotient of the two times beside it.
The second ratio is of processor time, which other work on the machine disturbs less.
Nothing is asserted: an aim that was missed is shown as such.
"""


def as_text(section: Section) -> str:
    """Return a section for the terminal."""
    lines = [f"  {_compared(item)}" for item in section.comparisons]
    lines += [f"  {item.what}: {item.value}{_aim(item)}" for item in section.figures]
    return "\n".join(lines)


def as_markdown(sections: Iterable[Section], conditions: Sequence[str]) -> str:
    """Return the page."""
    parts = ["# Benchmarks", "<!-- Written by `nox -s bench`. -->", INTRODUCTION.strip(), "\n".join(conditions)]
    for section in sections:
        if section.part:
            # `nox -s gen` fills it from the record that this benchmark keeps.
            parts += [f"## {section.title}", f"<!-- generated: {section.part} -->\n<!-- end of {section.part} -->"]
            continue
        parts += [f"## {section.title}", section.about.replace(". ", ".\n")]
        if section.comparisons:
            parts.append(_table(section.comparisons))
        if section.figures:
            parts.append("\n".join(f"- {item.what}: {item.value}{_aim(item)}." for item in section.figures))
    return "\n\n".join(parts) + "\n"


def _table(comparisons: Iterable[Comparison]) -> str:
    lines = [
        "| what | baseline | its time | ours | ratio | of processor time | aim |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for item in comparisons:
        cells = (
            item.what,
            item.baseline.replace("|", "\\|"),
            seconds(item.theirs.median),
            seconds(item.ours.median),
            f"{item.ratio:.2f}x",
            f"{item.cpu_ratio:.2f}x" if item.cpu_ratio else "",
            f"{item.aim:g}x, {_word(item.ratio <= item.aim)}" if item.aim else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _compared(item: Comparison) -> str:
    cpu = f", {item.cpu_ratio:.2f}x of processor time" if item.cpu_ratio else ""
    aim = f" (aim {item.aim:g}x: {_word(item.ratio <= item.aim)})" if item.aim else ""
    return f"{item.what}: {seconds(item.ours.median)} against {seconds(item.theirs.median)} {item.baseline}: {item.ratio:.2f}x{cpu}{aim}"


def _aim(item: Figure) -> str:
    if not item.aim:
        return ""
    return f" (aim: {item.aim})" if item.met is None else f" (aim: {item.aim}, {_word(item.met)})"


def _word(met: bool) -> str:
    return "met" if met else "missed"
