// Runs the audits of GraphQL over HTTP against a running Samverkan; each must pass.
//
//   npm ci --prefix tests/clients
//   node tests/clients/http_audit.mjs http://127.0.0.1:8000

import { auditServer } from "graphql-http";

const [address] = process.argv.slice(2);
if (!URL.canParse(address)) {
  console.error("usage: node http_audit.mjs http://127.0.0.1:PORT");
  process.exit(2);
}
const results = await auditServer({ url: new URL("/graphql", address).href });
const missed = results.filter((result) => result.status !== "ok");
for (const { id, name, status, reason } of missed) console.log(`FAILED  ${id} ${name}: ${status}, ${reason}`);
console.log(`${results.length - missed.length} of ${results.length} audits of GraphQL over HTTP passed`);
process.exit(missed.length === 0 && results.length >= 61 ? 0 : 1);
