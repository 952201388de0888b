"""Medians, figures against their targets, and the Markdown that says them."""

import datetime
import os
import platform
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from client import Run
from server import find

UNITS = {"wall": "s", "cpu": "s", "rss": "MB", "disk": "B", "blocks": "B", "requests": "", "sent": "B", "received": "B", "pushed": "B", "excess": "B", "output": "B",
         "p50": "s", "p99": "s"}


@dataclass
class Target:
    """What a row promises of mirror: a limit on its figure, or on the figure's ratio to another client's. No limit: only shown."""
    measure: str
    limit: float | None = None
    against: str | None = None


@dataclass
class Result:
    """What became of a row: its runs by client, or why there are none."""
    name: str
    title: str
    targets: list[Target]
    runs: dict[str, list[Run]]
    commands: dict[str, str]
    absent: str | None = None
    is_failure: bool = False

    @staticmethod
    def without_runs(name: str, reason: str, is_failure: bool = False) -> "Result":
        return Result(name, reason, [], {}, {}, reason, is_failure)


def show(measure: str, value: float) -> str:
    unit = UNITS[measure]
    if unit == "s":
        return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"
    if unit == "MB" or (unit == "B" and value >= 1e6):
        return f"{value / 1e6:.1f} MB"
    if unit == "B" and value >= 1e3:
        return f"{value / 1e3:.1f} kB"
    return f"{value:g} {unit}".rstrip()


def figures(results: list[Result]) -> str:
    lines = ["| row | figure | mirror | compared with | ratio | target | met |", "|---|---|---:|---:|---:|---:|---|"]
    for result in results:
        if result.absent:
            lines.append(f"| {result.name} | all | – | – | – | – | {result.absent} |")
        else:
            lines += [figure(result, target) for target in result.targets]
    return "\n".join(lines)


def figure(result: Result, target: Target) -> str:
    value = median(result.runs["mirror"], target.measure)
    other, ratio, judged, limit = "–", "–", value, "–"
    if target.against:
        base = median(result.runs[target.against], target.measure)
        # A tmpfs counts no blocks, for nobody.
        judged = value / base if base else 0 if value == 0 else float("inf")
        other, ratio = f"{target.against} {show(target.measure, base)}", f"{judged:.2f}" if base else "–"
    if target.limit is not None:
        limit = f"≤ {target.limit:g} x {target.against}" if target.against else f"≤ {show(target.measure, target.limit)}"
    # Judged as measured, not as rounded for the table.
    met = "–" if target.limit is None else "yes" if judged <= target.limit else "**no**"
    return f"| {result.name} | {target.measure} | {show(target.measure, value)} | {other} | {ratio} | {limit} | {met} |"


def details(results: list[Result]) -> str:
    lines = ["| row | client | runs | " + " | ".join(UNITS) + " |", "|---|---|---:|" + "---:|" * len(UNITS)]
    for result in results:
        for client, runs in result.runs.items():
            cells = [spread(runs, measure) for measure in UNITS]
            lines.append(f"| {result.name} | {client} | {len(runs)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def spread(runs: list[Run], measure: str) -> str:
    """The median, and the range where there is any to be seen."""
    middle, values = show(measure, median(runs, measure)), [getattr(run, measure) for run in runs]
    low, high = show(measure, min(values)), show(measure, max(values))
    return middle if low == high else f"{middle} ({low} … {high})"


def median(runs: list[Run], measure: str) -> float:
    return statistics.median(getattr(run, measure) for run in runs)


def rows(results: list[Result]) -> str:
    parts = []
    for result in results:
        commands = "".join(f"\n  - {client}: `{command}`" for client, command in result.commands.items())
        parts.append(f"- **{result.name}**: {result.title}{commands}")
    return "\n".join(parts)


def machine(mirror: str, work: Path) -> str:
    memory = next(line for line in open("/proc/meminfo") if line.startswith("MemTotal")).split()[1]
    models = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    facts = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": said("git", "describe", "--always", "--dirty", "--exclude=*"),
        "cores": f"{os.cpu_count()} ({models[0] if models else platform.machine()})",
        "memory": f"{int(memory) * 1024 / 1e9:.1f} GB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system": said("stat", "--file-system", "--format=%T", str(work)),
        "load when it began": f"{os.getloadavg()[0]:.2f}",
        "git": said("git", "--version"),
        ".NET SDK": said("dotnet", "--version"),
        "mirror": said(mirror, "--version"),
        "Apache": said(find("apache2"), "-v").splitlines()[0],
        "curl": " ".join(said("curl", "--version").split()[:2]),
    }
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def said(*command: str) -> str:
    done = subprocess.run(command, text=True, cwd=os.path.dirname(os.path.abspath(__file__)), stdout=subprocess.PIPE)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def document(command: str, facts: str, table: str, results: list[Result]) -> str:
    return f"""# Results

Written by `{command}`; [README.md](README.md) says how it is measured. Medians.

{facts}

## Figures against their targets

{table}

## All that was measured

Medians, and in brackets the least and the most.

{details(results)}

## Rows

{rows(results)}
"""
