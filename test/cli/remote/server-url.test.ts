import { expect } from "chai";
import { parseServerUrl } from "../../../lib/cli/remote/server-url.ts";
import { UsageError } from "../../../lib/cli/console/usage-error.ts";

describe("parseServerUrl", () => {
  for (const [text, url] of [
    ["127.0.0.1:9464", "http://127.0.0.1:9464/"],
    ["https://example.org/below//", "https://example.org/below/"],
  ] as const) {
    it(`completes ${text}`, () => {
      expect(parseServerUrl(text)).to.equal(url);
    });
  }

  it("refuses a URL of another scheme", () => {
    expect(() => parseServerUrl("ftp://example.org")).to.throw(
      UsageError,
      /^Cannot watch "ftp:\/\/example.org": it must be/,
    );
  });
});
