"""Puts load on a server and says what it took of time, processors and memory."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from systems import HERE, LOAD, System

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """One run of the load."""

    rate: float
    p50: float
    p99: float
    # Bytes of an answer.
    size: float
    # Milliseconds of processor time for each request.
    server: float
    database: float | None


def processes() -> list[tuple[int, int, int, int, int]]:
    """Every process: its number, parent and group, its ticks, and those of children that ended."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # A name may hold spaces and brackets.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        found.append((int(entry.name), int(fields[1]), int(fields[2]), ticks, ended))
    return found


def postmaster(database: str) -> int | None:
    """PostgreSQL's first process, if it runs on this machine."""
    done = subprocess.run(["psql", "-XAtqc", "SELECT pg_backend_pid(), pg_read_file('postmaster.pid', 0, 20)", database],
                          capture_output=True, text=True, timeout=20)
    number = done.stdout.partition("|")[2].split("\n")[0].strip()
    here = number.isdigit() and Path(f"/proc/{number}/comm").exists()
    return int(number) if here and Path(f"/proc/{number}/comm").read_text().startswith("postgres") else None


def settle(database: str) -> None:
    """Waits until PostgreSQL has nothing to do: what the last load left behind would be counted with the next."""
    busy = """SELECT count(*) FROM pg_stat_activity
        WHERE state <> 'idle' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    for _ in range(300):
        done = subprocess.run(["psql", "-XAtqc", busy, database], capture_output=True, text=True, timeout=20)
        if done.stdout.strip() == "0":
            return
        time.sleep(0.1)
    raise SystemExit("PostgreSQL is still at work after half a minute")


def used(group: int, main: int | None) -> tuple[int, int]:
    """Ticks of a server with all its processes, and of PostgreSQL with all of its."""
    server = database = 0
    for number, parent, belongs, ticks, ended in processes():
        if belongs == group:
            server += ticks
        if number == main:
            database += ticks + ended
        elif parent == main:
            database += ticks
    return server, database


def memory(group: int) -> tuple[float, float]:
    """MiB that a server holds now, and held at most."""
    now = most = 0.0
    for number, _, belongs, _, _ in processes():
        if belongs == group:
            lines = Path(f"/proc/{number}/status").read_text().splitlines()
            kept = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "VmHWM"))}
            now += kept.get("VmRSS", 0) / 1024
            most += kept.get("VmHWM", 0) / 1024
    return now, most


def load(system: System, question: str, bodies: Path, connections: int, seconds: int, seed: int,
         main: int | None, check: bool = False) -> Sample:
    """Runs the load once; fails if any answer failed."""
    assert system.process
    before = used(system.process.pid, main)
    address = f"http://127.0.0.1:{system.port}{system.path(question)}"
    command = [*system.on(LOAD), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
               "-s", str(HERE / "load.lua"), address, "--", str(bodies), str(seed), "check" if check else "run", *system.encodings]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    after = used(system.process.pid, main)
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise SystemExit(f"wrk failed:\n{done.stdout}{done.stderr}")
    result = json.loads(line.removeprefix("RESULT "))
    if not result["errors"] and result["requests"] < 2 * connections and seconds < 30:
        # Too short a look at answers that take so long.
        return load(system, question, bodies, connections, seconds * 4, seed, main, check)
    if result["errors"] or not result["requests"]:
        raise SystemExit(f"{system.name} {question} at {connections}: {done.stdout}{done.stderr}")
    each = 1000 / TICK / result["requests"]
    return Sample(
        rate=result["requests"] * 1e6 / result["microseconds"],
        p50=result["p50"] / 1000,
        p99=result["p99"] / 1000,
        size=result["bytes"] / result["requests"],
        server=(after[0] - before[0]) * each,
        database=(after[1] - before[1]) * each if main and not system.database.startswith("sqlite") else None,
    )
