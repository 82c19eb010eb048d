import { expect } from "chai";
import fc from "fast-check";
import { createTempFolder } from "../../temp-folder.ts";
import {
  contentFor,
  OwnershipWorld,
  placeOf,
  type ComponentPlan,
  type NamePlan,
  type Program,
  type RunOutcome,
} from "./ownership-world.ts";

const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? Date.now() % 1_000_000);
const CASES = 200;
const APPS = ["one", "two", "three"] as const;

const NAMES: readonly NamePlan[] = [
  ...["a", "d/a", "d/b", "d/e/a"].map((key) => ({ folder: "/r", key })),
  ...["a", "b", "e/a"].map((key) => ({ folder: "/r/d", key })),
  { folder: "/r/d/e", key: "a" },
  { folder: "/s", key: "a" },
  ...["x", "y"].map((key) => ({ folder: undefined, key })),
];

const component: fc.Arbitrary<Omit<ComponentPlan, "id">> = fc.record({
  isMemoized: fc.boolean(),
  mountsItself: fc.boolean(),
  version: fc.nat({ max: 1 }),
  names: fc.subarray([...NAMES], { maxLength: 3 }),
});

const program: fc.Arbitrary<Program> = fc
  .record({ p: fc.option(component), q: fc.option(component), r: fc.option(component) })
  .map((components) => {
    const places = new Set<string>();
    return Object.entries(components).flatMap(([id, plan]) => {
      if (plan === null) return [];
      const names = plan.names.filter((name) => !places.has(placeOf(name)) && places.add(placeOf(name)));
      return [{ ...plan, id, names }];
    });
  });

/** One process: the apps that are defined in it, with what is done to each; a dropped app is not updated. */
const step = fc
  .record({ one: fc.option(program), two: fc.option(program), three: fc.option(program) })
  .chain((programs) =>
    fc.record({ programs: fc.constant(programs), dropped: fc.subarray([...APPS], { maxLength: 1 }) }),
  );

/** What each component owns by the rules, and by which app places were taken from another. */
class OwnershipModel {
  /** Place to app, component and content. */
  readonly owners = new Map<string, { readonly app: string; readonly id: string; readonly content: string }>();
  readonly #taken = new Map<string, Map<string, { readonly id: string }>>();

  /** Takes in the outcome of an app's update, and checks that it is right. */
  update(app: string, plan: Program, defined: ReadonlySet<string>, { failures }: RunOutcome): void {
    for (const each of plan) {
      const places = each.names.map(placeOf);
      const blockers = places.filter((place) => this.#isBlocked(app, place, defined));
      expect(failures.get(each.id), `${app} ${each.id}, blocked at ${blockers.join()}`).to.equal(
        blockers.length > 0 ? "TARGET_CONFLICT" : undefined,
      );
      if (blockers.length === 0) this.#succeed(app, each, places);
    }
    const ids = new Set(plan.map(({ id }) => id));
    this.#forget(app, (id) => !ids.has(id));
  }

  drop(app: string): void {
    this.#forget(app, () => true);
    this.#taken.delete(app);
  }

  /** Whether another app has a place that is not to be taken over: it is defined, or has taken the place from this app. */
  #isBlocked(app: string, place: string, defined: ReadonlySet<string>): boolean {
    const owner = this.owners.get(place);
    if (owner === undefined || owner.app === app) return false;
    return defined.has(owner.app) || this.#taken.get(app)?.has(place) === true;
  }

  #succeed(app: string, plan: ComponentPlan, places: readonly string[]): void {
    this.#forget(app, (id) => id === plan.id);
    for (const place of places) {
      const former = this.owners.get(place);
      if (former !== undefined && former.app !== app) this.#noteTaken(former.app, place, former.id);
      this.owners.set(place, { app, id: plan.id, content: contentFor(app, plan) });
    }
  }

  #noteTaken(app: string, place: string, id: string): void {
    const places = this.#taken.get(app) ?? new Map<string, { id: string }>();
    this.#taken.set(app, places.set(place, { id }));
  }

  #forget(app: string, isGone: (id: string) => boolean): void {
    for (const [place, owner] of this.owners) if (owner.app === app && isGone(owner.id)) this.owners.delete(place);
    const taken = this.#taken.get(app);
    for (const [place, { id }] of taken ?? []) if (isGone(id)) taken?.delete(place);
  }
}

describe(`Target states of several apps at random (seed ${SEED})`, () => {
  it(`are removed by their owner only, and nothing is left behind, in ${CASES} cases`, async () => {
    await using temp = await createTempFolder();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const world = new OwnershipWorld(temp.path);
        const model = new OwnershipModel();
        const expectModel = (when: string): void => {
          const files = [...world.outside].filter(([place]) => !place.endsWith("/") && !place.endsWith("foreign"));
          const wanted = [...model.owners].map(([place, { content }]) => [place, content]);
          expect(Object.fromEntries(files), when).to.deep.equal(Object.fromEntries(wanted));
          expect([...world.outside.values()].filter((content) => content === "foreign")).to.have.length(2);
        };
        for (const [index, { dropped, programs }] of steps.entries()) {
          const defined = new Map(
            Object.entries(programs).flatMap(([name, plan]) => (plan === null ? [] : [[name, plan]])),
          );
          await world.inProcess(defined, async (run) => {
            const inUse = new Set(defined.keys());
            for (const [name, plan] of defined) {
              if (dropped.includes(name as (typeof APPS)[number])) {
                await run.drop(name);
                inUse.delete(name);
                model.drop(name);
              } else {
                model.update(name, plan, inUse, await run.update(name));
              }
              expectModel(`after ${name} in process ${index}`);
            }
          });
        }
        for (const name of APPS) {
          await world.inProcess(new Map([[name, []]]), (run) => run.drop(name));
          model.drop(name);
          expectModel(`after the drop of ${name}`);
        }
        // Folders inside others may stay, because something of another app's was in them when they were removed.
        expect(world.outside.has("/s/"), "folder left behind").to.equal(false);
      }),
      { numRuns: CASES, seed: SEED },
    );
  });
});
