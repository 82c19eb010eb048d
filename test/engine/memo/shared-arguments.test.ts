import { expect } from "chai";
import { runInNewContext } from "node:vm";
import { fn } from "../../../lib/index.ts";
import { functionInfo } from "../../../lib/engine/memo/function-info.ts";
import { SharedArguments } from "../../../lib/engine/memo/shared-arguments.ts";

describe("SharedArguments", () => {
  const info = functionInfo(fn({ memo: true }, function work(..._args: unknown[]) {}));
  const create = (others: readonly unknown[]): SharedArguments => new SharedArguments(info, others, "/");
  const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString("hex");

  it("are fingerprinted as they were given, though they are altered later", () => {
    const names = ["a"];
    const shared = create([names]);
    names.push("b");
    const [given, altered] = [create([["a"]]), create([["a", "b"]])];
    expect(hex(shared.fingerprint(1).fingerprint)).to.equal(hex(given.fingerprint(1).fingerprint));
    expect(hex(shared.fingerprint(1).fingerprint)).not.to.equal(hex(altered.fingerprint(1).fingerprint));
  });

  it("have a fingerprint of the first format, unless they were altered", () => {
    const names = ["a"];
    const [kept, altered] = [create([["a"]]), create([names])];
    const wanted = hex(kept.formatOneFingerprint(1)?.fingerprint);
    expect(wanted).to.be.a("string");
    expect(wanted).not.to.equal(hex(kept.fingerprint(1).fingerprint));
    names.push("b");
    expect(altered.formatOneFingerprint(1)).to.equal(undefined);
    expect(hex(kept.formatOneFingerprint(1)?.fingerprint)).to.equal(wanted);
  });

  it("have none of the first format when 0.1 would have refused them", () => {
    const foreign = runInNewContext("({ a: 1 })") as unknown;
    expect(create([foreign]).fingerprint(1).stateful).to.deep.equal([]);
    expect(create([foreign]).formatOneFingerprint(1)).to.equal(undefined);
    expect(create([]).formatOneFingerprint(foreign)).to.equal(undefined);
  });
});
