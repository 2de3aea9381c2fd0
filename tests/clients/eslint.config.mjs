// What the field's linter says of schema.graphql:
//
//   npm ci --prefix tests/clients
//   tests/clients/node_modules/.bin/eslint --config tests/clients/eslint.config.mjs schema.graphql

import graphql from "@graphql-eslint/eslint-plugin";

// Values, not things: they have no identity of their own and are never fetched anew.
const values = [
  "AmountAggregate",
  "ApiKey",
  "Claim",
  "Conflict",
  "DuplicateCandidate",
  "EnumLabel",
  "FieldCount",
  "Financing",
  "Goal",
  "Indicator",
  "IndicatorCount",
  "IndicatorTarget",
  "IntAggregate",
  "Limits",
  "MatchCount",
  "MissingFact",
  "Money",
  "Municipality",
  "Network",
  "NetworkEdge",
  "NetworkNode",
  "NetworkRoles",
  "NetworkStep",
  "OrganisationName",
  "OutcomeKey",
  "OutcomeRow",
  "OutcomeTable",
  "PageInfo",
  "Period",
  "Portfolio",
  "PortfolioYear",
  "ProjectAggregates",
  "ProjectConflict",
  "ProjectGroup",
  "ProjectGroupKey",
  "ProjectGroups",
  "ProjectNumber",
  "ProtectedCount",
  "Refusal",
  "Region",
  "ReportedResult",
  "Service",
  "SourceQuality",
  "StatementWarning",
  "WarningCount",
  "Viewer",
  "ProposeCorrectionPayload",
  "UserError",
];

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: new URL("../../schema.graphql", import.meta.url).pathname } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
        },
      ],
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: { types: values, suffixes: ["Connection", "Edge"] } }],
    },
  },
];
