// Compiles the documents in relay/ as an app that uses Relay would: it asks more of a schema than GraphQL does.
//
//   npm ci --prefix tests/clients
//   node tests/clients/relay.mjs

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
// The compiler takes no other paths than those below its configuration.
const work = mkdtempSync(join(tmpdir(), "relay-"));
try {
  const artifacts = join(work, "artifacts");
  mkdirSync(artifacts);
  cpSync(here("relay"), join(work, "src"), { recursive: true });
  cpSync(here("../../schema.graphql"), join(work, "schema.graphql"));
  writeFileSync(
    join(work, "relay.config.json"),
    JSON.stringify({
      src: "src",
      schema: "schema.graphql",
      language: "javascript",
      artifactDirectory: "artifacts",
    }),
  );
  const { status, error, stdout, stderr } = spawnSync(
    here("node_modules/.bin/relay-compiler"),
    ["--noWatchman", "relay.config.json"],
    { cwd: work, encoding: "utf8" },
  );
  const said = error?.message ?? stdout + stderr;
  const made = readdirSync(artifacts);
  // It exits with 0 where it only warns.
  if (status === 0 && !/\[(WARN|ERROR)\]/.test(said) && made.length > 0) {
    console.log(`relay-compiler: ${made.length} documents compiled`);
  } else {
    console.error(`${said}\nrelay-compiler: FAILED with ${made.length} documents compiled`);
    process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true });
}
