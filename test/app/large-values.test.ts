import { expect } from "chai";
import { App, fn, mount, useMount } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";

const MIB = 1024 * 1024;

const large = fn({ memo: true }, function large(numBytes: number) {
  return [Buffer.alloc(numBytes / 2), Buffer.alloc(numBytes / 2)];
});

describe("A value that is too large to be stored", () => {
  const test = useTestEnvironment();

  it("fails its component, which the error names, and the store goes on (a bug once: it ended the process)", async () => {
    const { environment } = test;
    const app = new App({ name: "app", environment }, async () => {
      const error = await failureOf(useMount(large, 514 * MIB));
      await useMount("small", large, 10);
      return error.message;
    });
    expect(await app.update().result()).to.equal(
      "Cannot memoize `large`: its value must be plain data, got more than 512 MiB of text and bytes; return data, or leave `memo` out",
    );
  });

  it("is left out where it is not used", async () => {
    const { environment } = test;
    const app = new App({ name: "app", environment }, () => mount(large, 514 * MIB));
    await app.update().result();
    expect(test.caught).to.deep.equal([]);
  });
});
