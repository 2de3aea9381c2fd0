// GraphiQL on /graphql, with the example queries and the API key of the bar above it.
"use strict";

const KEY = "samverkan:api-key";
const keyBox = document.getElementById("key");
const menu = document.getElementById("examples");

keyBox.value = sessionStorage.getItem(KEY) ?? "";
keyBox.addEventListener("input", () => {
  const key = keyBox.value.trim();
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
});
document.getElementById("key-form").addEventListener("submit", (event) => event.preventDefault());

async function send({ query, variables, operationName }, options) {
  // GraphiQL notices a new operation name a moment late: a name that the text lacks is the one before.
  const name = query.includes(operationName) ? operationName : undefined;
  const body = JSON.stringify({ query, variables, operationName: name });
  const headers = new Headers({
    "Content-Type": "application/json",
    Accept: "application/graphql-response+json, application/json;q=0.9",
  });
  const key = keyBox.value.trim();
  if (key) headers.set("Authorization", `Bearer ${key}`);
  for (const [header, value] of Object.entries(options?.headers ?? {})) headers.set(header, value);
  const response = await fetch("/graphql", { method: "POST", headers, body });
  if (/json/.test(response.headers.get("Content-Type"))) return response.json();
  const text = (await response.text()).slice(0, 500);
  return { errors: [{ message: `The server answered ${response.status}. ${text}`.trim() }] };
}

async function loadExamples() {
  try {
    const response = await fetch("/assets/examples.json");
    return response.ok ? await response.json() : [];
  } catch {
    return [];
  }
}

/** Opens the chosen example: in this tab if nobody's own query is in it, else in a new one. */
function ExampleMenu({ examples }) {
  const { tabs, activeTabIndex, addTab, queryEditor, variableEditor, responseEditor } =
    GraphiQL.React.useEditorContext({ nonNull: true });
  const waiting = React.useRef(null);

  const show = (query) => {
    queryEditor.setValue(query);
    variableEditor?.setValue("");
    responseEditor?.setValue("");
    queryEditor.focus();
  };
  React.useEffect(() => {
    const choose = () => {
      const { query } = examples[Number(menu.value)];
      menu.value = "";
      const current = queryEditor.getValue();
      if (current.trim() === "" || examples.some((example) => example.query === current)) {
        show(query);
      } else {
        waiting.current = query;
        addTab();
      }
    };
    menu.addEventListener("change", choose);
    return () => menu.removeEventListener("change", choose);
  });
  React.useEffect(() => {
    if (waiting.current === null) return;
    show(waiting.current);
    waiting.current = null;
  }, [tabs.length, activeTabIndex]);
  return null;
}

loadExamples().then((examples) => {
  examples.forEach(({ title }, index) => menu.add(new Option(title, String(index))));
  menu.disabled = examples.length === 0;
  const page = React.createElement(
    GraphiQL,
    { fetcher: send, defaultQuery: examples[0]?.query, shouldPersistHeaders: false },
    React.createElement(ExampleMenu, { examples }),
  );
  ReactDOM.createRoot(document.getElementById("graphiql")).render(page);
});
