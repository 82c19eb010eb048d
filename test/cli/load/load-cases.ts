import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";

/** A module with an app. */
export const APP: string =
  'import { App, fn } from "tidemark";\nexport const app = new App("app", fn(async function main(): Promise<void> {}));\n';

/** A module that does not load. */
export interface LoadCase {
  /** Source before that of an app. */
  readonly source: string;
  /** Further files. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the message must have, in this order. */
  readonly says: readonly string[];
  readonly saysNot?: string;
}

/** Tests, for each module that does not load, that the command tells the cause and the remedy, and ends with 2. */
export function testLoadCases(cases: Readonly<Record<string, LoadCase>>): void {
  const folder = useCliFolder();

  for (const [name, { files = {}, says, saysNot, source }] of Object.entries(cases)) {
    it(`because of ${name}: the cause and the remedy are told`, async () => {
      for (const [path, content] of Object.entries(files)) await folder.write(path, content);
      await folder.write("app.ts", source + APP);
      const { code, stderr, stdout } = await folder.run("update", "app.ts");
      expect(stderr).to.match(/^(?:\(.*\n)*error: Cannot load app\.ts: /);
      let rest = stderr;
      for (const part of says) {
        expect(rest).to.include(part);
        rest = rest.slice(rest.indexOf(part) + part.length);
      }
      if (saysNot !== undefined) expect(stderr).to.not.include(saysNot);
      expect(stderr).to.not.include("node:internal").and.not.include("commander");
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    });
  }
}
