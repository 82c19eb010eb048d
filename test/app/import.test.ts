import { resolve } from "node:path";
import { expect } from "chai";
import { runCommand } from "../run-command.ts";

describe("Importing the package", () => {
  it("loads neither the display, nor the OpenTelemetry SDK, nor the store", async () => {
    const program = resolve(import.meta.dirname, "import-process.ts");
    const { code, output } = await runCommand(process.execPath, [program], import.meta.dirname);
    expect(code, output).to.equal(0);
    const urls = JSON.parse(output) as readonly string[];
    expect(urls.filter((url) => url.endsWith("/report/terminal/stdout-reporter.ts"))).to.have.length(1);
    const heavy = /report-on|display|\/sdk-metrics\/|\/lmdb/;
    expect(urls.filter((url) => heavy.test(url))).to.deep.equal([]);
  });
});
