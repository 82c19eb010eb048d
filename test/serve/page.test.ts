import axe from "axe-core";
import { expect } from "chai";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { App, mountEach, statsGroup, type UpdateHandle } from "../../lib/index.ts";
import { serve, type ProgressServer } from "../../lib/serve/index.ts";
import { ROOT } from "../examples/run-program.ts";
import { requireProgram } from "../require-program.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { startBrowser, type TestBrowser } from "./browser.ts";
import { createGatedApp, type GatedGroup } from "./gated-app.ts";
import { card, countsOf, waitForCounts } from "./shown-counts.ts";

/** Not committed. */
const SCREENSHOTS = join(ROOT, "output/screenshots");

describe("The live page", function () {
  this.timeout(60_000);
  let browser: TestBrowser | undefined;
  let test: TestEnvironment;
  let server: ProgressServer;

  before(async function () {
    requireProgram(this, "chromium");
    browser = await startBrowser();
    await mkdir(SCREENSHOTS, { recursive: true });
  });

  after(() => browser?.[Symbol.asyncDispose]());

  beforeEach(async () => {
    test = await createTestEnvironment();
    server = await serve({ port: 0, environment: test.environment });
  });

  afterEach(async () => {
    await browser?.closePages();
    await server.close();
    await test[Symbol.asyncDispose]();
  });

  async function start(
    groups: readonly GatedGroup[],
  ): Promise<{ readonly open: (count: number) => void; readonly handle: UpdateHandle<unknown> }> {
    const gated = createGatedApp(test.environment, "demo", groups);
    const handle = gated.app.update();
    for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts > 0) break;
    return { handle, open: (count) => gated.open(count) };
  }

  it("opened before, during and after a run shows the same numbers as stats()", async () => {
    const groups = [
      { title: null, size: 6 },
      { title: "docs", size: 40, fails: (index: number) => index % 10 === 3 },
    ];
    const before = await browser!.open(server.url);
    await before.page.getByText("No update is running.").waitFor();
    const { handle, open } = await start(groups);
    const during = await browser!.open(server.url);
    for (const { page } of [before, during]) {
      await waitForCounts(card(page, "docs"), { "in progress": 40 });
      await waitForCounts(card(page, "Outside groups"), countsOf(handle.stats()?.total));
    }
    open(25);
    for (const { page } of [before, during]) {
      await waitForCounts(card(page, "docs"), { added: 22, failed: 3, "in progress": 15 });
    }
    open(40);
    await handle;
    const after = await browser!.open(server.url);
    for (const { complaints, page } of [before, during, after]) {
      await waitForCounts(card(page, "docs"), { added: 36, failed: 4 });
      await waitForCounts(card(page, "Outside groups"), countsOf(handle.stats()?.total));
      await page.getByText("done, with failures").first().waitFor();
      expect(complaints).to.deep.equal([]);
    }
    await after.page.screenshot({ path: join(SCREENSHOTS, "after.png"), fullPage: true });
  });

  it("shows 200 groups in the order of mounting, and stays fluent", async () => {
    const titles = Array.from({ length: 200 }, (_, index) => `group ${index}`);
    const { complaints, page } = await browser!.open(server.url);
    const { handle, open } = await start(titles.map((title) => ({ title, size: 20 })));
    await card(page, "group 199").waitFor();
    const frames = page.evaluate(watchFrames);
    for (let count = 1; count <= 20; count++) {
      open(count);
      for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts > 0) break;
    }
    await handle;
    await waitForCounts(card(page, "group 199"), { added: 20 });
    const shown = await page.locator(".card h3").allTextContents();
    expect(shown).to.deep.equal(["Outside groups", ...titles]);
    expect(await frames, "the longest time without a frame, in ms").to.be.lessThan(1000);
    const counts = await page.locator(".card .legend b").allTextContents();
    expect(counts.map(Number).reduce((sum, count) => sum + count)).to.equal(200 * 20 + 1);
    await page.getByLabel("Only groups that run or fail").check();
    await card(page, "group 7").waitFor({ state: "detached" });
    expect(complaints).to.deep.equal([]);
  });

  it("shows hostile titles, names and errors as text", async () => {
    const title = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const other = "\u202eevil\u0000</article>\u2028" + "w".repeat(500);
    const { complaints, page } = await browser!.open(server.url, { viewport: { width: 360, height: 700 } });
    const { handle, open } = await start([
      { title, size: 2 },
      { title: other, size: 1 },
    ]);
    open(9);
    await handle;
    await page.locator(".card h3").nth(2).waitFor();
    expect(await page.locator(".card h3").nth(1).textContent()).to.equal(title);
    expect(await page.evaluate(() => "hacked" in globalThis)).to.equal(false);
    expect(await page.locator(".card img").count()).to.equal(0);
    expect(await page.evaluate(overflow), "nothing sticks out").to.be.at.most(0);
    expect(complaints).to.deep.equal([]);
  });

  it("says that the connection is lost, and catches up when it is back", async () => {
    const { page } = await browser!.open(server.url);
    const { handle, open } = await start([{ title: "docs", size: 30 }]);
    await waitForCounts(card(page, "docs"), { "in progress": 30 });
    const { port } = server;
    await server.close();
    await page.locator(".banner").waitFor();
    expect(await page.locator(".mark").innerText()).to.equal("connection lost");
    open(20);
    for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts > 0) break;
    server = await serve({ port, environment: test.environment });
    await waitForCounts(card(page, "docs"), { added: 20, "in progress": 10 });
    expect(await page.locator(".banner").count()).to.equal(0);
    open(30);
    await handle;
    await waitForCounts(card(page, "docs"), { added: 30 });
  });

  it("shows the end of a run with which the server goes", async () => {
    const { page } = await browser!.open(server.url);
    const { handle, open } = await start([{ title: "docs", size: 5 }]);
    await waitForCounts(card(page, "docs"), { "in progress": 5 });
    open(5);
    await handle;
    await server.close();
    await page.locator(".banner").waitFor();
    await waitForCounts(card(page, "docs"), { added: 5 });
  });

  it("groups failures by cause, with path and stack, for the keyboard too", async () => {
    const { handle, open } = await start([{ title: "docs", size: 30, fails: (index) => index % 3 === 0 }]);
    open(30);
    await handle;
    const { page } = await browser!.open(server.url);
    const cause = page.locator(".cause");
    await cause.first().waitFor();
    expect(await cause.count()).to.equal(1);
    expect(await cause.locator("summary").innerText()).to.match(/^10×\s+TypeError: row … is damaged$/);
    await cause.locator("summary").focus();
    await page.keyboard.press("Enter");
    await cause.locator("pre").waitFor();
    expect(await cause.locator("pre").innerText()).to.match(/^TypeError: row \d+ is damaged\n +at work/);
    expect(await cause.locator(".paths").innerText())
      .to.include("/[0]/27")
      .and.to.include("in docs");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.tagName")).to.equal("PRE");
  });

  it("opens earlier updates", async () => {
    const first = await start([{ title: "first", size: 3 }]);
    first.open(3);
    await first.handle;
    const second = await start([{ title: "second", size: 2 }]);
    second.open(2);
    await second.handle;
    const { complaints, page } = await browser!.open(server.url);
    await card(page, "second").waitFor();
    expect(await card(page, "first").count()).to.equal(0);
    await page.locator(".recent summary").focus();
    await page.keyboard.press("Enter");
    await waitForCounts(card(page, "first"), { added: 3 });
    expect(complaints).to.deep.equal([]);
  });

  it("asks for the token, and says when it is wrong", async () => {
    await server.close();
    server = await serve({ port: 0, environment: test.environment, token: "secret" });
    const { handle, open } = await start([{ title: "docs", size: 3 }]);
    open(3);
    await handle;
    const { page } = await browser!.open(server.url);
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("does not take this token").waitFor();
    await page.getByLabel("Token").fill("secret");
    await page.getByRole("button", { name: "Open" }).click();
    await waitForCounts(card(page, "docs"), { added: 3 });
  });

  it("has a progress bar for each report that promises no share of what is not known", async () => {
    const { handle, open } = await start([{ title: "docs", size: 40 }]);
    const { page } = await browser!.open(server.url);
    const bar = page.getByRole("progressbar", { name: "docs", exact: true });
    open(10);
    await waitForCounts(card(page, "docs"), { added: 10, "in progress": 30 });
    expect(await bar.getAttribute("aria-valuenow")).to.equal("25");
    expect(await bar.getAttribute("aria-valuetext")).to.equal("10 of 40 done, 25 %");
    expect(await page.locator("[aria-live=polite]").count()).to.equal(1);
    await page.locator("[aria-live=polite]", { hasText: /^demo: / }).waitFor({ state: "attached" });
    open(40);
    await handle;
    await waitForCounts(card(page, "docs"), { added: 40 });
    expect(await bar.getAttribute("aria-valuenow")).to.equal("100");
  });

  it("promises no share while more may be found", async () => {
    const gate = Promise.withResolvers<void>();
    const app = new App({ name: "demo", environment: test.environment }, async function main() {
      await statsGroup("docs", async () => {
        await mountEach(function work() {}, [
          [1, 1],
          [2, 2],
        ]);
        await gate.promise;
      });
    });
    const running = app.update().result();
    const { page } = await browser!.open(server.url);
    await waitForCounts(card(page, "docs"), { added: 2 });
    const bar = page.getByRole("progressbar", { name: "docs", exact: true });
    expect(await bar.getAttribute("aria-valuenow")).to.equal(null);
    expect(await bar.getAttribute("aria-valuetext")).to.equal("2 done, at least 2 found, still listing");
    gate.resolve();
    await running;
    await card(page, "docs").getByText("2 done", { exact: true }).waitFor();
    expect(await bar.getAttribute("aria-valuenow")).to.equal("100");
  });

  const sizes = {
    phone: { width: 360, height: 780 },
    laptop: { width: 1280, height: 800 },
    "4k": { width: 3840, height: 2160 },
  };
  for (const [name, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ["light", "dark"] as const) {
      it(`is accessible and fits on a ${name} in ${colorScheme} colours`, async () => {
        const { handle, open } = await start([
          { title: null, size: 3 },
          { title: "Indexing docs", size: 40, fails: (index) => index % 5 === 1 },
          { title: "Indexing code with a rather long title that has to be broken somewhere", size: 200 },
        ]);
        open(20);
        const { complaints, page } = await browser!.open(server.url, {
          viewport,
          colorScheme,
          reducedMotion: "reduce",
        });
        await page.locator(".cause summary").first().click();
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${colorScheme}.png`) });
        expect(await page.evaluate(overflow), "nothing sticks out").to.be.at.most(0);
        expect(await findBarriers(page)).to.deep.equal([]);
        expect(complaints).to.deep.equal([]);
        open(200);
        await handle;
      });
    }
  }
});

/** What axe-core finds fault with. */
async function findBarriers(page: Page): Promise<readonly string[]> {
  // Not as a script of the page: its policy forbids that.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations.map(({ help, nodes }) => `${help}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** By how much the page is wider than the window; runs in the browser. */
const overflow = "document.documentElement.scrollWidth - innerWidth";

/** The longest time between two frames in the next seconds, in ms; runs in the browser. */
const watchFrames = `new Promise((resolve) => {
  const end = performance.now() + 3000;
  let last = performance.now();
  let longest = 0;
  const look = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    if (now < end) requestAnimationFrame(look);
    else resolve(longest);
  };
  requestAnimationFrame(look);
})`;
