import { expect } from "chai";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { Page } from "playwright-core";
import { serve } from "../../lib/serve/index.ts";
import { noteEventAnswers, takeHiding } from "./page-hiding.ts";
import { usePageStage } from "./page-stage.ts";
import { card, waitForCounts } from "./shown-counts.ts";

describe("The connection of the live page", function () {
  this.timeout(60_000);
  const stage = usePageStage();

  it("says that the connection is lost, and catches up when it is back", async () => {
    const { page } = await stage.browser.open(stage.server.url);
    const { handle, open } = await stage.start([{ title: "docs", size: 30 }]);
    await waitForCounts(card(page, "docs"), { "in progress": 30 });
    const { port } = stage.server;
    await stage.server.close();
    await page.locator(".banner").waitFor();
    expect(await page.locator(".mark").innerText()).to.equal("connection lost");
    open(20);
    for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts > 0) break;
    stage.server = await serve({ port, environment: stage.test.environment });
    await waitForCounts(card(page, "docs"), { added: 20, "in progress": 10 });
    expect(await page.locator(".banner").count()).to.equal(0);
    open(30);
    await handle;
    await waitForCounts(card(page, "docs"), { added: 30 });
  });

  it("shows the end of a run with which the server goes", async () => {
    const { page } = await stage.browser.open(stage.server.url);
    const { handle, open } = await stage.start([{ title: "docs", size: 5 }]);
    await waitForCounts(card(page, "docs"), { "in progress": 5 });
    open(5);
    await handle;
    await stage.server.close();
    await page.locator(".banner").waitFor();
    await waitForCounts(card(page, "docs"), { added: 5 });
    expect(await page.locator(".mark").innerText()).to.equal("connection lost");
  });

  it("asks for the token, and says when it is wrong", async () => {
    await stage.server.close();
    stage.server = await serve({ port: 0, environment: stage.test.environment, token: "a-token-that-is-long" });
    const { handle, open } = await stage.start([{ title: "docs", size: 3 }]);
    open(3);
    await handle;
    const { page } = await stage.browser.open(stage.server.url);
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("does not take this token").waitFor();
    await page.getByLabel("Token").fill("a-token-that-is-long");
    await page.getByRole("button", { name: "Open" }).click();
    await waitForCounts(card(page, "docs"), { added: 3 });
    expect(await page.getByLabel("Token").count()).to.equal(0);
    expect(await page.evaluate(keptToken)).to.equal("a-token-that-is-long");
  });

  it("asks for another token when one is badly formed, which it does not keep (bug: the page was lost for good)", async () => {
    await stage.server.close();
    stage.server = await serve({ port: 0, environment: stage.test.environment, token: "a-token-that-is-long" });
    const { page } = await stage.browser.open(stage.server.url);
    for (const token of ["a b", "ü", "=", "a=b"]) {
      await page.getByLabel("Token").fill(token);
      await page.getByRole("button", { name: "Open" }).click();
      await page.getByText("A token is made of letters").waitFor();
      expect(await page.evaluate(keptToken), token).to.equal(null);
    }
    await page.addInitScript('sessionStorage.setItem("tidemark-token", "a b")');
    await page.reload();
    await page.getByText("does not take this token").waitFor();
    await page.getByLabel("Token").fill("a-token-that-is-long");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("No update is running.").waitFor();
    expect(await page.evaluate(keptToken)).to.equal("a-token-that-is-long");
  });

  it("is asked for the token when that is answered before the first frame (bug: the page went on connecting)", async () => {
    await stage.server.close();
    stage.server = await serve({ port: 0, environment: stage.test.environment, token: "a-token-that-is-long" });
    const { page } = await stage.browser.open(stage.server.url, {}, async (empty) => {
      await empty.clock.install();
      await empty.clock.pauseAt(Date.now() + 60_000);
    });
    for (let round = 0; round < 3; round++) await page.evaluate(askForHealth);
    await page.clock.runFor(1000);
    await page.getByLabel("Token").waitFor();
    expect(await page.locator(".mark").innerText()).to.equal("locked");
  });

  it("brings a failure after which nothing happens (bug: not always)", async () => {
    const { page } = await stage.browser.open(stage.server.url, {}, installClock);
    const { handle, open } = await stage.start([{ title: "docs", size: 10, fails: (index) => index % 3 === 0 }]);
    await waitForCounts(card(page, "docs"), { "in progress": 10 });
    const legend = card(page, "docs").locator(".legend");
    for (const [numOpen, numFailed] of [
      [1, 1],
      [2, 1],
      [4, 2],
      [7, 3],
    ] as const) {
      open(numOpen);
      await legend.getByText(`${10 - numOpen} in progress`).waitFor();
      await page.clock.fastForward(2000);
      await page.locator(".cause .count", { hasText: `${numFailed}×` }).waitFor();
    }
    open(10);
    await handle;
    await waitForCounts(card(page, "docs"), { added: 6, failed: 4 });
  });

  it("is closed by a tab that is hidden for a minute, which has a title meanwhile, and catches up when shown", async () => {
    using events = noteEventAnswers();
    const { page } = await stage.browser.open(stage.server.url, {}, installClock);
    const { handle, open } = await stage.start([{ title: null, size: 9 }]);
    await waitForCounts(card(page, "All components"), { "in progress": 10 });
    const tab = await takeHiding(page);
    await tab.freeze();
    const [answer] = events.answers;
    const sentBytes = answer!.socket!.bytesWritten;
    open(5);
    while (answer!.socket!.bytesWritten === sentBytes) await setImmediate();
    // By the time that this is answered, that has been read.
    for (let round = 0; round < 3; round++) await page.evaluate(askForHealth);
    await tab.setHidden(true);
    while (!(await page.title()).startsWith("50 %"));
    const closed = once(answer!, "close");
    await page.clock.fastForward(60_000);
    await closed;
    open(9);
    await handle;
    for (let round = 0; round < 5; round++) await page.clock.fastForward(60_000);
    expect(await page.title(), "it does not look").to.match(/^50 %/);
    expect(events.answers).to.have.length(1);
    await tab.setHidden(false);
    await waitForCounts(card(page, "All components"), { added: 10 });
    expect(events.answers).to.have.length(2);
  });

  it("is not tried again by a tab that is hidden while it is lost (bug: it was, and kept)", async () => {
    const { page } = await stage.browser.open(stage.server.url, {}, installClock);
    await page.getByText("No update is running.").waitFor();
    const tab = await takeHiding(page);
    const { port } = stage.server;
    await stage.server.close();
    await page.locator(".banner").waitFor();
    // Pauses grow to 15 s.
    for (let round = 0; round < 10; round++) await page.clock.fastForward(20_000);
    await tab.setHidden(true);
    await page.clock.fastForward(60_000);
    using events = noteEventAnswers();
    stage.server = await serve({ port, environment: stage.test.environment });
    for (let round = 0; round < 5; round++) await page.clock.fastForward(60_000);
    await page.evaluate('dispatchEvent(new Event("online"))');
    await page.evaluate(askForHealth);
    expect(events.answers).to.have.length(0);
    await tab.setHidden(false);
    await page.locator(".mark", { hasText: "live" }).waitFor();
    expect(events.answers).to.have.length(1);
  });
});

/** Runs in the browser. */
const askForHealth = 'fetch("healthz").then((response) => response.text())';

/** The token that a page keeps for when it is loaded again; runs in the browser. */
const keptToken = 'sessionStorage.getItem("tidemark-token")';

/** Lets the test put the page's clock forward. */
function installClock(page: Page): Promise<void> {
  return page.clock.install();
}
