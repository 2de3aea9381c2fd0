// PostGraphile as its documentation would have it in production: its usual preset with filters and aggregates, without
// GraphiQL, websockets, watching and explaining.
import { PgAggregatesPreset } from "@graphile/pg-aggregates";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { TYPES } from "postgraphile/@dataplan/pg";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";

// Its cursors hold bytes as JSON has buffers, which PostgreSQL does not take back: pages in the default orders would be
// empty, and skipping by offset would have PostgreSQL work out what is skipped, too. So they hold what PostgreSQL wrote.
const { fromPg } = TYPES.bytea;
TYPES.bytea.fromPg = (text) => Object.assign(fromPg(text), { toJSON: () => text });

// What its clients may order and narrow by beyond what it finds out from indexes: it leaves out columns of bytes, which
// all default orders here are of, and those that no index begins with.
const attributes = {
  "public.project.sort_key": "+orderBy",
  "public.project.name": "+filterBy",
  "public.organisation.sort_key": "+orderBy",
  "public.partnership.sort_key": "+orderBy",
  "public.partnership.project_sort_key": "+orderBy",
  "public.award.sort_key": "+orderBy",
  "public.award.kind": "+filterBy",
};
const tags = jsonPgSmartTags({
  version: 1,
  config: {
    // The table has no constraint, for releases outlive projects.
    class: { "public.outcome_cell": { tags: { foreignKey: "(project_id) references public.project (id)" } } },
    attribute: Object.fromEntries(
      Object.entries(attributes).map(([attribute, behavior]) => [attribute, { tags: { behavior } }]),
    ),
  },
});

export default {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset, PgAggregatesPreset],
  plugins: [tags],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: 8 },
    }),
  ],
  grafserv: { watch: false, graphiql: false, websockets: false },
  grafast: { explain: false },
};
