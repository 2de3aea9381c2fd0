"""Writes projects as statements in the exchange format: each with an owner, three partners, a funder and two amounts.

    python3 data.py PROJECTS >projects.jsonl

Nobody in them exists. Equal numbers of projects are equal files; the project numbers are those of `samverkan generate`,
so that its participations belong to these projects.
"""

import datetime
import json
import random
import sys

projects = int(sys.argv[1])
chance = random.Random(7)
PLACES = ["Norr", "Söder", "Öster", "Väster", "Stor", "Lill", "Ny", "Gammel", "Hög", "Låg"]
ENDS = ["vad", "fors", "köping", "sund", "ryd", "torp", "näs", "bo", "ås", "tuna"]
KINDS = ["kommun", "folkhögskola", "samordningsförbund", "omsorg AB", "ekonomisk förening"]
DOES = ["Vägen", "Länken", "Trappan", "Bron", "Lyftet", "Kraften", "Steget", "Porten"]
AIMS = ["till arbete", "till studier", "mot utanförskap", "till språket", "in i arbetslivet"]
COUNTIES = """Stockholms Uppsala Södermanlands Östergötlands Jönköpings Kronobergs Kalmar Gotlands Blekinge Skåne Hallands
    Västra_Götalands Värmlands Örebro Västmanlands Dalarnas Gävleborgs Västernorrlands Jämtlands Västerbottens
    Norrbottens""".split()

# Kinds and places as often as not; the number at the end makes names differ.
organisations = [
    f"{PLACES[at % 10]}{ENDS[at // 10 % 10]} {KINDS[at // 100 % 5]} {at // 500 + 1}" for at in range(5_000)
]
funders = [f"Påhittade fonden {at + 1}" for at in range(40)]


def amount(kind: str, value: int) -> dict[str, object]:
    return {"kind": kind, "value": str(value), "currency": "SEK", "precision": "1", "text": f"{value} kr", "line": 1}


for at in range(1, projects + 1):
    owner, *partners = chance.sample(organisations, 4)
    start = datetime.date(2015, 1, 1) + datetime.timedelta(days=chance.randrange(3650))
    end = start + datetime.timedelta(days=chance.randrange(300, 1200))
    budget = chance.randrange(500_000, 60_000_000)
    statement = {
        "document": "projects.jsonl",
        "line": 1,
        "name": f"{chance.choice(DOES)} {chance.choice(AIMS)} {chance.choice(PLACES)}{chance.choice(ENDS)} {at}",
        # As `samverkan generate` numbers its projects.
        "project_number": f"{2001 + (at - 1) // 99_999}/{(at - 1) % 99_999 + 1:05}",
        "owner": {"name": owner},
        "partners": [{"name": name} for name in partners],
        "funders": [chance.choice(funders)],
        "amounts": [amount("TOTAL_BUDGET", budget), amount("GRANTED", budget // 2)],
        "period": f"{start}/{end}",
        "planned_participants": chance.randrange(10, 400),
        "region": f"{chance.choice(COUNTIES).replace('_', ' ')} län",
    }
    print(json.dumps(statement, ensure_ascii=False))
