import fc from "fast-check";
import { PARTS, type Code } from "./project-app.ts";

/** A number that chooses among the projects, apps or sources that there are. */
type Choice = number;

/** One step of a case. */
export type Operation =
  | {
      readonly do: "update";
      readonly project: Choice;
      readonly app: Choice;
      readonly adopt: boolean;
      readonly isFull: boolean;
      /** Whether it is reached through a link. */
      readonly isByLink: boolean;
      /** Ends the run after so many turns of the event loop. */
      readonly abortAfter: number | undefined;
    }
  | { readonly do: "drop"; readonly project: Choice; readonly app: Choice; readonly adopt: boolean }
  | { readonly do: "copy"; readonly project: Choice; readonly isDereferencing: boolean }
  | { readonly do: "move"; readonly project: Choice; readonly isBack: boolean; readonly leavesLink: boolean }
  | { readonly do: "delete"; readonly project: Choice }
  | { readonly do: "write"; readonly project: Choice; readonly source: Choice }
  | { readonly do: "remove"; readonly project: Choice; readonly source: Choice }
  | { readonly do: "edit"; readonly project: Choice; readonly code: Partial<Code> }
  | { readonly do: "rename"; readonly project: Choice; readonly app: Choice }
  | { readonly do: "forget"; readonly project: Choice; readonly app: Choice; readonly isOrphans: boolean };

/** One project has most of the steps, so that steps meet which belong together. */
const choice: fc.Arbitrary<Choice> = fc.oneof(
  { arbitrary: fc.constant(0), weight: 3 },
  { arbitrary: fc.nat({ max: 5 }), weight: 2 },
);
const rarely = (times: number): fc.Arbitrary<boolean> => fc.nat({ max: times }).map((value) => value === times);

const parts: fc.Arbitrary<Code["parts"]> = fc.subarray([...PARTS], { minLength: 2 });
const name: fc.Arbitrary<Code["name"]> = fc.constantFrom("render", "draw");
const out: fc.Arbitrary<Code["out"]> = fc.constantFrom("out", "alias", "site");
const tag: fc.Arbitrary<Code["tag"]> = fc.constantFrom("x", "y", "z");

/** The code that a project begins with. */
export const anyCode: fc.Arbitrary<Code> = fc.record({ name, out, tag, parts });

const edit: fc.Arbitrary<Partial<Code>> = fc.oneof(
  // The name of the function and another name of the same folder, in one edit, is how a folder once lost all its files.
  fc.record({ name, out }),
  fc.record({ name }),
  fc.record({ out }),
  fc.record({ tag }),
  fc.record({ parts }),
);

const update = fc.record({
  do: fc.constant("update" as const),
  project: choice,
  app: fc.nat({ max: 1 }),
  adopt: rarely(5),
  isFull: rarely(9),
  isByLink: rarely(3),
  abortAfter: fc.oneof({ arbitrary: fc.constant(undefined), weight: 6 }, { arbitrary: fc.nat({ max: 25 }), weight: 1 }),
});

/** Any step. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { arbitrary: update, weight: 12 },
  {
    arbitrary: fc.record({ do: fc.constant("drop" as const), project: choice, app: choice, adopt: rarely(2) }),
    weight: 1,
  },
  {
    arbitrary: fc.record({ do: fc.constant("copy" as const), project: choice, isDereferencing: rarely(3) }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      do: fc.constant("move" as const),
      project: choice,
      isBack: rarely(2),
      leavesLink: rarely(4),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ do: fc.constant("delete" as const), project: choice }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant("write" as const), project: choice, source: choice }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant("remove" as const), project: choice, source: choice }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant("edit" as const), project: choice, code: edit }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant("rename" as const), project: choice, app: choice }), weight: 2 },
  {
    arbitrary: fc.record({ do: fc.constant("forget" as const), project: choice, app: choice, isOrphans: fc.boolean() }),
    weight: 1,
  },
);
