import axe from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { App, mountEach, statsGroup } from "../../lib/index.ts";
import { serve } from "../../lib/serve/index.ts";
import { usePageStage } from "./page-stage.ts";
import { card, waitForCounts } from "./shown-counts.ts";

describe("The live page for everybody", function () {
  this.timeout(60_000);
  const stage = usePageStage();

  it("has a progress bar for each report that promises no share of what is not known", async () => {
    const { handle, open } = await stage.start([{ title: "docs", size: 40 }]);
    const { page } = await stage.browser.open(stage.server.url);
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

  it("tells a screen reader how things stand every 15 seconds at most, and the end", async () => {
    const { page } = await stage.browser.open(stage.server.url, {}, (empty) => empty.clock.install());
    const { handle, open } = await stage.start([{ title: null, size: 20 }]);
    await waitForCounts(card(page, "All components"), { "in progress": 21 });
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await page.evaluate(noteAnnouncements);
    for (let count = 1; count <= 20; count++) {
      open(count);
      const text = count < 20 ? `${21 - count} in progress` : "21 added";
      const shown = page.locator(".card .legend li", { hasText: text });
      while ((await shown.count()) === 0) await page.clock.runFor(100);
      for (let second = 0; second < 4; second++) await page.clock.runFor(1000);
    }
    await handle;
    for (let second = 0; second < 20; second++) await page.clock.runFor(1000);
    const said = await page.evaluate<{ readonly atMs: number; readonly text: string }[]>("said");
    expect(said.length).to.be.at.least(3);
    const gaps = said.slice(1).map(({ atMs }, index) => atMs - said[index]!.atMs);
    expect(Math.min(...gaps)).to.be.at.least(15_000);
    expect(said.at(-1)!.text).to.match(/^demo done after /);
  });

  const states: Readonly<Record<string, (page: Page) => Promise<void>>> = {
    "the form for the token": async (page) => {
      await stage.server.close();
      stage.server = await serve({ port: 0, environment: stage.test.environment, token: "a-token-that-is-long" });
      await page.goto(stage.server.url);
      await page.getByLabel("Token").fill("a b");
      await page.getByRole("button", { name: "Open" }).click();
      await page.getByRole("alert").waitFor();
    },
    "a lost connection": async (page) => {
      await page.getByText("No update is running.").waitFor();
      await stage.server.close();
      await page.locator(".banner").waitFor();
    },
    "an earlier update that was opened": async (page) => {
      for (const title of ["first", "second"]) {
        const { handle, open } = await stage.start([{ title, size: 3, fails: (index) => index === 1 }]);
        open(3);
        await handle;
      }
      const recent = page.locator(".recent");
      await recent.waitFor();
      // The newest update is complete: nothing above the earlier one moves any more.
      await page.locator(".overview .status", { hasText: "done, with failures" }).waitFor();
      await page.locator(".failures .cause").waitFor();
      await waitForCounts(card(page, "second"), { reprocessed: 2, failed: 1 });
      await recent.locator("summary").click();
      await waitForCounts(recent.getByRole("article", { name: "first", exact: true }), { added: 2, failed: 1 });
      await recent.locator(".cause summary").click();
      await recent.locator(".cause pre").waitFor();
    },
  };
  for (const [name, reach] of Object.entries(states)) {
    for (const colorScheme of ["light", "dark"] as const) {
      it(`is accessible with ${name} in ${colorScheme} colours`, async () => {
        const viewport = { width: 360, height: 780 };
        const { page } = await stage.browser.open(stage.server.url, { colorScheme, viewport });
        await reach(page);
        await page.screenshot({ path: stage.screenshot(`${name.replaceAll(" ", "-")}-${colorScheme}`) });
        expect(await findBarriers(page)).to.deep.equal([]);
        expect(await page.evaluate(overflow), "nothing sticks out").to.be.at.most(0);
      });
    }
  }

  it("promises no share while more may be found", async () => {
    const gate = Promise.withResolvers<void>();
    const app = new App({ name: "demo", environment: stage.test.environment }, async function main() {
      await statsGroup("docs", async () => {
        await mountEach(function work() {}, [
          [1, 1],
          [2, 2],
        ]);
        await gate.promise;
      });
    });
    const running = app.update().result();
    const { page } = await stage.browser.open(stage.server.url);
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
        const { handle, open } = await stage.start([
          { title: null, size: 3 },
          { title: "Indexing docs", size: 40, fails: (index) => index % 5 === 1 },
          { title: "Indexing code with a rather long title that has to be broken somewhere", size: 200 },
        ]);
        open(20);
        const { complaints, page } = await stage.browser.open(stage.server.url, {
          viewport,
          colorScheme,
          reducedMotion: "reduce",
        });
        await page.locator(".cause summary").first().click();
        await page.screenshot({ path: stage.screenshot(`${name}-${colorScheme}`) });
        expect(await page.evaluate(overflow), "nothing sticks out").to.be.at.most(0);
        expect(await findBarriers(page)).to.deep.equal([]);
        expect(await page.evaluate(transitions), "nothing moves").to.deep.equal(["0s"]);
        expect(complaints).to.deep.equal([]);
        open(200);
        await handle;
      });
    }
  }
});

/** The durations of the transitions of bars; runs in the browser. */
const transitions =
  '[...new Set([...document.querySelectorAll(".part")].map((part) => getComputedStyle(part).transitionDuration))]';

/** Keeps what is announced from now on, and when; runs in the browser. */
const noteAnnouncements = `{
  globalThis.said = [];
  const place = document.querySelector("[aria-live=polite]");
  new MutationObserver(() => said.push({ atMs: Date.now(), text: place.textContent })).observe(place, {
    childList: true,
    characterData: true,
    subtree: true,
  });
}`;

/** What axe-core finds fault with. */
async function findBarriers(page: Page): Promise<readonly string[]> {
  // Not as a script of the page: its policy forbids that.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations.map(({ help, nodes }) => `${help}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** By how much the page is wider than the window; runs in the browser. */
const overflow = "document.documentElement.scrollWidth - innerWidth";
