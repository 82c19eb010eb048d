import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ComponentStats, UpdateStats } from "../../lib/index.ts";
import {
  CANCELLATIONS,
  COMPONENT_COUNTERS,
  EXPORTED_INSTRUMENTS,
  nameWithUnit,
} from "../../lib/progress/schema/names.ts";
import { createTempFolder } from "../temp-folder.ts";
import { openOtlpReceiver, type ReceivedPoint } from "./otlp-receiver.ts";

const execute = promisify(execFile);

describe("A host with the OpenTelemetry SDK for Node", function () {
  this.timeout(60_000);

  it("sends all numbers by OTLP, to the unit, also when it ends right after the update", async () => {
    await using receiver = await openOtlpReceiver();
    await using folder = await createTempFolder();
    const file = join(import.meta.dirname, "node-sdk-process.ts");
    const env = { ...process.env, OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
    const { stdout } = await execute(process.execPath, [file, receiver.url, join(folder.path, "db")], { env });
    const stats = JSON.parse(stdout) as Record<"root" | "Docs", UpdateStats>;
    const points = receiver.newest();
    for (const group of ["root", "Docs"] as const) {
      for (const [component, row] of Object.entries(stats[group].byComponent)) {
        expect(countsOf(points, component, group), `${component} in ${group}`).to.deep.equal(countsIn(row));
      }
    }
    expect(stats.Docs.total.numErrors, "there is something to lose").to.equal(1);
    const names = new Set(points.map(({ name }) => name));
    expect(names).to.deep.equal(new Set(EXPORTED_INSTRUMENTS.map(nameWithUnit)));
    const succeeded = points.filter(
      ({ attributes, name }) => name === "tidemark.run.completions" && attributes["result"] === "success",
    );
    expect(succeeded.map(({ value }) => value)).to.deep.equal([1]);
  });
});

function countsIn(row: ComponentStats): number[] {
  const { numAdds, numDeletes, numErrors, numExecutionStarts, numReprocesses, numUnchanged } = row;
  return [numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors, 0];
}

function countsOf(points: readonly ReceivedPoint[], component: string, group: string): number[] {
  return [...COMPONENT_COUNTERS, CANCELLATIONS].map((counter) => {
    const found = points.filter(
      ({ attributes, name }) =>
        name === counter.name && attributes["component"] === component && attributes["group"] === group,
    );
    expect(found, counter.name).to.have.length(1);
    return found[0]!.value;
  });
}
