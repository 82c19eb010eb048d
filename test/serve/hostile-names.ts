import { App, fn, mount, statsGroup, type Environment } from "../../lib/index.ts";

/** A text that somebody may take for a name or a title, and what becomes of it. */
export interface HostileName {
  readonly what: string;
  readonly text: string;
  /** What it is exported as. */
  readonly exported: string;
  /** What it is refused for, if it is, as the name of an app. */
  readonly refusedForApp?: RegExp;
  /** The same as the name of a component function. Every title of a stats group is taken. */
  readonly refusedForComponent?: RegExp;
}

const LONG = "x".repeat(10_000);

/** Whatever has broken an exporter, a parser or a query somewhere. */
export const HOSTILE_NAMES: readonly HostileName[] = [
  { what: "double quotes", text: 'the "docs"', exported: "the 'docs'" },
  { what: "newlines", text: "one\ntwo\r\nthree", exported: String.raw`one\u000atwo\u000d\u000athree` },
  { what: "backslashes", text: String.raw`C:\new\table\"`, exported: String.raw`C:\new\table\'` },
  { what: "1,000 characters", text: LONG.slice(0, 1000), exported: `${LONG.slice(0, 199)}…` },
  {
    what: "10,000 characters",
    text: `long ${LONG}`,
    exported: `long ${LONG.slice(0, 194)}…`,
    refusedForApp: /RangeError: .* must be 1 to 1900 bytes long/,
  },
  { what: "emoji", text: "👩‍🚀 docs 🌊", exported: "👩‍🚀 docs 🌊" },
  {
    what: "half a character",
    text: "a\ud83db",
    exported: "a\ufffdb",
    refusedForApp: /TypeError: .* must be well-formed Unicode/,
  },
  {
    what: "control characters",
    text: "a\u0000\u0007\u001b[31m\tb",
    exported: String.raw`a\u0000\u0007\u001b[31m\u0009b`,
  },
  {
    what: "what a terminal or an editor takes for a line break or a mark of direction",
    text: "a\u0085\u009b\u007f\u2028\u202eb",
    exported: String.raw`a\u0085\u009b\u007f\u2028\u202eb`,
  },
  { what: "an escape as text", text: String.raw`a\u001b[31m`, exported: String.raw`a\u005cu001b[31m` },
  {
    what: "nothing",
    text: "",
    exported: "untitled",
    refusedForApp: /TypeError: .*`name` must be a non-empty string/,
    refusedForComponent: /TypeError: .*`name` must be a non-empty string/,
  },
  { what: "what looks like a label", text: 'a",app="b"} 5\n#', exported: String.raw`a',app='b'} 5\u000a#` },
  { what: "a key of objects", text: "__proto__", exported: "__proto__" },
  { what: "what stands for no group", text: "root", exported: "root_" },
];

/** The labels of what {@link runHostile} counts: a name that is refused has another one in its place. */
export function labelsOf({ exported, refusedForApp, refusedForComponent, text, what }: HostileName): {
  readonly app: string;
  readonly component: string;
  readonly group: string;
} {
  // An app and a component may be called what a group may not.
  const name = text === "root" ? text : exported;
  return {
    app: refusedForApp ? `named for ${what}` : name,
    component: refusedForComponent ? "named" : name,
    group: exported,
  };
}

/** Runs an app with a component in a group, all three called the same where that is allowed. */
export async function runHostile(name: HostileName, environment: Environment): Promise<void> {
  const { refusedForApp, refusedForComponent, text, what } = name;
  const component = fn({ name: refusedForComponent ? "named" : text }, function hostile() {});
  await new App({ name: refusedForApp ? `named for ${what}` : text, environment }, async function main() {
    await statsGroup(text, () => mount("only", component));
  }).update();
}
