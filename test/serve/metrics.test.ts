import { expect } from "chai";
import { App, fn, mountEach, statsGroup, type UpdateStats } from "../../lib/index.ts";
import {
  COMPONENT_COUNTERS,
  EXPORTED_INSTRUMENTS,
  nameWithUnit,
  PROCESS_OBSERVATIONS,
} from "../../lib/progress/schema/names.ts";
import { serve, type ProgressServer } from "../../lib/serve/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { parsePrometheusText, sumOf, valueOf, type Sample } from "../telemetry/prometheus-text.ts";
import { HOSTILE_NAMES, labelsOf, runHostile } from "./hostile-names.ts";

const COUNTERS = COMPONENT_COUNTERS.map(({ name }) => `${name.replaceAll(".", "_")}_total`);

const doc = fn({ memo: true }, function doc(text: string) {
  if (text === "broken") throw new Error("boom");
});

describe("serve: /metrics", () => {
  let test: TestEnvironment;
  let server: ProgressServer | undefined;

  beforeEach(async () => {
    test = await createTestEnvironment();
    server = undefined;
  });

  afterEach(async () => {
    await server?.close();
    await test[Symbol.asyncDispose]();
  });

  async function open(options: Parameters<typeof serve>[0] = {}): Promise<ProgressServer> {
    server = await serve({ port: 0, ...options });
    return server;
  }

  /** Mounts documents outside any group and in two groups; `halfway` is called in between. */
  function createApp(texts: readonly string[], halfway: () => Promise<void> = async () => {}, name = "served"): App {
    return new App({ name, environment: test.environment }, async function main() {
      await mountEach(doc, itemsOf(texts, "out"));
      await statsGroup("Docs", async () => {
        await (await mountEach("docs", doc, itemsOf(texts, "docs"))).ready();
      });
      await halfway();
      await statsGroup("Code", () => mountEach("code", doc, itemsOf(texts, "code")));
    });
  }

  it("equals the stats of the run and its groups, in the middle and at the end", async () => {
    const { url } = await open({ environment: test.environment });
    const groups = new Map<string, () => UpdateStats | null>();
    const check = async (root: UpdateStats): Promise<void> => {
      const samples = await scrape(url);
      expectCounters(samples, "root", root);
      for (const [title, stats] of groups) expectCounters(samples, title, stats()!);
    };
    const app = new App({ name: "served", environment: test.environment }, async function main() {
      await (await mountEach(doc, itemsOf(["a", "broken"], "out"))).ready();
      await statsGroup("Docs", async (group) => {
        groups.set("Docs", () => group.stats());
        await (await mountEach("docs", doc, itemsOf(["a", "b", "broken"], "docs"))).ready();
        await check(handle.stats()!);
      });
    });
    const handle = app.update();
    await handle;
    await check(handle.stats()!);
    expect(handle.stats()!.total.numErrors).to.equal(1);
  });

  it("goes on from run to run", async () => {
    const { url } = await open();
    const app = createApp(["a", "b"]);
    for (const numRuns of [1, 2, 3]) {
      await app.update();
      const samples = await scrape(url);
      expect(sumOf(samples, COUNTERS[0]!, { app: "served", component: "doc" })).to.equal(6 * numRuns);
      expect(sumOf(samples, COUNTERS[1]!, { app: "served", component: "doc" })).to.equal(6 * (numRuns - 1));
      expect(valueOf(samples, "tidemark_run_completions_total", { app: "served", result: "success" })).to.equal(
        numRuns,
      );
      expect(valueOf(samples, "tidemark_run_active", { app: "served" })).to.equal(0);
    }
  });

  it("has the present totals of a run at once when it is opened in the middle of it", async () => {
    let seen: readonly Sample[] = [];
    let stats: UpdateStats | undefined;
    const app = createApp(["a", "b"], async () => {
      const { url } = await open();
      seen = await scrape(url);
      stats = handle.stats()!;
    });
    const handle = app.update();
    await handle;
    expectCounters(seen, "root", stats!);
    expect(sumOf(seen, COUNTERS[2]!, { app: "served", component: "doc", group: "Docs" })).to.equal(2);
    expect(valueOf(seen, "tidemark_run_active", { app: "served" })).to.equal(1);
    expect(valueOf(seen, "tidemark_component_active", { app: "served", component: "main" })).to.equal(1);
    const last = await scrape(server!.url);
    expectCounters(last, "root", handle.stats()!);
    const durations = "tidemark_component_duration_seconds_count";
    expect(sumOf(seen, durations), "durations begin with it").to.equal(0);
    expect(sumOf(last, durations, { component: "doc", group: "Code" })).to.equal(2);
  });

  it("has nothing of runs that had ended when it was opened", async () => {
    await createApp(["a"]).update();
    const { url } = await open();
    expect((await scrape(url)).filter(({ name }) => name.startsWith("tidemark_"))).to.deep.equal([]);
  });

  it("has all environments of the process, or the one that is given", async () => {
    await using other = await createTestEnvironment();
    await using own = await serve({ port: 0, environment: other.environment });
    const { url } = await open();
    const app = new App({ name: "elsewhere", environment: other.environment }, () => {});
    await Promise.all([createApp([]).update(), app.update()]);
    const appsOf = async (where: string) => new Set((await scrape(where)).flatMap(({ labels }) => labels["app"] ?? []));
    expect(await appsOf(url)).to.deep.equal(new Set(["served", "elsewhere"]));
    expect(await appsOf(own.url)).to.deep.equal(new Set(["elsewhere"]));
  });

  it("shows every instrument, under the names of one table and with its labels", async () => {
    const { url } = await open();
    await createApp(["a"]).update({ live: true });
    const samples = await scrape(url);
    const all = [...EXPORTED_INSTRUMENTS, ...Object.values(PROCESS_OBSERVATIONS)];
    const declared = new Map(
      all.map((instrument) => {
        const name = nameWithUnit(instrument).replaceAll(".", "_");
        return [instrument.kind === "counter" ? `${name}_total` : name, instrument.attributes] as const;
      }),
    );
    const shown = new Map<string, Set<string>>();
    for (const { labels, name } of samples) {
      const family = name.replace(/_(bucket|count|sum)$/, "");
      const { le: _, ...others } = labels;
      const keys = shown.get(family) ?? new Set();
      shown.set(family, keys);
      for (const key of Object.keys(others)) keys.add(key);
    }
    expect([...shown.keys()]).to.have.members([...declared.keys()]);
    for (const [family, keys] of shown) {
      const own = declared.get(family)!.map((key) => key.replaceAll(".", "_"));
      expect([...keys], family).to.have.members([...own, "service_instance_id"]);
    }
  });

  it("has no value that is not a number", async () => {
    const { url } = await open();
    expect((await fetch(`${url}/metrics`).then((response) => response.text())).includes("NaN")).to.equal(false);
    await createApp(["a", "broken"]).update();
    for (const { name, value } of await scrape(url)) expect(Number.isNaN(value), name).to.equal(false);
  });

  for (const named of HOSTILE_NAMES) {
    const { refusedForApp, refusedForComponent, text, what } = named;

    it(`carries titles and names with ${what} unharmed`, async () => {
      const { url } = await open();
      await runHostile(named, test.environment);
      const samples = await scrape(url);
      const labels = labelsOf(named);
      expect(valueOf(samples, COUNTERS[2]!, labels)).to.equal(1);
      const { app } = labels;
      expect(valueOf(samples, "tidemark_run_completions_total", { app, result: "success" })).to.equal(1);
    });

    if (refusedForApp !== undefined) {
      it(`has nothing of an app whose name has ${what}: it is refused`, async () => {
        const { url } = await open();
        const run = async () => new App({ name: text, environment: test.environment }, function main() {}).update();
        expect(String(await failureOf(run()))).to.match(refusedForApp);
        expect(await fetch(`${url}/metrics`).then((response) => response.status)).to.equal(200);
      });
    }

    if (refusedForComponent !== undefined) {
      it(`has nothing of a component whose name has ${what}: it is refused`, () => {
        expect(() => fn({ name: text }, function hostile() {})).to.throw(
          TypeError,
          /`name` must be a non-empty string/,
        );
      });
    }
  }
});

async function scrape(url: string): Promise<Sample[]> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).to.equal(200);
  return parsePrometheusText(await response.text());
}

function itemsOf(texts: readonly string[], where: string): (readonly [string, string])[] {
  return texts.map((text) => [text, text === "broken" ? text : `${text} ${where}`] as const);
}

/** Compares the counters of every component of one group with its stats. */
function expectCounters(samples: readonly Sample[], group: string, { byComponent }: UpdateStats): void {
  for (const [component, row] of Object.entries(byComponent)) {
    const { numAdds, numDeletes, numErrors, numExecutionStarts, numReprocesses, numUnchanged } = row;
    const expected = [numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors];
    const found = COUNTERS.map((name) => valueOf(samples, name, { app: "served", component, group }));
    expect(found, `${component} in ${group}`).to.deep.equal(expected);
    const labels = { app: "served", component, group };
    expect(valueOf(samples, "tidemark_component_active", labels)).to.equal(row.numInProgress);
    expect(valueOf(samples, "tidemark_queue_size", labels)).to.equal(row.numQueued);
  }
}
