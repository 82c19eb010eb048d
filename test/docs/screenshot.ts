// Writes docs/live-page.png: the live page in the middle of a real first run of the example.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CLI_FILE } from "../cli/cli-folder.ts";
import { ROOT } from "../examples/run-program.ts";
import { startBrowser } from "../serve/browser.ts";
import { createTempFolder } from "../temp-folder.ts";

const PICTURE = join(ROOT, "docs/live-page.png");
/** What is to be in the picture: the second group under way. */
const UNDER_WAY = /Indexing code(?:.|\n)* [1-9]\d % |Indexing code(?:.|\n)*[3-4],\d\d\d added/;

await using folder = await createTempFolder();
await using browser = await startBrowser();
const { page } = await browser.open("about:blank", { viewport: { width: 1200, height: 560 }, colorScheme: "light" });
const env = { ...process.env, DOCS_SEARCH_OUT: join(folder.path, "out"), TIDEMARK_DB: join(folder.path, "state") };
const run = spawn(process.execPath, [CLI_FILE, "update", "examples/docs-search/app.ts", "--serve", "0"], {
  cwd: ROOT,
  env,
  stdio: ["ignore", "ignore", "pipe"],
});
const ended = once(run, "close");
for await (const line of createInterface({ input: run.stderr })) {
  const [, url] = /Progress is at ([^,\s]+)/.exec(line) ?? [];
  if (url === undefined) continue;
  await page.goto(url);
  await page.locator("main", { hasText: UNDER_WAY }).waitFor({ timeout: 120_000 });
  // The address is not the same on any two machines.
  await page.evaluate("document.querySelector('.host').textContent = '127.0.0.1:9464'");
  await page.screenshot({ path: PICTURE });
}
await ended;
