"""The servers that are compared: how each is started, asked and looked at."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import queries
from subjects import MANY, STEP

# Which processors a server that has one of its own, and the load that is put on it, are kept to.
SERVER, LOAD = 1, 0
HERE = Path(__file__).resolve().parent
TITLES = {
    "samverkan": "this service",
    "samverkan-cached": "this service, response cache on",
    "samverkan-alone": "this service, response cache on, a processor of its own",
    "samverkan-encoded-alone": "the same, asked as browsers ask",
    "floor-alone": "floor from memory, a processor of its own",
    "samverkan-sqlite": "this service on SQLite",
    "postgraphile": "PostGraphile",
    "seaography": "Seaography",
    "floor": "floor",
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class System:
    """A server that runs."""

    name: str
    database: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    cursors: dict[str, list[str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def dialect(self) -> str:
        """How it is asked."""
        return self.name.split("-")[0]

    @property
    def encodings(self) -> list[str]:
        """What it is asked to encode answers in: as a browser asks, or nothing."""
        return ["gzip, deflate, br, zstd"] if "encoded" in self.name else []

    def command(self) -> tuple[list[str], dict[str, str]]:
        """What starts it, and with which settings."""
        listen = f"127.0.0.1:{self.port}"
        match self.dialect:
            case "samverkan":
                cache = "32" if self.name.endswith(("cached", "alone")) else "0"
                # No share for an address, and a turn for every connection: with eight, as they come, the service sends
                # away with 503 what peers let wait.
                return [*self.on(SERVER), os.environ["SAMVERKAN"], "serve"], {
                    "LISTEN": listen, "RATE_LIMIT": "0", "MAX_CONCURRENT": "64", "RESPONSE_CACHE": cache, "LOG": "warn"}
            case "postgraphile":
                modules = HERE / "postgraphile" / "node_modules"
                return [str(modules / ".bin" / "node"), str(modules / "postgraphile" / "dist" / "cli-run.js"),
                        "--host", "127.0.0.1", "--port", str(self.port)], {
                    "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
            case _:
                return [*self.on(SERVER), str(Path(os.environ["PEERS"]) / self.dialect)], {"LISTEN": listen}

    def on(self, processor: int) -> list[str]:
        """Keeps a command to a processor, if the system has one of its own."""
        return ["taskset", "--cpu-list", str(processor)] if self.name.endswith("alone") else []

    def start(self, log: Path) -> None:
        """Starts it and waits until it answers."""
        command, settings = self.command()
        environment = {**os.environ, **settings, "DATABASE_URL": self.database}
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, env=environment, cwd=HERE / "postgraphile", stdout=output,
                                            stderr=output, start_new_session=True)
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.name} does not start:\n{log.read_text(errors='replace')}")

    def stop(self) -> None:
        """Ends it, and whatever it started."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)

    def stand_still(self, still: bool) -> None:
        """Has it do nothing, or go on."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGSTOP if still else signal.SIGCONT)

    def path(self, question: str) -> str:
        """Where a question goes."""
        if self.dialect == "floor":
            return f"/{'kept' if self.name.endswith('alone') else 'floor'}/{question}"
        return "/graphql"

    def can(self, question: str) -> bool:
        """Whether it can be asked."""
        return queries.DOCUMENTS[self.dialect][question] is not None

    def body(self, question: str, subject: dict[str, Any], at: int) -> bytes:
        """The request about the subject, the `at`th of its question."""
        cursor = self.cursors[question][at] if question in self.cursors else None
        if question == "q1" and self.dialect == "samverkan":
            subject = {"id": self.ids.get(subject["number"]) or queries.global_id(subject["id"])}
        variables = queries.variables(self.dialect, question, subject, cursor)
        document = queries.DOCUMENTS[self.dialect][question]
        whole = {"query": document, "variables": variables} if document else variables
        return json.dumps(whole, ensure_ascii=False).encode()

    def ask(self, question: str, body: bytes) -> Any:
        """The data of an answer; fails if anything is wrong with it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.path(question)}", body,
                                         {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"{self.name} {question}: {refused.code} {refused.read()[:2000]!r}") from refused
        if answer.get("errors") or answer.get("data") is None:
            raise SystemExit(f"{self.name} {question}: {json.dumps(answer)[:2000]}\n{body.decode()[:500]}")
        return answer["data"]

    def prepare(self, projects: list[dict[str, Any]]) -> None:
        """Walks its pages for cursors, where it has any, and looks up ids where they are its own."""
        for question, (parameter, page) in queries.PAGES.get(self.dialect, {}).items():
            document = f"query({parameter}) {{ found: {page} {{ pageInfo {{ endCursor }} }} }}"
            found: list[str] = []
            for _ in range(MANY):
                asked = {"query": document, "variables": {"after": found[-1] if found else None, "step": STEP}}
                found.append(self.ask(question, json.dumps(asked).encode())["found"]["pageInfo"]["endCursor"])
            self.cursors[question] = found
        if self.name == "samverkan-sqlite":
            for project in projects:
                asked = {"query": "query($n: String!) { project(by: {number: $n}) { id } }",
                         "variables": {"n": project["number"]}}
                self.ids[project["number"]] = self.ask("q1", json.dumps(asked).encode())["project"]["id"]
