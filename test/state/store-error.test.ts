import { expect } from "chai";
import { TidemarkError, type TidemarkErrorCode } from "../../lib/errors.ts";
import { isLackOfRoom, storeError } from "../../lib/state/store-error.ts";

type Row = readonly [
  code: string | number,
  name: string,
  expected: TidemarkErrorCode,
  remedy: string,
  isLackOfRoom?: true,
];

const DOCTOR = "run `tidemark doctor`";
const REOPEN = "close the environment and open it again";

/** The codes of lmdb and of the system on Linux. */
const ROWS: readonly Row[] = [
  [-30799, "MDB_KEYEXIST", "STORE_CORRUPT", DOCTOR],
  [-30797, "MDB_PAGE_NOTFOUND", "STORE_CORRUPT", DOCTOR],
  [-30796, "MDB_CORRUPTED", "STORE_CORRUPT", DOCTOR],
  [-30795, "MDB_PANIC", "STORE_UNAVAILABLE", REOPEN],
  [-30794, "MDB_VERSION_MISMATCH", "STORE_CORRUPT", DOCTOR],
  [-30793, "MDB_INVALID", "STORE_CORRUPT", DOCTOR],
  [-30792, "MDB_MAP_FULL", "STORE_UNAVAILABLE", "ulimit -v"],
  [-30791, "MDB_DBS_FULL", "STORE_UNAVAILABLE", REOPEN],
  [-30790, "MDB_READERS_FULL", "STORE_UNAVAILABLE", "end the other processes"],
  [-30789, "MDB_TLS_FULL", "STORE_UNAVAILABLE", REOPEN],
  [-30788, "MDB_TXN_FULL", "STORE_UNAVAILABLE", "run again"],
  [-30787, "MDB_CURSOR_FULL", "STORE_CORRUPT", DOCTOR],
  [-30786, "MDB_PAGE_FULL", "STORE_CORRUPT", DOCTOR],
  [-30785, "MDB_MAP_RESIZED", "STORE_UNAVAILABLE", REOPEN],
  [-30784, "MDB_INCOMPATIBLE", "STORE_CORRUPT", DOCTOR],
  [-30783, "MDB_BAD_RSLOT", "STORE_UNAVAILABLE", REOPEN],
  [-30782, "MDB_BAD_TXN", "STORE_UNAVAILABLE", REOPEN],
  [-30781, "MDB_BAD_VALSIZE", "STORE_CORRUPT", DOCTOR],
  [-30780, "MDB_BAD_DBI", "STORE_CORRUPT", DOCTOR],
  [-30779, "MDB_PROBLEM", "STORE_CORRUPT", DOCTOR],
  [-30778, "MDB_BAD_CHECKSUM", "STORE_CORRUPT", DOCTOR],
  [-30775, "MDB_LOCK_FAILURE", "STORE_UNAVAILABLE", REOPEN],
  [28, "ENOSPC", "STORE_UNAVAILABLE", "free space", true],
  [122, "EDQUOT", "STORE_UNAVAILABLE", "quota", true],
  [27, "EFBIG", "STORE_UNAVAILABLE", "ulimit -f", true],
  [5, "EIO", "STORE_UNAVAILABLE", DOCTOR, true],
  [13, "EACCES", "STORE_UNAVAILABLE", "let this user"],
  [1, "EPERM", "STORE_UNAVAILABLE", "let this user"],
  [30, "EROFS", "STORE_UNAVAILABLE", "for writing"],
  [12, "ENOMEM", "STORE_UNAVAILABLE", "memory"],
  [22, "EINVAL", "STORE_UNAVAILABLE", REOPEN],
  [24, "EMFILE", "STORE_UNAVAILABLE", "ulimit -n"],
  ["ENOSPC", "ENOSPC", "STORE_UNAVAILABLE", "free space", true],
  ["EROFS", "EROFS", "STORE_UNAVAILABLE", "for writing"],
  ["ENFILE", "ENFILE", "STORE_UNAVAILABLE", "open files"],
  [-30700.5, "-30700.5", "STORE_UNAVAILABLE", "check the folder"],
];

describe("storeError", () => {
  for (const [code, name, expected, remedy, hasNoRoom = false] of ROWS) {
    it(`names ${code} as ${name}, with the folder and a remedy: ${expected}`, function () {
      // The system's own numbers differ elsewhere.
      if (typeof code === "number" && code > 0 && process.platform !== "linux") this.skip();
      const cause = Object.assign(new Error("Told by lmdb"), { code });
      const error = storeError("read", "/some/store", cause);
      expect(error).to.include({ code: expected, cause });
      expect(error.message).to.match(/^Cannot read store at \/some\/store: Told by lmdb \(.*\); /);
      expect(error.message).to.include(`(${name})`).and.to.include(remedy);
      expect(error.facts).to.deep.equal({ path: "/some/store" });
      expect(isLackOfRoom(error)).to.equal(hasNoRoom);
    });
  }

  it("names a code once, and leaves out the buffers that lmdb names", () => {
    const twice = Object.assign(new Error("MDB_CORRUPTED: Located page was wrong type"), { code: -30796 });
    expect(storeError("read", "/s", twice).message).to.match(/: MDB_CORRUPTED: Located page was wrong type; /);
    const long = Object.assign(new Error("No space left on device: Attempting to write page at position 7"), {
      code: 28,
    });
    expect(storeError("read", "/s", long).message).to.match(/: No space left on device \(ENOSPC\); /);
  });

  it("tells a key that cannot be of an LMDB page as damage", () => {
    expect(storeError("read", "/s", new Error("Invalid key size ffff8a04")).code).to.equal("STORE_CORRUPT");
  });

  it("takes any other error, and anything thrown", () => {
    for (const cause of [new RangeError("Array buffer allocation failed"), "a text", undefined]) {
      expect(storeError("open", "/s", cause)).to.include({ code: "STORE_UNAVAILABLE", cause });
    }
  });

  it("leaves an error of Tidemark as it is", () => {
    const lost = new TidemarkError("STORE_LOST", "Lost");
    expect(storeError("open", "/s", lost)).to.equal(lost);
  });
});
