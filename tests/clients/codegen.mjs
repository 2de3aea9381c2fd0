// Makes TypeScript types of the schema and of the documents in web/examples, and has tsc check them.
//
//   npm ci --prefix tests/clients
//   node tests/clients/codegen.mjs

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "@graphql-codegen/cli";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const work = mkdtempSync(join(tmpdir(), "codegen-"));
try {
  const files = await generate({
    // Plugins are looked for from here.
    cwd: here("."),
    schema: here("../../schema.graphql"),
    documents: here("../../web/examples/*.graphql"),
    // Two files, for each plugin declares the enums that it uses.
    generates: {
      [join(work, "schema.ts")]: { plugins: ["typescript"] },
      [join(work, "operations.ts")]: { plugins: ["typescript-operations"] },
    },
    config: {
      // A scalar that is not named here fails.
      strictScalars: true,
      scalars: { Currency: "string", Date: "string", DateTime: "string", Decimal: "string", EDTF: "string" },
    },
    silent: true,
  });
  const documents = readdirSync(here("../../web/examples")).filter((name) => name.endsWith(".graphql"));
  const { content } = files.find(({ filename }) => filename.endsWith("operations.ts"));
  const types = content.match(/^export type \w+Query = /gm) ?? [];
  if (types.length !== documents.length) throw new Error(`${types.length} types for ${documents.length} documents`);
  const { status, error, stdout } = spawnSync(
    here("node_modules/.bin/tsc"),
    ["--noEmit", "--strict", ...files.map(({ filename }) => filename)],
    { cwd: work, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(error?.message ?? stdout);
  console.log(`graphql-codegen: types for ${types.length} documents`);
} catch (error) {
  console.error(`${error.message}\ngraphql-codegen: FAILED`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true });
}
