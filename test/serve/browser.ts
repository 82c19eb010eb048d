import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

/** A browser without a screen; `await using` closes it. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** Opens a page that keeps what its console and its code complain of; `prepare` sees it while it is empty. */
  open(
    url: string,
    options?: BrowserContextOptions,
    prepare?: (page: Page) => Promise<void>,
  ): Promise<{ readonly page: Page; readonly complaints: string[] }>;
  /** Closes the pages that were opened. */
  closePages(): Promise<void>;
}

/** Starts the installed Chromium. */
export async function startBrowser(): Promise<TestBrowser> {
  // In containers there is often neither a sandbox to be had nor much shared memory.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  return {
    browser,
    async open(url, options, prepare) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await prepare?.(page);
      await page.goto(url);
      return { page, complaints };
    },
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
