import { expect } from "chai";
import type { Page } from "playwright-core";
import { App, fn, LiveMap, mount, mountEach, statsGroup } from "../../lib/index.ts";
import { usePageStage } from "./page-stage.ts";
import { card, countsOf, waitForCounts } from "./shown-counts.ts";

describe("The live page", function () {
  this.timeout(60_000);
  const stage = usePageStage();

  it("opened before, during and after a run shows the same numbers as stats()", async () => {
    const groups = [
      { title: null, size: 6 },
      { title: "docs", size: 40, fails: (index: number) => index % 10 === 3 },
    ];
    const before = await stage.browser.open(stage.server.url);
    await before.page.getByText("No update is running.").waitFor();
    const { handle, open } = await stage.start(groups);
    const during = await stage.browser.open(stage.server.url);
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
    const after = await stage.browser.open(stage.server.url);
    for (const { complaints, page } of [before, during, after]) {
      await waitForCounts(card(page, "docs"), { added: 36, failed: 4 });
      await waitForCounts(card(page, "Outside groups"), countsOf(handle.stats()?.total));
      await page.getByText("done, with failures").first().waitFor();
      expect(complaints).to.deep.equal([]);
    }
    await after.page.screenshot({ path: stage.screenshot("after"), fullPage: true });
  });

  it("shows 200 groups in the order of mounting, and stays fluent", async () => {
    const titles = Array.from({ length: 200 }, (_, index) => `group ${index}`);
    const { complaints, page } = await stage.browser.open(stage.server.url);
    const { handle, open } = await stage.start(titles.map((title) => ({ title, size: 20 })));
    await card(page, "group 199").waitFor();
    const spentMs = await meterMainThread(page);
    for (let count = 1; count <= 20; count++) {
      open(count);
      for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts > 0) break;
    }
    await handle;
    await waitForCounts(card(page, "group 199"), { added: 20 });
    const shown = await page.locator(".card h3").allTextContents();
    expect(shown).to.deep.equal(["Outside groups", ...titles]);
    expect(await spentMs(), "ms of processor time, so that no frame can have taken longer").to.be.within(1, 1000);
    const counts = await page.locator(".card .legend b").allTextContents();
    expect(counts.map(Number).reduce((sum, count) => sum + count)).to.equal(200 * 20 + 1);
    await page.getByLabel("Only groups that run or fail").check();
    await card(page, "group 7").waitFor({ state: "detached" });
    expect(complaints).to.deep.equal([]);
  });

  it("shows hostile titles, names and errors as text", async () => {
    const title = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const other = "\u202eevil\u0000</article>\u2028" + "w".repeat(500);
    const { complaints, page } = await stage.browser.open(stage.server.url, { viewport: { width: 360, height: 700 } });
    const work = fn(
      Object.defineProperty(
        function () {
          throw Object.assign(new Error(`${title} ${"m".repeat(900)}`), { name: `${title}Error`, stack: title });
        },
        "name",
        { value: title },
      ),
    );
    const app = new App({ name: title, environment: stage.test.environment }, async function main() {
      for (const name of [title, other]) await statsGroup(name, () => mount(name, work));
    });
    await app.update();
    await page.locator(".card h3").nth(2).waitFor();
    expect(await page.locator(".card h3").nth(1).textContent()).to.equal(title);
    expect(await page.locator(".card dt").nth(1).textContent()).to.equal(title);
    await page.locator(".cause summary").click();
    expect(await page.locator(".cause .message").textContent()).to.include(`${title}Error: ${title}`);
    expect(await page.locator(".cause pre").textContent()).to.include(title);
    expect(await page.evaluate('"hacked" in globalThis')).to.equal(false);
    expect(await page.locator("main img, main script").count()).to.equal(0);
    expect(await page.evaluate(overflow), "nothing sticks out").to.be.at.most(0);
    expect(complaints).to.deep.equal([]);
  });

  it("groups failures by cause, with path and stack, for the keyboard too", async () => {
    const { handle, open } = await stage.start([{ title: "docs", size: 30, fails: (index) => index % 3 === 0 }]);
    open(30);
    await handle;
    const { page } = await stage.browser.open(stage.server.url);
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

  it("says since when a live run is up to date, and since when a change waits", async () => {
    const gate = Promise.withResolvers<void>();
    const texts = new LiveMap<string, string>([["a", "first"]]);
    const doc = fn(async function doc(text: string) {
      if (text !== "first") await gate.promise;
    });
    const app = new App({ name: "demo", environment: stage.test.environment }, async function main() {
      await mountEach(doc, texts);
    });
    const { page } = await stage.browser.open(stage.server.url);
    const handle = app.update({ live: true });
    for await (const { caughtUpAt } of handle.watch()) if (caughtUpAt !== null) break;
    const pace = card(page, "All components").locator(".pace");
    await pace.getByText(/^up to date since \d\d:\d\d:\d\d$/).waitFor();
    texts.set("b", "second");
    await pace.getByText(/a change has waited since \d\d:\d\d:\d\d$/).waitFor();
    await page.screenshot({ path: stage.screenshot("behind") });
    gate.resolve();
    await pace.getByText(/^up to date since/).waitFor();
    expect(await page.locator(".overview .pace").innerText()).to.match(/^up to date since \d\d:\d\d:\d\d$/);
    await handle.stop();
  });

  it("opens earlier updates", async () => {
    const first = await stage.start([{ title: "first", size: 3 }]);
    first.open(3);
    await first.handle;
    const second = await stage.start([{ title: "second", size: 2 }]);
    second.open(2);
    await second.handle;
    const { complaints, page } = await stage.browser.open(stage.server.url);
    await card(page, "second").waitFor();
    expect(await card(page, "first").count()).to.equal(0);
    await page.locator(".recent summary").focus();
    await page.keyboard.press("Enter");
    await waitForCounts(card(page, "first"), { added: 3 });
    expect(complaints).to.deep.equal([]);
  });
});

/** By how much the page is wider than the window; runs in the browser. */
const overflow = "document.documentElement.scrollWidth - innerWidth";

/** Measures the processor time of a page's main thread from now on. Unlike the time on a clock, it hardly depends on other processes. */
async function meterMainThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ThreadTime")!.value * 1000;
  };
}
