const MAIN = `
  import { App, componentSubpath, fn, mountEach, statsGroup } from "tidemark";

  const double = fn({ memo: true }, function double(value: number): number {
    if (value < 0) throw new RangeError("too small");
    return value * 2;
  });

  const main = fn(async function main(values: readonly number[], inGroup: readonly number[]): Promise<string> {
    console.log("main runs");
    await mountEach(double, values.map((value) => [value, value] as const));
    await statsGroup("More", { reportToStdout: true }, async () => {
      await mountEach(componentSubpath("more"), double, inGroup.map((value) => [value, value] as const));
    });
    return "the result";
  });
`;

/** The source of an app that mounts a component for each value, outside and inside of a stats group; it fails for those below 0. */
export function doublingApp(values: readonly number[], inGroup: readonly number[] = []): string {
  return `${MAIN}\nexport const app = new App("numbers", main, ${JSON.stringify(values)}, ${JSON.stringify(inGroup)});`;
}
