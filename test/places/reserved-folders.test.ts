import { expect } from "chai";
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ReservedFolders, reservedFolders } from "../../lib/places/reserved-folders.ts";
import { createTempFolder } from "../temp-folder.ts";
import { bindMount, requireBindMounts } from "./bind-mount.ts";

/** A folder `store` with a file `lock` that is reserved, in a temp folder. */
async function createSubject() {
  const temp = await createTempFolder();
  const at = (path: string): string => join(temp.path, path);
  const folders = new ReservedFolders();
  mkdirSync(at("store"));
  const reservation = folders.reserve(at("store"), ["lock"]);
  writeFileSync(at("store/lock"), "");
  return { at, folders, reservation, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

const statsOf = (path: string) => statSync(path, { bigint: true });

describe("ReservedFolders", () => {
  it("knows a folder, and the files held in it, under every name until the folder is released", async () => {
    await using subject = await createSubject();
    const { at, folders, reservation } = subject;
    symlinkSync("store", at("link"));
    linkSync(at("store/lock"), at("hard"));
    writeFileSync(at("other"), "");
    expect(["store", "link", "other", "missing", "."].map((path) => folders.has(at(path)))).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(["store/lock", "link/lock", "hard", "other"].map((path) => folders.holds(statsOf(at(path))))).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
    reservation[Symbol.dispose]();
    reservation[Symbol.dispose]();
    expect(folders.has(at("store"))).to.equal(false);
    expect(folders.holds(statsOf(at("hard")))).to.equal(false);
  });

  it("knows a folder that is mounted elsewhere as well", async function () {
    await using subject = await createSubject();
    const { at, folders } = subject;
    requireBindMounts(this, at("."));
    using _ = bindMount(at("store"), at("mounted"));
    expect(folders.has(at("mounted"))).to.equal(true);
    expect(folders.findAround(at("mounted/deep/file"))).to.equal(at("store"));
  });

  it("finds the reserved folder around paths, whether they exist or not", async () => {
    await using subject = await createSubject();
    const { at, folders } = subject;
    symlinkSync("store", at("link"));
    for (const path of ["store", "store/lock", "store/a/b", "link", "link/a"]) {
      expect(folders.findAround(at(path)), path).to.equal(at("store"));
    }
    for (const path of [".", "storey", "other/store"]) expect(folders.findAround(at(path)), path).to.equal(undefined);
  });

  it("knows a folder that was renamed, and takes none for it that has its name or its inode by now", async () => {
    await using subject = await createSubject();
    const { at, folders } = subject;
    expect(folders.has(at("store"))).to.equal(true);
    renameSync(at("store"), at("moved"));
    mkdirSync(at("store"));
    expect([folders.has(at("moved")), folders.has(at("store"))]).to.deep.equal([true, false]);
    // Whether the next folder gets the inode is the file system's affair, so the test says that it has it.
    renameSync(at("moved"), at("away"));
    mkdirSync(at("moved"));
    expect(folders.has(at("moved"), Number(statsOf(at("away")).ino))).to.equal(false);
  });

  it("forgets a folder that was deleted before a file was in it", async () => {
    await using subject = await createSubject();
    const { at } = subject;
    const folders = new ReservedFolders();
    mkdirSync(at("early"));
    using _ = folders.reserve(at("early"), ["lock"]);
    expect(folders.has(at("early"))).to.equal(true);
    rmdirSync(at("early"));
    expect(folders.has(at("early"))).to.equal(false);
  });

  it("closes a descriptor of a held file once no reservation is left", async () => {
    await using subject = await createSubject();
    const { at, folders, reservation } = subject;
    const second = folders.reserve(at("store"), ["lock"]);
    const [held, other] = [openSync(at("store/lock"), "r"), openSync(at("."), "r")];
    folders.close(other, statsOf(at(".")));
    expect(() => closeSync(other)).to.throw("EBADF");
    folders.close(held, statsOf(at("store/lock")));
    reservation[Symbol.dispose]();
    expect(isOpen(held, at("store/lock"))).to.equal(true);
    second[Symbol.dispose]();
    expect(isOpen(held, at("store/lock"))).to.equal(false);
  });

  it("tells listeners of each new reservation until they are disposed of", async () => {
    await using subject = await createSubject();
    const { at, folders } = subject;
    const told: string[] = [];
    const listening = folders.listen((path) => void told.push(path));
    mkdirSync(at("second"));
    using _second = folders.reserve(at("second"), []);
    listening[Symbol.dispose]();
    using _again = folders.reserve(at("second"), []);
    expect(told).to.deep.equal([at("second")]);
  });

  it("is one for all copies of the module in a process", async () => {
    const copy = (await import(new URL("../../lib/places/reserved-folders.ts?copy", import.meta.url).href)) as {
      reservedFolders: ReservedFolders;
      ReservedFolders: unknown;
    };
    expect(copy.ReservedFolders).to.not.equal(ReservedFolders);
    expect(copy.reservedFolders).to.equal(reservedFolders);
  });
});

/** Whether a descriptor is still that of the file. */
function isOpen(descriptor: number, path: string): boolean {
  try {
    return fstatSync(descriptor).ino === statSync(path).ino;
  } catch {
    return false;
  }
}
