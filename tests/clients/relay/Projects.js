// A list that grows as one scrolls.
graphql`
  fragment Projects_query on Query
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    where: { type: "ProjectFilter" }
  )
  @refetchable(queryName: "ProjectsPageQuery") {
    projects(first: $count, after: $cursor, where: $where) @connection(key: "Projects_projects") {
      totalCount
      edges {
        node {
          ...Project_project
        }
      }
    }
  }
`;

graphql`
  query ProjectsQuery($where: ProjectFilter) {
    ...Projects_query @arguments(where: $where)
  }
`;
