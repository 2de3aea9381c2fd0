// One project, which is asked for anew by its global id.
graphql`
  fragment Project_project on Project
  @argumentDefinitions(asOf: { type: "Date" })
  @refetchable(queryName: "ProjectAgainQuery") {
    name
    status(asOf: $asOf)
    owner {
      ...Organisation_organisation
    }
  }
`;

graphql`
  query ProjectQuery($by: ProjectBy!, $asOf: Date) {
    project(by: $by) {
      ...Project_project @arguments(asOf: $asOf)
    }
  }
`;
