"""Keeps a copy of my organisation's projects: all of them the first time, then only what changed.

    pip install "gql[httpx]"
    SAMVERKAN_URL=http://127.0.0.1:8000 SAMVERKAN_KEY=smv_… python examples/sync.py copy.json
"""

import json
import os
import pathlib
import sys

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

PROJECT = """
    fragment Copied on Project {
      id name number period { edtf } owner { name }
      partnerships(first: 100) { nodes { role organisation { name } unit { name } } }
      financing { total { amount currency } granted { amount currency } }
    }
"""
# From the first change on every project comes by, so that there is one way for all of it and for what is new.
CHANGES = gql(
    """
    query Changes($after: String) {
      viewer { changes(first: 50, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { node { nodeId } project { ...Copied } }
      } }
    }
    """
    + PROJECT
)

path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "copy.json")
copy = json.loads(path.read_text("utf-8")) if path.exists() else {"cursor": None, "projects": {}}
client = Client(
    transport=HTTPXTransport(
        url=os.environ["SAMVERKAN_URL"] + "/graphql",
        headers={"Authorization": f"Bearer {os.environ['SAMVERKAN_KEY']}"},
    )
)
seen, more = 0, True
while more:
    CHANGES.variable_values = {"after": copy["cursor"]}
    changes = client.execute(CHANGES)["viewer"]["changes"]
    for edge in changes["edges"]:
        if edge["project"] is None:  # gone, or no longer ours
            copy["projects"].pop(edge["node"]["nodeId"], None)
        else:
            copy["projects"][edge["project"]["id"]] = edge["project"]
    seen += len(changes["edges"])
    # An empty page has no end: then the place stays where it was.
    copy["cursor"] = changes["pageInfo"]["endCursor"] or copy["cursor"]
    more = changes["pageInfo"]["hasNextPage"]
path.write_text(json.dumps(copy, ensure_ascii=False, indent=1), "utf-8")
print(f"{len(copy['projects'])} projects, {seen} changes")
