import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import type { ComponentStats } from "../../lib/progress/schema/stats.ts";
import { OUTCOMES } from "../../lib/serve/page/words.ts";

/** The card of the report with this title. */
export function card(page: Page, title: string): Locator {
  return page.getByRole("article", { name: title, exact: true });
}

/** The counts that a card shows. */
async function countsIn(place: Locator): Promise<Record<string, number>> {
  const entries = await place.locator(".legend li").allTextContents();
  return Object.fromEntries(entries.map(readCount));
}

/** The counts that are not 0, as the page calls them. */
export function countsOf(stats: ComponentStats | undefined): Record<string, number> {
  const entries = OUTCOMES.map(({ key, name }): [string, number] => [name, stats?.[key] ?? 0]);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

/** Waits until a card shows these counts, and no others. */
export async function waitForCounts(place: Locator, wanted: Record<string, number>): Promise<void> {
  const text = Object.entries(wanted).map(([name, count]) => `${count.toLocaleString("en")} ${name}`);
  for (const part of text) await place.locator(".legend li").filter({ hasText: part }).first().waitFor();
  expect(await countsIn(place)).to.deep.equal(wanted);
}

/** "1,204 added" */
function readCount(text: string): [string, number] {
  const [, count = "", name = ""] = /([\d,]+)\s+(.+)/.exec(text) ?? [];
  return [name, Number(count.replaceAll(",", ""))];
}
