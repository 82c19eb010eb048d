import { expect } from "chai";
import { parseServe } from "../../../lib/cli/metrics/metrics-options.ts";

describe("--serve", () => {
  for (const [text, expected] of [
    ["9000", { port: 9000 }],
    ["0", { port: 0 }],
    [":9000", { port: 9000 }],
    ["0.0.0.0:9464", { host: "0.0.0.0", port: 9464 }],
    ["localhost:1", { host: "localhost", port: 1 }],
    ["[::1]:65535", { host: "::1", port: 65_535 }],
  ] as const) {
    it(`takes ${text}`, () => {
      expect(parseServe(text)).to.deep.equal(expected);
    });
  }

  for (const text of [
    "",
    "app.ts",
    "app.ts:docs",
    "localhost",
    "localhost:",
    "1:2:3",
    "::1",
    "65536",
    "-1",
    "http://x:1",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseServe(text)).to.throw("It must be HOST:PORT or PORT");
    });
  }
});
