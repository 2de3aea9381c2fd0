// Exact outcomes of my organisation's projects, as a table: one line a project, one column a position upon leaving.
//
//   npx graphql-codegen --config examples/codegen.json      (makes examples/outcomes.types.ts)
//   SAMVERKAN_URL=http://127.0.0.1:8000 SAMVERKAN_KEY=smv_… node examples/outcomes.ts      (Node 22.18 or later)

import type { OwnOutcomesQuery } from "./outcomes.types.ts";

declare const process: { env: Record<string, string | undefined>; exitCode: number };

const query = /* GraphQL */ `
  query OwnOutcomes {
    viewer {
      participantOutcomes(by: [PROJECT], dimension: EXIT_STATUS) {
        total { value }
        rows { key { project { name } code } participants { value } }
      }
    }
  }
`;

const response = await fetch(`${process.env["SAMVERKAN_URL"]}/graphql`, {
  method: "POST",
  headers: {
    "authorization": `Bearer ${process.env["SAMVERKAN_KEY"]}`,
    "content-type": "application/json",
    // Whoever takes part in the projects can read what for.
    "x-purpose": "Quarterly follow-up",
  },
  body: JSON.stringify({ query }),
});
const { data, errors }: { data?: OwnOutcomesQuery; errors?: { message: string }[] } = await response.json();
const table = data?.viewer?.participantOutcomes;
if (!table) {
  console.error(errors?.map((error) => error.message).join("\n") ?? "no key, or nothing granted");
  process.exitCode = 1;
} else {
  const codes = [...new Set(table.rows.map((row) => row.key.code ?? ""))];
  const projects = [...new Set(table.rows.map((row) => row.key.project?.name ?? ""))];
  console.log(["project", ...codes].join("\t"));
  for (const name of projects) {
    const own = table.rows.filter((row) => row.key.project?.name === name);
    const count = (code: string) => own.find((row) => row.key.code === code)?.participants.value ?? 0;
    console.log([name, ...codes.map(count)].join("\t"));
  }
  console.log(`${table.total.value} participations in ${projects.length} projects`);
}
