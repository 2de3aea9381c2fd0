// Runs Samverkan over a PostgreSQL primary with two streaming replicas of its own, and takes them away one by one.
//
//   node tests/clients/replicas.mjs target/debug/samverkan /usr/lib/postgresql/15/bin FOLDER
//
// FOLDER must be one that the user postgres may write to where this runs as root.

import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import assert from "node:assert/strict";

const [program, programs, folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node replicas.mjs PROGRAM POSTGRESQL_PROGRAMS FOLDER");
  process.exit(2);
}

// PostgreSQL refuses to run as root.
const asPostgres = (name, rest) => {
  const command = [join(programs, name), ...rest];
  const [first, ...others] = process.getuid() === 0 ? ["runuser", "-u", "postgres", "--", ...command] : command;
  return [first, others];
};
const postgres = (name, ...rest) =>
  execFileSync(...asPostgres(name, rest), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

class Database {
  constructor(name, port) {
    this.data = join(folder, name);
    this.port = port;
    this.url = `postgres://samverkan@127.0.0.1:${port}/postgres`;
  }
  start() {
    // Its output goes to a file, or whoever started it would wait for its end.
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
    postgres("pg_ctl", "-D", this.data, "-w", "-l", `${this.data}.log`, "-o", options, "start");
  }
  // Without waiting in between: who asks goes on asking.
  stop() {
    return promisify(execFile)(...asPostgres("pg_ctl", ["-D", this.data, "-m", "immediate", "-w", "stop"]));
  }
  // Has it stand still with all its connections, as if the network were gone, or go on.
  signal(signal) {
    const [server] = readFileSync(join(this.data, "postmaster.pid"), "utf8").split("\n");
    const children = execFileSync("ps", ["-o", "pid=", "--ppid", server], { encoding: "utf8" }).split("\n");
    for (const pid of [server, ...children].map(Number).filter(Boolean)) process.kill(pid, signal);
  }
  ask(sql) {
    return postgres("psql", "-h", "127.0.0.1", "-p", `${this.port}`, "-U", "samverkan", "-d", "postgres", "-Atc", sql).trim();
  }
  // How often projects were looked up here, which only answers do.
  lookups() {
    return Number(this.ask("SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'project'"));
  }
}

const [primary, ...replicas] = await Promise.all(
  ["primary", "one", "two"].map(async (name) => new Database(name, await freePort())),
);
const running = new Set();
const start = (database) => (database.start(), running.add(database));
const stop = async (database) => {
  await database.stop();
  running.delete(database);
};
let service;
let gone;
let log = "";

// Asks again and again until something holds; says what did not.
const until = async (what, holds) => {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `${what}: not within 30 s\n${log.slice(-4000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const deliver = (number) => {
  const path = join(folder, `delivery-${number}.jsonl`);
  const statement = { document: "delivery", line: 1, name: `Projekt nummer ${number}`, project_number: `P-${number}` };
  writeFileSync(path, JSON.stringify(statement));
  const env = { ...process.env, DATABASE_URL: primary.url };
  const { status, stdout, stderr } = spawnSync(program, ["import", path], { env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
};

// What the operator is told of the replicas.
const doctor = () => {
  const urls = replicas.map((replica) => replica.url).join(",");
  const env = { ...process.env, DATABASE_URL: primary.url, DATABASE_READ_URLS: urls };
  const { status, stdout, stderr } = spawnSync(program, ["doctor"], { env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  return [...stdout.matchAll(/^replica (\d) +(.*)$/gm)].map(([, which, found]) => `${which}: ${found}`);
};

try {
  postgres("initdb", "-D", primary.data, "-U", "samverkan", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8");
  start(primary);
  for (const replica of replicas) {
    const from = ["-h", "127.0.0.1", "-p", `${primary.port}`, "-U", "samverkan"];
    postgres("pg_basebackup", ...from, "-D", replica.data, "-R", "-X", "stream", "--checkpoint=fast");
    start(replica);
  }
  deliver(1);

  const listen = `127.0.0.1:${await freePort()}`;
  service = spawn(program, ["serve"], {
    env: {
      ...process.env,
      DATABASE_URL: primary.url,
      DATABASE_READ_URLS: replicas.map((replica) => replica.url).join(","),
      MAX_STALENESS: "1",
      RESPONSE_CACHE: "0",
      LISTEN: listen,
    },
  });
  gone = new Promise((resolve) => service.on("close", resolve).on("error", (cause) => resolve((log += cause))));
  for (const stream of [service.stdout, service.stderr]) stream.on("data", (text) => (log += text));
  const says = (replica, sentence) =>
    log.split("\n").filter((line) => line.includes(sentence) && line.includes(`"db.replica":${replica},`)).length;

  const ask = async () => {
    const query = "{ projects { totalCount nodes { name } } }";
    const response = await fetch(`http://${listen}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const answer = await response.json();
    assert.equal(answer.errors, undefined, `${JSON.stringify(answer)}\n${log.slice(-4000)}`);
    // Of one moment: as many as are counted are there.
    assert.equal(answer.data.projects.nodes.length, answer.data.projects.totalCount);
    return answer.data.projects.totalCount;
  };
  const asked = async (times) => {
    const found = [];
    for (let time = 0; time < times; time++) found.push(await ask());
    return found;
  };
  const joined = (at) => says(at + 1, "takes part");
  // One takes part, anew if it had joined so often before.
  const takesPart = (at, before = 0) => until(`replica ${at + 1} takes part`, () => joined(at) > before);

  await until("the service answers", () => ask().then(() => true, (cause) => !(cause instanceof TypeError) && Promise.reject(cause)));
  await takesPart(0);
  await takesPart(1);

  const lookups = () => [primary, ...replicas].map((database) => database.lookups());
  const before = lookups();
  const times = 200;
  assert.deepEqual(await asked(times), Array(times).fill(1));
  let done;
  await until("both replicas say what they did", () => {
    done = lookups().map((count, at) => count - before[at]);
    return Math.min(done[1], done[2]) >= times / 2 - 10;
  });
  // What the import did there may be told only now.
  assert.ok(done[0] < 10, `lookups on the primary: ${done[0]}`);
  console.log(`${times} questions, spread: ${done[1]} and ${done[2]} lookups on the replicas, ${done[0]} on the primary`);

  deliver(2);
  await until("what was delivered is everywhere", async () => (await asked(10)).every((count) => count === 2));

  replicas[0].ask("SELECT pg_wal_replay_pause()");
  await until("the first replica stands still", () => replicas[0].ask("SELECT pg_get_wal_replay_pause_state()") === "paused");
  deliver(3);
  const stoodStill = joined(0);
  await until("the replica that stands still is left out", () => says(1, "too far behind") >= 1);
  assert.deepEqual(await asked(20), Array(20).fill(3));
  assert.equal(replicas[0].ask("SELECT count(*) FROM project"), "2");
  replicas[0].ask("SELECT pg_wal_replay_resume()");
  await takesPart(0, stoodStill);
  console.log("a replica that stood still was left out, and taken back when it had caught up");

  // Every one of these is answered, by whoever is left.
  const meanwhile = async (happens) => {
    const answers = Promise.all(Array.from({ length: 4 }, () => asked(100)));
    await ask();
    await happens();
    assert.deepEqual((await answers).flat(), Array(400).fill(3));
  };
  const fellSilent = joined(0);
  await meanwhile(() => replicas[0].signal("SIGSTOP"));
  await until("the silent replica is left out", () => says(1, "did not answer") >= 1);
  replicas[0].signal("SIGCONT");
  await takesPart(0, fellSilent);
  console.log("a replica fell silent: all 400 questions meanwhile were answered, and it was taken back");

  const lost = joined(1);
  await meanwhile(() => stop(replicas[1]));
  await until("the lost replica is left out", () => says(2, "left out") >= 1);
  await meanwhile(() => stop(primary));
  console.log("the second replica was lost and then the primary: all 800 questions meanwhile were answered");
  start(primary);
  start(replicas[1]);
  await takesPart(1, lost);
  deliver(4);
  await until("all is as before", async () => (await asked(10)).every((count) => count === 4));
  console.log("1 primary and 2 replicas: all came back");

  // A server that is not a replica of this one is no replica, whatever it holds.
  replicas[1].ask("SELECT pg_promote()");
  const promoted = joined(1);
  await stop(replicas[1]);
  await until("the promoted server is left out", () => says(2, "did not answer") >= 2);
  start(replicas[1]);
  await until("a server of its own is told", () => says(2, "is no replica") >= 1);
  assert.equal(joined(1), promoted);
  const found = doctor();
  assert.match(found[0], /^1: at data version \d+$/);
  assert.match(found[1], /^2: is no replica/);
  await stop(replicas[1]);
  assert.match(doctor()[1], /^2: does not answer: /);
  console.log("a server that was made one of its own was not taken back");
} finally {
  service?.kill();
  await gone;
  for (const database of running) {
    try {
      // One that stands still does not even stop.
      database.signal("SIGCONT");
      await database.stop();
    } catch (cause) {
      console.error(`${database.data}: ${cause.message}`);
    }
  }
}
