import { expect } from "chai";
import { TidemarkError } from "../../lib/errors.ts";
import { formatError } from "../../lib/text/error-text.ts";

describe("formatError", () => {
  it("gives the message of an error, after a name that says more than Error", () => {
    expect(formatError(new Error("boom"))).to.equal("boom");
    expect(formatError(new RangeError("boom"))).to.equal("RangeError: boom");
    expect(formatError(new TidemarkError("STORE_LOCKED", "Cannot open"))).to.equal("Cannot open");
  });

  it("gives one line without control characters", () => {
    expect(formatError(new Error("a\nb\u001b[31mc"))).to.equal("a bc");
  });

  it("describes values that are no errors", () => {
    expect(formatError("text")).to.equal("text");
    expect(formatError(undefined)).to.equal("undefined");
    expect(formatError({ status: 404 })).to.equal("{ status: 404 }");
  });

  it("says so when there is no message", () => {
    expect(formatError(new Error(""))).to.equal("no message");
    expect(formatError("")).to.equal("no message");
  });

  it("does not throw for a hostile value", () => {
    const hostile = {
      get [Symbol.toStringTag](): string {
        throw new Error("no");
      },
    };
    const proxy = new Proxy(new Error("x"), {
      get() {
        throw new Error("no");
      },
    });
    expect(formatError(proxy)).to.equal("an error that cannot be described");
    expect(formatError(hostile)).to.be.a("string");
  });
});
