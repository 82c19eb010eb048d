import { expect } from "chai";
import { checkOptions, type OptionChecks } from "../../lib/options/check-options.ts";
import { ANYTHING, BOOLEAN, FUNCTION, SIGNAL, TEXT } from "../../lib/options/option-check.ts";

interface Settings {
  readonly exclude?: string;
  readonly live?: boolean;
  readonly signal?: AbortSignal;
}

const CHECKS: OptionChecks<Settings> = { exclude: ANYTHING, live: BOOLEAN, signal: SIGNAL };

/** Checks a value of any type as options. */
function check(options: unknown): Settings {
  return checkOptions("walk a folder", options as Settings, CHECKS);
}

describe("checkOptions", () => {
  it("gives back options that it knows, undefined values included", () => {
    const options = { exclude: "a", live: false, signal: new AbortController().signal };
    expect(check(options)).to.equal(options);
    expect(check({}), "none").to.deep.equal({});
    expect(check({ live: undefined })).to.deep.equal({ live: undefined });
    expect(check(Object.create(null))).to.deep.equal({});
  });

  const UNKNOWN: readonly [options: object, hint: string][] = [
    [{ excludes: 1 }, "there is no option `excludes`; did you mean `exclude`?"],
    [{ Exclude: 1 }, "there is no option `Exclude`; did you mean `exclude`?"],
    [{ sginal: 1 }, "there is no option `sginal`; did you mean `signal`?"],
    [{ live: true, excludes: undefined }, "there is no option `excludes`; did you mean `exclude`?"],
    [{ colour: 1 }, "there is no option `colour`; the options are `exclude`, `live`, `signal`"],
    [{ toString: 1 }, "there is no option `toString`; the options are `exclude`, `live`, `signal`"],
    [JSON.parse('{ "__proto__": 1 }') as object, "there is no option `__proto__`; the options are"],
  ];
  for (const [options, hint] of UNKNOWN) {
    it(`refuses an unknown option with a hint: ${hint}`, () => {
      expect(() => check(options)).to.throw(TypeError, `Cannot walk a folder: ${hint}`);
    });
  }

  const NO_OPTIONS: readonly [value: unknown, shown: string][] = [
    [null, "null"],
    [5, "5"],
    ["**/*.md", '"**/*.md"'],
    [true, "true"],
    [[], "[]"],
    [["exclude"], "[Array]"],
    [new Map([["exclude", "a"]]), "[Map]"],
    [new AbortController().signal, "[AbortSignal]"],
    [() => {}, "[Function (anonymous)]"],
    [Promise.resolve({}), "[Promise]; await it first"],
  ];
  for (const [value, shown] of NO_OPTIONS) {
    it(`refuses ${shown} in place of options`, () => {
      expect(() => check(value)).to.throw(
        TypeError,
        `Cannot walk a folder: the options must be an object, got ${shown}`,
      );
    });
  }

  it("refuses a wrong value", () => {
    expect(() => check({ live: "yes" })).to.throw(
      TypeError,
      'Cannot walk a folder: `live` must be true or false, got "yes"',
    );
    expect(() => check({ signal: {} })).to.throw(TypeError, "`signal` must be an AbortSignal, got {}");
    expect(() => check({ live: null })).to.throw(TypeError, "`live` must be true or false, got null");
  });

  it("checks values that an object inherits or computes", () => {
    const inherited: unknown = Object.create({ live: "yes" });
    class Computed {
      get live(): string {
        return "yes";
      }
    }
    expect(() => check(inherited)).to.throw(TypeError, "`live`");
    expect(() => check(new Computed())).to.throw(TypeError, "`live`");
  });

  it("knows the common kinds of values", () => {
    expect([FUNCTION.accepts(() => {}), FUNCTION.accepts("f")]).to.deep.equal([true, false]);
    expect([TEXT.accepts("a"), TEXT.accepts(""), TEXT.accepts(1)]).to.deep.equal([true, false, false]);
    expect([SIGNAL.accepts(AbortSignal.timeout(1e6)), SIGNAL.accepts(null)]).to.deep.equal([true, false]);
  });
});
