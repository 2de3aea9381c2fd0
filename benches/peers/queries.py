"""What is asked of each system, in its own words, and how its answers are brought into one form to be compared.

A question is Q1 to Q6; a dialect is how a kind of system is asked. `None` as a document says that it cannot be asked.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

QUESTIONS = {
    "q1": "one project with owner, partners, awards and outcomes",
    "q2": "a page of 50 such projects",
    "q3": "20 organisations, the first 10 projects of each, their awards and funders",
    "q4": "grants summed by funder, of projects that start in a given year",
    "q5": "projects by a word and the beginning of a number, the first 20 by name",
    "q6": "outcomes of some years by region, sex and exit status",
}
# Without consent, or not yet out.
NO_STATUS = ("ANONYMOUS", "STILL_PARTICIPATING")

OURS = """
fragment Whole on Project { number name period { start end } owner { name }
  partnerships(first: 20) { nodes { role organisation { name } } }
  awards { kind amount { amount currency } funder { name } }
  participantOutcomes(by: [SEX, PERIOD], dimension: EXIT_STATUS) {
    rows { key { sex period code } participants { value } } } }"""
THEIRS = """
fragment Whole on Project { number name startsOn endsOn organisationByOwnerId { name }
  partnershipsByProjectId(first: 20, orderBy: [SORT_KEY_ASC]) { nodes { role organisationByOrganisationId { name } } }
  awardsByProjectId(orderBy: [SORT_KEY_ASC]) { nodes { kind amountMinor currency funderByFunderId { name } } }
  outcomeCellsByProjectId(filter: {category: {startsWith: "EXIT_STATUS:"}}) { nodes { sex period category value } } }"""
SEAS = """
fragment Whole on Project { number name startsOn endsOn owner { name }
  partnership(orderBy: {sortKey: ASC}, pagination: {page: {page: 0, limit: 20}}) {
    nodes { role organisation { name } } }
  award(orderBy: {sortKey: ASC}) { nodes { kind amountMinor currency funder { name } } }
  outcomeCell(filters: {category: {starts_with: "EXIT_STATUS:"}}) { nodes { sex period category value } } }"""

DOCUMENTS: dict[str, dict[str, str | None]] = {
    "samverkan": {
        "q1": "query One($id: ID!) { project(by: {id: $id}) { ...Whole } }" + OURS,
        "q2": "query Page($after: String) { projects(first: 50, after: $after) { nodes { ...Whole } } }" + OURS,
        "q3": """query Organisations($after: String) { organisations(first: 20, after: $after) { nodes { name
            projects(first: 10) { nodes { number name
              awards { kind amount { amount currency } funder { name } } } } } } }""",
        "q4": """query Funders($from: Date!, $to: Date!) {
            projectGroups(where: {start: {from: $from, to: $to}}, by: [FUNDER]) { groups { key { funder { name } }
              aggregates { amounts(kinds: [GRANTED]) { currency sum projects } } } } }""",
        "q5": """query Search($text: String!) { projects(where: {text: $text}, first: 20) { nodes { number name } } }""",
        "q6": """query Outcomes($periods: [Int!]!) {
            participantOutcomes(periods: $periods, by: [REGION, SEX], dimension: EXIT_STATUS) {
              rows { key { region { code } sex code } participants { value } } } }""",
    },
    "postgraphile": {
        "q1": "query One($id: UUID!) { projectByRowId(rowId: $id) { ...Whole } }" + THEIRS,
        "q2": """query Page($after: Cursor) {
            allProjects(first: 50, after: $after, orderBy: [SORT_KEY_ASC]) { nodes { ...Whole } } }""" + THEIRS,
        "q3": """query Organisations($after: Cursor) {
            allOrganisations(first: 20, after: $after, orderBy: [SORT_KEY_ASC]) { nodes { name
              partnershipsByMemberId(first: 10, orderBy: [PROJECT_SORT_KEY_ASC]) { nodes { projectByProjectId {
                number name
                awardsByProjectId(orderBy: [SORT_KEY_ASC]) {
                  nodes { kind amountMinor currency funderByFunderId { name } } } } } } } } }""",
        "q4": """query Funders($from: Date!, $to: Date!) {
            allAwards(filter: {kind: {equalTo: "GRANTED"}, projectByProjectId: {
                startsOn: {greaterThanOrEqualTo: $from, lessThanOrEqualTo: $to}}}) {
              groupedAggregates(groupBy: [FUNDER_ID]) {
                keys sum { amountMinor } distinctCount { projectId } } } }""",
        "q5": """query Search($text: String!) {
            allProjects(filter: {name: {includesInsensitive: $text}}, first: 20, orderBy: [SORT_KEY_ASC]) {
              nodes { number name } } }""",
        "q6": """query Outcomes($periods: [Int!]!) {
            allOutcomeSums(filter: {category: {startsWith: "EXIT_STATUS:"}, period: {in: $periods}}) {
              groupedAggregates(groupBy: [REGION_CODE, SEX, CATEGORY]) { keys sum { value } } } }""",
    },
    "seaography": {
        "q1": "query One($id: String!) { project(filters: {id: {eq: $id}}) { nodes { ...Whole } } }" + SEAS,
        "q2": """query Page($offset: Int!) { project(orderBy: {sortKey: ASC},
            pagination: {offset: {offset: $offset, limit: 50}}) { nodes { ...Whole } } }""" + SEAS,
        "q3": """query Organisations($offset: Int!) { organisation(orderBy: {sortKey: ASC},
            pagination: {offset: {offset: $offset, limit: 20}}) { nodes { name
              partnership(orderBy: {projectSortKey: ASC}, pagination: {page: {page: 0, limit: 10}}) {
                nodes { project { number name
                  award(orderBy: {sortKey: ASC}) { nodes { kind amountMinor currency funder { name } } } } } } } } }""",
        "q4": None,
        "q5": """query Search($text: String!) { project(filters: {name: {contains: $text}}, orderBy: {sortKey: ASC},
            pagination: {offset: {offset: 0, limit: 20}}) { nodes { number name } } }""",
        "q6": None,
    },
    "floor": {question: "" for question in QUESTIONS},
}

# How to walk through pages for cursors, by those who have any in these orders.
PAGES = {
    "samverkan": {
        "q2": ("$step: Int, $after: String", "projects(first: $step, after: $after)"),
        "q3": ("$step: Int, $after: String", "organisations(first: $step, after: $after)"),
    },
    "postgraphile": {
        "q2": ("$step: Int, $after: Cursor",
               "allProjects(first: $step, after: $after, orderBy: [SORT_KEY_ASC])"),
        "q3": ("$step: Int, $after: Cursor",
               "allOrganisations(first: $step, after: $after, orderBy: [SORT_KEY_ASC])"),
    },
}


def variables(dialect: str, question: str, subject: dict[str, Any], cursor: str | None) -> dict[str, Any]:
    """What goes with a document: the same subject for all, said as each wants it."""
    if dialect == "floor":
        return subject
    match question:
        case "q1":
            return {"id": subject["id"]}
        case "q2" | "q3":
            return {"offset": subject["offset"]} if cursor is None else {"after": cursor}
        case "q4":
            return {"from": subject["from"], "to": subject["to"]}
        case "q5":
            return {"text": f"{subject['place']} {subject['number']}"}
        case _:
            return {"periods": subject["periods"]}


def global_id(project: str) -> str:
    """The service's id of a project: a letter and the sixteen bytes."""
    return base64.urlsafe_b64encode(b"P" + uuid.UUID(project).bytes).decode().rstrip("=")


def awards(dialect: str, project: dict[str, Any]) -> list[Any]:
    """Awards by what they are: their order is the sources'."""
    if dialect == "floor":
        listed = [[a["kind"], a["amount"], a["currency"], a["funder"]] for a in project["awards"] or []]
    elif dialect == "samverkan":
        listed = [[a["kind"], int(Decimal(a["amount"]["amount"]) * 100), a["amount"]["currency"],
                   a["funder"] and a["funder"]["name"]] for a in project["awards"]]
    else:
        field, funder = ("awardsByProjectId", "funderByFunderId") if dialect == "postgraphile" else ("award", "funder")
        listed = [[a["kind"], int(a["amountMinor"]), a["currency"], a[funder] and a[funder]["name"]]
                  for a in project[field]["nodes"]]
    return sorted(listed, key=str)


def outcomes(dialect: str, project: dict[str, Any]) -> list[Any]:
    """Figures by year, sex and status.

    The service also shows statuses that nobody has, and who has none, whose cells are of other categories.
    """
    if dialect == "samverkan":
        rows = (project["participantOutcomes"] or {"rows": []})["rows"]
        cells = [[r["key"]["period"], r["key"]["sex"], r["key"]["code"], r["participants"]["value"]] for r in rows]
        return sorted(cell for cell in cells if cell[3] > 0 and cell[2] not in NO_STATUS)
    nodes = {"floor": lambda: project["outcomes"] or [],
             "postgraphile": lambda: project["outcomeCellsByProjectId"]["nodes"],
             "seaography": lambda: project["outcomeCell"]["nodes"]}[dialect]()
    return sorted([c["period"], c["sex"], c["category"].removeprefix("EXIT_STATUS:"), c["value"]] for c in nodes)


def whole(dialect: str, project: dict[str, Any]) -> dict[str, Any]:
    """A project of Q1 and Q2."""
    match dialect:
        case "samverkan":
            period = project["period"] or {"start": None, "end": None}
            dates, owner = (period["start"], period["end"]), project["owner"] and project["owner"]["name"]
            parts = [[p["role"], p["organisation"]["name"]] for p in project["partnerships"]["nodes"]]
        case "postgraphile":
            owner = project["organisationByOwnerId"] and project["organisationByOwnerId"]["name"]
            dates = (project["startsOn"], project["endsOn"])
            parts = [[p["role"], p["organisationByOrganisationId"]["name"]]
                     for p in project["partnershipsByProjectId"]["nodes"]]
        case "seaography":
            dates, owner = (project["startsOn"], project["endsOn"]), project["owner"] and project["owner"]["name"]
            parts = [[p["role"], p["organisation"]["name"]] for p in project["partnership"]["nodes"]]
        case _:
            dates, owner = (project["start"], project["end"]), project["owner"]
            parts = [[p["role"], p["organisation"]] for p in project["partnerships"] or []]
    return {"number": project["number"], "name": project["name"], "dates": list(dates), "owner": owner,
            "partnerships": parts, "awards": awards(dialect, project), "outcomes": outcomes(dialect, project)}


def taking_part(dialect: str, organisation: dict[str, Any]) -> dict[str, Any]:
    """An organisation of Q3."""
    projects = {
        "samverkan": lambda: organisation["projects"]["nodes"],
        "postgraphile": lambda: [p["projectByProjectId"] for p in organisation["partnershipsByMemberId"]["nodes"]],
        "seaography": lambda: [p["project"] for p in organisation["partnership"]["nodes"]],
        "floor": lambda: organisation["projects"] or [],
    }[dialect]()
    return {"name": organisation["name"], "projects": [
        [p["number"], p["name"], awards(dialect, p)] for p in projects]}


def counted(rows: Iterable[list[Any]]) -> list[Any]:
    """Sums of the table as the service shows them: what belongs to no one county or sex is in what no row shows."""
    return sorted([[region, sex, category.removeprefix("EXIT_STATUS:"), value]
                   for region, sex, category, value in rows if "*" not in (region, sex)], key=str)


def canonical(dialect: str, question: str, data: Any, funders: dict[str, str]) -> Any:
    """An answer in the form that all have in common; `funders` has their names by id."""
    if dialect == "samverkan" and question == "q4":
        found = [[g["key"]["funder"]["name"], a["currency"], int(Decimal(a["sum"]) * 100), a["projects"]]
                 for g in data["projectGroups"]["groups"] for a in g["aggregates"]["amounts"]]
        return sorted(found)
    if dialect == "samverkan" and question == "q6":
        rows = [[r["key"]["region"] and r["key"]["region"]["code"], r["key"]["sex"], r["key"]["code"],
                 r["participants"]["value"]] for r in data["participantOutcomes"]["rows"]]
        return sorted(([r[0] or "", *r[1:]] for r in rows if r[3] > 0 and r[2] not in NO_STATUS), key=str)
    if dialect == "postgraphile" and question == "q4":
        # Its groups are by funder alone: amounts here are all in one currency.
        return sorted([funders[g["keys"][0]], "SEK", int(g["sum"]["amountMinor"]), int(g["distinctCount"]["projectId"])]
                      for g in data["allAwards"]["groupedAggregates"])
    if dialect == "postgraphile" and question == "q6":
        groups = data["allOutcomeSums"]["groupedAggregates"]
        return counted([*g["keys"], int(g["sum"]["value"])] for g in groups)
    if dialect == "floor" and question == "q4":
        return sorted([g["funder"], g["currency"], g["sum"], g["projects"]] for g in data)
    if dialect == "floor" and question == "q6":
        return counted([g["region"], g["sex"], g["category"], g["value"]] for g in data)
    nodes = data
    if dialect != "floor":
        found = next(iter(data.values()))
        nodes = found["nodes"] if "nodes" in found else [found]
    elif question == "q1":
        nodes = [data]
    match question:
        case "q1" | "q2":
            return [whole(dialect, node) for node in nodes]
        case "q3":
            return [taking_part(dialect, node) for node in nodes]
        case _:
            return [[node["number"], node["name"]] for node in nodes]
