import axe from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { App, mountEach, statsGroup } from "../../lib/index.ts";
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
