"""What the questions are about: many projects, places, years and words, so that nothing is answered from one hot row."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
from typing import Any

MANY = 120
# So near to each other that systems which have to skip what comes before, for want of a cursor, skip little.
STEP = 10

Subjects = dict[str, list[dict[str, Any]]]


def rows(database: str, statement: str) -> list[Any]:
    """What the database answers, as JSON."""
    wrapped = f"SELECT COALESCE(json_agg(x), '[]') FROM ({statement}) x"
    done = subprocess.run(["psql", "-XAtqc", wrapped, database], check=True, capture_output=True, text=True, timeout=120)
    found: list[Any] = json.loads(done.stdout)
    return found


def places(database: str, table: str) -> list[dict[str, Any]]:
    """Places in the default order: how much comes before, and what stands last of that."""
    statement = f"""SELECT encode(sort_key, 'hex') AS key, id, n AS offset FROM (
        SELECT sort_key, id, row_number() OVER (ORDER BY sort_key, id) AS n FROM {table}
        ORDER BY sort_key, id LIMIT {MANY * STEP}) x WHERE n % {STEP} = 0"""
    return rows(database, statement)


def make(database: str) -> Subjects:
    """Subjects of all questions, the same for equal data."""
    chance = random.Random(11)
    # Of every size there is, with outcomes and without.
    projects = rows(database, f"SELECT id, number FROM project ORDER BY md5(number) LIMIT {MANY}")
    months = [(2015 + at // 12, at % 12 + 1) for at in range(MANY)]
    words = {(name.split()[-2], name.split()[-1][:2]) for name in (
        row["name"] for row in rows(database, "SELECT name FROM project ORDER BY md5(name) LIMIT 2000"))}
    # Two digits of the number at the end of a name. Those that numbers of projects begin with would find others, too.
    searches = sorted(word for word in words if len(word[1]) == 2 and word[1] != "20")
    years = rows(database, "SELECT DISTINCT period FROM outcome_sum ORDER BY 1")
    threes = list(itertools.combinations([row["period"] for row in years], 3))
    return {
        "q1": projects,
        "q2": places(database, "project"),
        "q3": places(database, "organisation"),
        "q4": [{"from": f"{year}-{month:02}-01", "to": f"{year + 1}-{month:02}-01"} for year, month in months],
        "q5": [{"place": place, "number": number} for place, number in chance.sample(searches, MANY)],
        "q6": [{"periods": list(three)} for three in chance.sample(threes, min(MANY, len(threes)))],
    }
