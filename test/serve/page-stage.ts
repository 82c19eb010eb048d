import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { UpdateHandle } from "../../lib/index.ts";
import { serve, type ProgressServer } from "../../lib/serve/index.ts";
import { ROOT } from "../examples/run-program.ts";
import { requireProgram } from "../require-program.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { startBrowser, type TestBrowser } from "./browser.ts";
import { createGatedApp, type GatedGroup } from "./gated-app.ts";

/** Not committed. */
const SCREENSHOTS = join(ROOT, "output/screenshots");

/** A run that goes as far as the test says. */
export interface GatedRun {
  readonly handle: UpdateHandle<unknown>;
  /** Lets components with an index below `count` end. */
  readonly open: (count: number) => void;
}

/** A browser, and a server of an environment; both are new for each test. */
export interface PageStage {
  readonly browser: TestBrowser;
  readonly test: TestEnvironment;
  server: ProgressServer;
  /** Starts an update of the app `demo`, and resolves when it counts. */
  start(groups: readonly GatedGroup[]): Promise<GatedRun>;
  /** Where a picture of the page is kept. */
  screenshot(name: string): string;
}

/** Has the hooks of the suite in which it is called set a stage for each of its tests. */
export function usePageStage(): PageStage {
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

  return {
    get browser() {
      return browser!;
    },
    get test() {
      return test;
    },
    get server() {
      return server;
    },
    set server(other) {
      server = other;
    },
    async start(groups) {
      const gated = createGatedApp(test.environment, "demo", groups);
      const handle = gated.app.update();
      for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts > 0) break;
      return { handle, open: (count) => gated.open(count) };
    },
    screenshot: (name) => join(SCREENSHOTS, `${name}.png`),
  };
}
