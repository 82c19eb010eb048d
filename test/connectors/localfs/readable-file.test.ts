import { expect } from "chai";
import { once } from "node:events";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContentReader } from "../../../lib/connectors/localfs/content-reader.ts";
import { walkDir, type File } from "../../../lib/connectors/localfs/index.ts";
import { App, Environment, fn, mountEach } from "../../../lib/index.ts";
import { requireProgram } from "../../require-program.ts";
import { startChild } from "../../state/child-process.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { collect, failureOf, findFile } from "./test-tree.ts";

const PROCESS = new URL("./replaced-file-process.ts", import.meta.url);

describe("a listed file that something else has replaced", function () {
  this.timeout(60_000);

  for (const kind of ["a FIFO", "a socket", "a character device"]) {
    it(`is not read when it is ${kind}, and the process ends by itself`, async function () {
      if (process.platform === "win32") this.skip();
      if (kind === "a FIFO") requireProgram(this, "mkfifo");
      await using temp = await createTempFolder();
      mkdirSync(join(temp.path, "docs"));
      await using child = startChild(PROCESS, [temp.path, kind]);
      const ended = once(child.process, "exit");
      const line = (await child.lines.next()).value as string | undefined;
      expect(line, child.errors()).to.be.a("string");
      const message = `Cannot read ${join(temp.path, "docs/a.md")}: it is ${kind} now, and not a regular file`;
      expect(JSON.parse(line!)).to.deep.equal({ messages: Array(4).fill(message), isValid: false });
      expect(await ended).to.deep.equal([0, null]);
    });
  }
});

describe("a file that is too long for one piece", function () {
  this.timeout(60_000);

  it("is not read by text(), and can be read by stream()", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "a.bin");
    writeFileSync(path, "start");
    truncateSync(path, 600_000_000);
    const file = await findFile(temp.path, "a.bin");
    const before = process.memoryUsage().arrayBuffers;
    const error = await failureOf(file.text());
    expect(error.code).to.equal("FILE_READ_FAILED");
    expect(error.message).to.equal(
      `Cannot read ${path}: it has 600000000 bytes, and text() reads at most 536870888; read it with bytes() or stream()`,
    );
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(100_000_000);
    for await (const piece of file.stream()) {
      expect(Buffer.from(piece).toString("utf8", 0, 5)).to.equal("start");
      break;
    }
  });

  it("is not opened in any run", async function () {
    if (process.platform !== "linux") this.skip();
    await using temp = await createTempFolder();
    mkdirSync(join(temp.path, "docs"));
    writeFileSync(join(temp.path, "docs/a.bin"), "");
    truncateSync(join(temp.path, "docs/a.bin"), 600_000_000);
    await using environment = new Environment({ dbPath: join(temp.path, "state"), onException: () => undefined });
    const read = fn({ memo: true }, async function read(file: File) {
      await file.text();
    });
    const app = new App({ name: "reader", environment }, async function main() {
      await mountEach(read, walkDir(join(temp.path, "docs")).items());
    });
    await app.update().then(undefined, () => undefined);
    const before = readBytes();
    const update = app.update();
    await update;
    expect(update.failures().map(({ error }) => (error as { code?: string }).code)).to.deep.equal(["FILE_READ_FAILED"]);
    expect(readBytes() - before).to.be.lessThan(10_000_000);
  });

  it("is not read by text() when it has grown beyond the limit since it was listed", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "a.bin");
    writeFileSync(path, new Uint8Array(100_000));
    const file = await findFile(temp.path, "a.bin");
    truncateSync(path, 600_000_000);
    expect((await failureOf(file.text())).message).to.include("it has 600000000 bytes, and text() reads at most");
  });

  it("is not read by bytes() when there can be no array for it", async function () {
    await using temp = await createTempFolder({ isInMemory: true });
    const path = join(temp.path, "a.bin");
    writeFileSync(path, "");
    try {
      truncateSync(path, 2 ** 52);
    } catch {
      // Not all file systems have files of that size.
      this.skip();
    }
    const file = await findFile(temp.path, "a.bin");
    const error = await failureOf(file.bytes());
    expect(error.code).to.equal("FILE_READ_FAILED");
    expect(error.message).to.equal(
      `Cannot read ${path}: there is no memory for ${2 ** 52} bytes in one piece; read it with stream()`,
    );
  });
});

describe("a file that is written while it is read", () => {
  it("ends where it ended when it was opened, or when it was first read if it was empty then", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "a.log");
    for (const [content, expected] of [
      ["abc", 3],
      ["", 10],
    ] as const) {
      writeFileSync(path, content);
      using reader = await ContentReader.open(path);
      writeFileSync(path, "0123456789");
      let length = 0;
      for await (const piece of reader.chunks()) {
        length += piece.length;
        // It grows as fast as it is read.
        writeFileSync(path, "0123456789".repeat(100), { flag: "a" });
      }
      expect(length).to.equal(expected);
    }
  });

  it("is not trusted when it has become shorter", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "a.bin");
    writeFileSync(path, new Uint8Array(200_000));
    using reader = await ContentReader.open(path);
    const pieces = reader.chunks();
    await pieces.next();
    truncateSync(path, 100_000);
    const rest = await collect(pieces);
    expect(rest.reduce((sum, piece) => sum + piece.length, 65_536)).to.equal(100_000);
    expect(reader.reading("hash").isSettled).to.equal(false);
  });
});

/** All bytes that this process has read, from files and elsewhere. */
function readBytes(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))![1]);
}
