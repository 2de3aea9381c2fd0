// Opens the pages of a running Samverkan in Chromium, with no other host within reach.
//
//   npm ci --prefix tests/clients
//   node tests/clients/graphiql.mjs http://127.0.0.1:8000 [folder for screenshots]
//
// CHROMIUM names another browser than /usr/bin/chromium.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, pictures] = process.argv.slice(2);
if (!URL.canParse(address) || new URL(address).hostname !== "127.0.0.1") {
  console.error("usage: node graphiql.mjs http://127.0.0.1:PORT [folder for screenshots]");
  process.exit(2);
}
const base = new URL(address).origin;
const trouble = [];
let passed = 0;
let failed = 0;

async function check(what, test) {
  try {
    await test();
    passed += 1;
    console.log(`ok      ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${what}\n        ${String(error.message ?? error).replaceAll("\n", "\n        ")}`);
  }
}

function expect(truth, otherwise) {
  if (!truth) throw new Error(otherwise);
}

const examples = await fetch(`${base}/assets/examples.json`)
  .then((response) => response.json())
  .catch((error) => {
    console.error(`${base}/assets/examples.json: ${error.cause?.message ?? error.message}\n0 passed, 1 failed`);
    process.exit(1);
  });
if (pictures) await mkdir(pictures, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(10_000);
page.on("request", (request) => {
  const url = new URL(request.url());
  if (url.origin !== base && !["blob:", "data:"].includes(url.protocol)) trouble.push(`asked for ${url}`);
});
page.on("requestfailed", (request) => trouble.push(`${request.url()}: ${request.failure()?.errorText}`));
page.on("response", (response) => response.status() >= 400 && trouble.push(`${response.status()} ${response.url()}`));
page.on("console", (message) => message.type() === "error" && trouble.push(`console: ${message.text()}`));
page.on("pageerror", (error) => trouble.push(`script: ${error.message}`));

const picture = (name) => pictures && page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
const editor = (pane) =>
  page.evaluate((selector) => document.querySelector(selector).CodeMirror.getValue(), `${pane} .CodeMirror`);
/** Does something, and gives the request to /graphql that comes of it and its answer. */
async function exchange(act) {
  const ofQuery = (response) => new URL(response.url()).pathname === "/graphql";
  const [response] = await Promise.all([page.waitForResponse(ofQuery), act()]);
  return { request: response.request(), answer: await response.json() };
}
const run = () => exchange(() => page.click(".graphiql-execute-button"));
const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

try {
  await check("/graphiql opens under a content security policy", async () => {
    const response = await page.goto(`${base}/graphiql`);
    expect(response.status() === 200, `status ${response.status()}`);
    const policy = response.headers()["content-security-policy"] ?? "none";
    expect(policy.includes("default-src 'self'"), `policy: ${policy}`);
    expect(!/script-src[^;]*unsafe/.test(policy), `policy: ${policy}`);
    await page.waitForSelector(".graphiql-execute-button");
    const offered = await page.locator("#examples option").count();
    expect(offered === examples.length + 1 && offered > 1, `${offered - 1} examples of ${examples.length}`);
  });

  await check("the first example is in the first tab", async () => {
    expect((await editor(".graphiql-query-editor")) === examples[0].query, "another text is there");
  });
  for (const [index, { title, query }] of examples.entries()) {
    await check(`example: ${title}`, async () => {
      await page.selectOption("#examples", String(index));
      expect((await editor(".graphiql-query-editor")) === query, "the editor holds another text");
      const { answer } = await run();
      expect(!answer.errors, JSON.stringify(answer.errors));
      await page.waitForFunction(() =>
        document.querySelector(".graphiql-response .CodeMirror").CodeMirror.getValue().includes('"data"'),
      );
      const shown = JSON.parse(await editor(".graphiql-response"));
      // Of what is a partner's own there is nothing without a key.
      const { viewer, ...data } = shown.data;
      expect(Object.values(data).every((value) => value !== null), "an answer is null");
      if (shown.data.projects) expect(shown.data.projects.nodes[0]?.name, "no project has a name");
      await picture(`example-${index + 1}`);
    });
  }

  await check("an example leaves one's own query alone", async () => {
    await page.click(".graphiql-query-editor .CodeMirror");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText("{ service { version } }");
    await page.selectOption("#examples", "0");
    await page.waitForFunction(
      (query) => document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.getValue() === query,
      examples[0].query,
    );
    await page.click(".graphiql-tab >> nth=0");
    expect((await editor(".graphiql-query-editor")).includes("version"), "it is gone");
  });

  await check("the documentation lists what can be asked", async () => {
    await page.click('button[aria-label="Show Documentation Explorer"]');
    await page.click('.graphiql-doc-explorer a:text-is("Query")');
    for (const field of ["project", "projects", "organisation", "funders", "sources"]) {
      await page.waitForSelector(`.graphiql-doc-explorer a:text-is("${field}")`);
    }
    await picture("documentation");
  });

  await check("an API key is sent, and kept in this browser tab only", async () => {
    // Any key will do here: the answer is made up, so that no server need know it.
    const madeUp = (route) => route.fulfill({ json: { data: { service: { version: "made up" } } } });
    await page.route("**/graphql", madeUp);
    const without = await run();
    expect(!without.request.headers().authorization, "a key is sent before there is one");
    await page.fill("#key", "a-key-for-the-test");
    const { request } = await run();
    expect(request.headers().authorization === "Bearer a-key-for-the-test", "it is not sent");
    expect(request.headers().accept.startsWith("application/graphql-response+json"), request.headers().accept);
    expect(request.method() === "POST" && request.headers()["content-type"] === "application/json", "not a JSON POST");
    await picture("api-key");
    const stored = await page.evaluate(() => [JSON.stringify(sessionStorage), JSON.stringify(localStorage)]);
    expect(stored[0].includes("a-key-for-the-test"), "it would be gone after a reload");
    expect(!stored[1].includes("a-key-for-the-test"), "it is stored for good");
    await page.fill("#key", "");
    expect(!(await run()).request.headers().authorization, "it is sent after it was removed");
    await page.unroute("**/graphql", madeUp);
  });

  for (const scheme of ["light", "dark"]) {
    await check(`/ shows what the database holds (${scheme})`, async () => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(`${base}/`);
      expect(!(await page.content()).includes("{{"), "a place of the template is not filled");
      const counts = await page.locator("[data-count]").allTextContents();
      expect(counts.length === 7, `${counts.length} counts`);
      for (const count of counts) expect(/^\d[\d\s,.]*$/.test(count.trim()), `not a number: ${count}`);
      await picture(`overview-${scheme}`);
    });
  }
  await check("both pages fit 360 pixels", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await fits(), "/ is wider");
    await picture("overview-360");
    await page.goto(`${base}/graphiql`);
    await page.waitForSelector(".graphiql-execute-button");
    expect(await fits(), "/graphiql is wider");
    await run();
    expect((await page.locator(".graphiql-response").boundingBox()).width > 200, "the answer has no room");
    await picture("graphiql-360");
  });
  await check("nothing failed on the way, and no other host was asked", async () => {
    expect(trouble.length === 0, trouble.join("\n"));
  });
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
