import { expect } from "chai";
import { isSameBoot, ownBootId, readBootId, type BootSystem } from "../../lib/time/boot-id.ts";

const LINUX: BootSystem = {
  platform: "linux",
  readText: async (path) => (path === "/proc/sys/kernel/random/boot_id" ? "an-id\n" : ""),
  run: () => Promise.reject(new Error("no program")),
  uptime: () => 100,
  now: () => 1_000_000,
};

const HIDDEN = { readText: () => Promise.reject(new Error("hidden")) };

describe("readBootId", () => {
  it("is the kernel's id on Linux", async () => {
    expect(await readBootId(LINUX)).to.equal("an-id");
  });

  it("is the id of the boot session on macOS", async () => {
    const calls: unknown[] = [];
    const run = async (...call: unknown[]): Promise<string> => {
      calls.push(call);
      return "A-UUID\n";
    };
    expect(await readBootId({ ...LINUX, platform: "darwin", run })).to.equal("A-UUID");
    expect(calls).to.deep.equal([["/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]]]);
  });

  it("is the time of boot on Windows, and where the kernel's id is hidden", async () => {
    expect(await readBootId({ ...LINUX, platform: "win32" })).to.equal("time:900000");
    expect(await readBootId({ ...LINUX, ...HIDDEN })).to.equal("time:900000");
    expect(await readBootId({ ...LINUX, readText: async () => "\n" })).to.equal("time:900000");
  });

  it("is undefined where the system tells nothing", async () => {
    const uptime = (): number => {
      throw new Error("hidden, too");
    };
    expect(await readBootId({ ...LINUX, ...HIDDEN, uptime })).to.equal(undefined);
  });

  it("is the same for this process each time", async () => {
    expect(await ownBootId())
      .to.be.a("string")
      .and.to.equal(await ownBootId());
  });
});

describe("isSameBoot", () => {
  it("compares the ids of kernels exactly", () => {
    expect(isSameBoot("one", "one")).to.equal(true);
    expect(isSameBoot("one", "two")).to.equal(false);
    expect(isSameBoot("one", "time:5")).to.equal(false);
  });

  it("allows times of boot to differ by less than five seconds", () => {
    expect(isSameBoot("time:100000", "time:104999")).to.equal(true);
    expect(isSameBoot("time:104999", "time:100000")).to.equal(true);
    expect(isSameBoot("time:100000", "time:105000")).to.equal(false);
  });

  it("proves no other boot without an id", () => {
    expect(isSameBoot(undefined, "one")).to.equal(true);
    expect(isSameBoot("one", undefined)).to.equal(true);
  });
});
