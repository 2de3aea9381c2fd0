// A list within one object: its pages are asked for by that object's global id.
graphql`
  fragment Organisation_organisation on Organisation
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    roles: { type: "[PartnershipRole!]", defaultValue: [OWNER] }
  )
  @refetchable(queryName: "OrganisationPageQuery") {
    name
    projects(first: $count, after: $cursor, roles: $roles) @connection(key: "Organisation_projects") {
      edges {
        node {
          name
        }
      }
    }
  }
`;
