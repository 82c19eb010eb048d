import { expect } from "chai";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  App,
  declareTargetState,
  defineContainer,
  defineTarget,
  Environment,
  mount,
  mountTarget,
  type StableKey,
} from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createTempFolder } from "../../temp-folder.ts";

describe("a target keyed by place", () => {
  const host = useTestEnvironment();
  const keys: StableKey[] = [];
  const files = defineTarget<StableKey, string, string, StableKey>("test/keyed-by-place", {
    keyedBy: "place",
    reconcile: ({ desired, key, previous }) =>
      desired !== undefined && previous.includes(desired) ? undefined : { action: key, tracking: desired },
    apply: (actions) => void keys.push(...actions),
  });

  const declareOne = (key: StableKey): void => declareTargetState(files, key, "x");

  const update = async (...declared: readonly StableKey[]): Promise<StableKey[]> => {
    keys.length = 0;
    const app = new App({ name: "places", environment: host.environment }, async () => {
      for (const key of declared) await mount(key, declareOne, key);
    });
    await app.update();
    return keys.splice(0);
  };

  it("has one key for all names of a path, and leaves other keys as they are", async () => {
    await using temp = await createTempFolder();
    const { root } = host.environment;
    mkdirSync(join(temp.path, "real"));
    symlinkSync(join(temp.path, "real"), join(temp.path, "link"));
    const given = [join(root, "a/b"), join(temp.path, "link/c"), [join(root, "db"), "table"], "memory:1", 5];
    const canonical = ["a/b", join(temp.path, "real/c"), ["db", "table"], "memory:1", 5];
    expect(await update(...given)).to.have.deep.members(canonical);
    expect(await update("./a/b", join(temp.path, "real/c"), ["db", "table"], "memory:1", 5)).to.deep.equal([]);
    expect(await update()).to.have.deep.members(canonical);
  });

  it("conflicts where one component declares a path by two of its names", async () => {
    const { root } = host.environment;
    const app = new App({ name: "places", environment: host.environment }, () => {
      declareTargetState(files, "x", "1");
      declareTargetState(files, join(root, "x"), "1");
    });
    const error: unknown = await app.update().then(undefined, (failure: unknown) => failure);
    expect(error).to.have.property("code", "TARGET_CONFLICT");
  });

  it("is one container by all names of a path, also when its kind is defined by a user", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "p");
    mkdirSync(join(root, "out"), { recursive: true });
    const made: string[] = [];
    const kind = defineContainer<string, boolean, boolean, string, string, string>("test/place-container", {
      keyedBy: "place",
      reconcile: ({ desired, key }) => ({ action: key, tracking: desired }),
      apply: (actions) => actions.map((action) => (made.push(action), "kept" as const)),
      child: () => ({ reconcile: () => undefined, apply: () => {} }),
    });
    const run = async (path: string, projectRoot: string): Promise<void> => {
      await using environment = new Environment({ dbPath: join(temp.path, "store"), root: projectRoot });
      await new App({ name: "app", environment }, async function main() {
        await mountTarget(kind.at(path, true));
      }).update();
    };
    mkdirSync(join(temp.path, "elsewhere"));
    await run(join(root, "out"), join(temp.path, "elsewhere"));
    symlinkSync(root, join(temp.path, "link"));
    await run(join(temp.path, "link/out"), root);
    await run("out", root);
    expect(made).to.deep.equal([join(root, "out"), "out", "out"]);
  });
});
