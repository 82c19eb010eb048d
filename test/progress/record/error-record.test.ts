import { expect } from "chai";
import { createErrorRecord, createFailureRecord } from "../../../lib/progress/record/error-record.ts";

describe("createErrorRecord", () => {
  it("has the class, the message, and the stack with its causes", () => {
    const record = createErrorRecord(new TypeError("bad header", { cause: new RangeError("row 7") }));
    expect(record).to.include({ name: "TypeError", message: "bad header" });
    expect(record.stack).to.match(/^TypeError: bad header\n +at /);
    expect(record.stack).to.include("[cause]: RangeError: row 7");
  });

  const thrown: readonly (readonly [what: string, error: unknown, message: string])[] = [
    ["text", "just text", "just text"],
    ["undefined", undefined, "undefined"],
    ["an object", { code: 7 }, "{ code: 7 }"],
    ["an error without a message", new Error(""), "no message"],
  ];
  for (const [what, error, message] of thrown) {
    it(`describes ${what} that was thrown`, () => {
      expect(createErrorRecord(error)).to.include({ name: "Error", message });
    });
  }

  it("is bounded in length", () => {
    const error = new Error("x".repeat(100_000));
    const { message, stack } = createErrorRecord(error);
    expect([message.length, stack?.length]).to.deep.equal([1000, 4000]);
  });

  it("never throws, whatever was thrown", () => {
    const hostile = new Error("hidden");
    for (const key of ["name", "message", "stack", "cause"]) {
      Object.defineProperty(hostile, key, {
        get() {
          throw new Error("no");
        },
      });
    }
    expect(createErrorRecord(hostile)).to.include({ name: "Error" });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(() => createErrorRecord(proxy)).not.to.throw();
  });
});

describe("createFailureRecord", () => {
  it("gives failures with one cause the same one, whatever names and numbers they have", () => {
    const [one, other, third] = ['row 7 of "a.csv" is bad', 'row 12 of "b.csv" is bad', "no row"].map((message) =>
      createFailureRecord({ component: "doc", path: "/x", group: null, error: new Error(message), at: new Date(0) }),
    );
    expect(one!.cause).to.equal(other!.cause);
    expect(one!.cause).not.to.equal(third!.cause);
    expect(one).to.include({ component: "doc", path: "/x", group: null, at: "1970-01-01T00:00:00.000Z" });
  });
});
