// Runs the programs in examples/ against a server, as a partner would.
//
//   node tests/clients/examples.mjs http://ADDRESS KEY PYTHON
//
// PYTHON is an interpreter that has gql.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "@graphql-codegen/cli";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const example = (name) => here(`../../examples/${name}`);
const [address, key, python] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "examples-"));
const env = { ...process.env, SAMVERKAN_URL: address, SAMVERKAN_KEY: key, PYTHONDONTWRITEBYTECODE: "1" };

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: work, env, encoding: "utf8", timeout: 60_000 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stdout + stderr}`);
  return stdout.trim();
}

function check(what, holds) {
  if (!holds) throw new Error(what);
}

try {
  for (const name of ["sync.py", "outcomes.ts", "outcomes.sh", "outcomes.pq"]) {
    const lines = readFileSync(example(name), "utf8").split("\n").length;
    check(`${name} has ${lines} lines`, lines <= 61);
  }

  // Python: everything, then nothing new.
  const first = run(python, example("sync.py"), "copy.json");
  const [projects] = first.match(/\d+/);
  check(`sync.py: ${first}`, Number(projects) > 0 && !first.endsWith(" 0 changes"));
  const second = run(python, example("sync.py"), "copy.json");
  check(`sync.py again: ${second}`, second === `${projects} projects, 0 changes`);

  // TypeScript: with the types that are generated from it, checked and run.
  copyFileSync(example("outcomes.ts"), join(work, "outcomes.ts"));
  writeFileSync(join(work, "package.json"), '{ "type": "module" }');
  const { config } = JSON.parse(readFileSync(example("codegen.json"), "utf8"));
  await generate({
    cwd: here("."),
    schema: here("../../schema.graphql"),
    documents: join(work, "outcomes.ts"),
    generates: { [join(work, "outcomes.types.ts")]: { plugins: ["typescript-operations"] } },
    config,
    silent: true,
  });
  const out = join(work, "out");
  run(
    here("node_modules/.bin/tsc"),
    ...["--strict", "--target", "esnext", "--module", "nodenext", "--rewriteRelativeImportExtensions", "--types", ""],
    ...["--outDir", out, join(work, "outcomes.ts")],
  );
  const table = run(process.execPath, join(out, "outcomes.js")).split("\n");
  check(`outcomes.ts: ${table}`, table[0].startsWith("project\tWORK\t") && table.length > 3);
  const total = Number(table.at(-1).match(/^\d+/)[0]);
  const counted = table.slice(1, -1).flatMap((line) => line.split("\t").slice(1).map(Number));
  check("outcomes.ts: rows are the total", counted.reduce((sum, count) => sum + count, 0) === total);

  // curl: the same numbers in a file.
  run("sh", example("outcomes.sh"), work);
  const rows = readFileSync(join(work, "outcomes.csv"), "utf8").trim().split(/\r?\n/).map((line) => line.split(";"));
  const own = rows.slice(1).filter((row) => row[6] === "");
  check("outcomes.sh: rows are the total", own.reduce((sum, row) => sum + Number(row.at(-1)), 0) === total);

  // Power Query runs in Excel alone; what it fetches is fetched here.
  const recipe = readFileSync(example("outcomes.pq"), "utf8");
  const path = recipe.match(/RelativePath = "([^"]+)"/)[1];
  const [, name, value] = recipe.match(/Query = \[(\w+) = "(\w+)"\]/);
  const answer = await fetch(`${address}/${path}?${name}=${value}`, { headers: { authorization: `Bearer ${key}` } });
  const header = (await answer.text()).split(/\r?\n/)[0].split(",");
  const named = [...recipe.matchAll(/\{"(\w+)", Int64/g)].map(([, column]) => column).concat("dimension");
  check("outcomes.pq: its columns are there", answer.ok && named.every((column) => header.includes(column)));

  console.log(`examples: ${projects} projects copied, ${total} participations in tables, by Python, TypeScript, curl and Power Query`);
} catch (error) {
  console.error(`${error.message}\nexamples: FAILED`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true });
}
