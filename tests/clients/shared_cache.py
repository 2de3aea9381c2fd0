"""Asks through one shared cache (RFC 9111), as a proxy before a server does it, with a partner's key and without.

    python shared_cache.py http://ADDRESS KEY

What is a partner's own is never kept and never given to another; what is everybody's is kept and revalidated.
"""

import itertools
import sys

import hishel
import hishel.httpx
import httpx

address, key = sys.argv[1:]
options = hishel.CacheOptions(shared=True)
storage = hishel.SqliteStorage(database_path=":memory:")
cache = hishel.httpx.CacheClient(base_url=address, storage=storage, rfc=options)
partner, anyone = {"authorization": f"Bearer {key}"}, {}

OWN = [
    "{ viewer { organisation { name } participantOutcomes { total { value } } } }",
    "{ participantOutcomes(scope: OWN) { total { value } } projects(first: 1) { nodes { name } } }",
]
PUBLIC = "{ participantOutcomes(by: [SEX]) { total { value } } projects(first: 3) { nodes { name } } }"


def ask(query: str, headers: dict[str, str]) -> httpx.Response:
    response = cache.get("/graphql", params={"query": query}, headers=headers)
    assert response.status_code == 200, (query, response.text)
    return response


for query, order in itertools.product(OWN, ([partner, anyone], [anyone, partner, anyone])):
    for headers in order:
        response = ask(query, headers)
        status = response.extensions["caching"]
        assert not status["from_cache"] and not status["stored"], (query, status)
        shown = '"value":' in response.text
        assert shown == (headers is partner), (query, headers is partner, response.text)
        assert response.headers["cache-control"] == "private, no-store"
paths = ["/export/own/projects.csv", "/export/own/outcomes.csv"]
for path, headers in itertools.product(paths, [partner, anyone, partner, anyone]):
    response = cache.get(path, headers=headers)
    assert not response.extensions["caching"]["stored"], path
    assert response.status_code == (200 if headers is partner else 401), (path, response.text)

first, again = ask(PUBLIC, anyone), ask(PUBLIC, anyone)
assert first.extensions["caching"]["stored"] and again.extensions["caching"]["revalidated"]
assert first.content == again.content == ask(PUBLIC, partner).content
print(f"a shared cache keeps what is everybody's and none of {len(OWN) + len(paths)} answers of a partner's own")
