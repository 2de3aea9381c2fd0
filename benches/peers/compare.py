"""Starts every system, checks that all answer alike, measures them in turns and writes what was found.

    python3 compare.py REPORT

`run` prepares what this needs: DATABASE_URL, SAMVERKAN, PEERS, and SQLITE_URL where the service is to run on SQLite, too.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import measure
import queries
import report
import subjects
from systems import LOAD, SERVER, TITLES, System


def wanted(name: str, everything: list[str]) -> list[str]:
    """What a setting narrows to."""
    given = os.environ.get(name, "").replace(",", " ").split()
    unknown = set(given) - set(everything)
    if unknown:
        raise SystemExit(f"{name}: there is no {', '.join(sorted(unknown))}; there are {', '.join(everything)}")
    return [one for one in everything if one in given] if given else everything


def first_difference(one: Any, other: Any, where: str = "") -> str:
    """Where two answers part."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next((found for key in one if (found := first_difference(one[key], other[key], f"{where}.{key}"))), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for at, (a, b) in pairs if (found := first_difference(a, b, f"{where}[{at}]"))), "")
    return "" if one == other else f"{where}: {json.dumps(one)[:800]}\n   is not {json.dumps(other)[:800]}"


def check(systems: list[System], question: str, about: subjects.Subjects, funders: dict[str, str], folder: Path) -> None:
    """Asks everything of everyone, compares what is answered, and keeps the requests for the load."""
    able = [system for system in systems if system.can(question)]
    answers: dict[str, list[Any]] = {}
    for system in able:
        bodies = [system.body(question, subject, at) for at, subject in enumerate(about[question])]
        (folder / f"{system.name}.{question}").write_bytes(b"\n".join(bodies) + b"\n")
        answers[system.name] = [
            queries.canonical(system.dialect, question, system.ask(question, body), funders) for body in bodies]
    first = able[0]
    for system in able[1:]:
        for at, (one, other) in enumerate(zip(answers[first.name], answers[system.name], strict=True)):
            found = first_difference(one, other)
            if found:
                raise SystemExit(f"{question} {about[question][at]}: {first.name} and {system.name} differ at {found}")
    told = sum(bool(answer) for answer in answers[first.name])
    print(f"{time.strftime('%H:%M:%S')} {question}: {len(able)} systems gave the same {len(about[question])} answers, {told} of them not empty",
          flush=True)
    if told < len(about[question]) / 2:
        raise SystemExit(f"{question}: most answers are empty")


@contextmanager
def alone(system: System, systems: list[System]) -> Iterator[None]:
    """Has all others stand still while a system with a processor of its own is measured: that others wait takes time, too."""
    others = [other for other in systems if system.name.endswith("alone") and other is not system]
    try:
        for other in others:
            other.stand_still(True)
        yield
    finally:
        for other in others:
            other.stand_still(False)


def main() -> None:
    """Everything, in order."""
    database = os.environ["DATABASE_URL"]
    rounds, seconds = int(os.environ.get("ROUNDS", "5")), int(os.environ.get("SECONDS_EACH", "3"))
    questions = wanted("QUERIES", list(queries.QUESTIONS))
    left_out = set() if os.environ.get("SQLITE_URL") else {"samverkan-sqlite"}
    if not {SERVER, LOAD} <= os.sched_getaffinity(0):
        left_out |= {name for name in TITLES if name.endswith("alone")}
    names = wanted("SYSTEMS", [name for name in TITLES if name not in left_out])
    connections = [int(one) for one in os.environ.get("CONNECTIONS", "1 8 32").replace(",", " ").split()]
    about = subjects.make(database)
    funders = {row["id"]: row["name"] for row in subjects.rows(database, "SELECT id, name FROM funder")}
    backend = measure.postmaster(database)
    systems = [System(name, os.environ["SQLITE_URL"] if name.endswith("sqlite") else database) for name in names]
    samples: report.Samples = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            for system in systems:
                system.start(folder / f"{system.name}.log")
                system.prepare(about["q1"])
            for question in questions:
                check(systems, question, about, funders, folder)
            turns = [(question, system) for question in questions for system in systems if system.can(question)]
            for question, system in turns:
                # Warms up, and looks at every answer under load.
                measure.load(system, question, folder / f"{system.name}.{question}", max(connections), 1, 1, backend, True)
            for turn in range(rounds):
                for question in questions:
                    for count in connections:
                        for system in [one for one in systems if one.can(question)]:
                            measure.settle(database)
                            with alone(system, systems):
                                sample = measure.load(system, question, folder / f"{system.name}.{question}", count,
                                                      seconds, turn + 2, backend)
                            samples.setdefault((question, count, system.name), []).append(sample)
                    print(f"round {turn + 1} of {rounds}: {question} done", flush=True)
            memory = {system.name: measure.memory(system.process.pid) for system in systems if system.process}
        finally:
            for system in systems:
                system.stop()
    Path(sys.argv[1]).write_text(report.write(samples, memory, questions, connections, rounds, seconds, database))
    print(f"{sys.argv[1]} is written")


main()
