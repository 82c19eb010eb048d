import { expect } from "chai";
import { isMountPoint, MountList, parseMounts, unbindPath } from "../../lib/places/mounts.ts";

const MOUNTS = parseMounts(`21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
22 21 0:5 / /proc rw - proc proc rw
23 21 8:1 /srv/site/out /mnt/alias rw - ext4 /dev/sda1 rw
24 21 8:1 /srv/site/out/a /srv/site/out/b rw - ext4 /dev/sda1 rw
25 21 8:2 /data /volumes/one rw - ext4 /dev/sda2 rw
26 21 8:2 /data/inner /volumes/two rw - ext4 /dev/sda2 rw
27 21 8:1 /home/u/my\\040site /work\\040space rw - ext4 /dev/sda1 rw
28 21 0:9 / /srv/covered rw - tmpfs tmpfs rw
29 21 8:1 /srv/covered /mnt/uncovered rw - ext4 /dev/sda1 rw
`);

describe("unbindPath", () => {
  for (const [path, wanted, why] of [
    ["/srv/site/out/x", "/srv/site/out/x", "a path that is no bind mount"],
    ["/mnt/alias", "/srv/site/out", "a bind mount"],
    ["/mnt/alias/x/y", "/srv/site/out/x/y", "a path below a bind mount"],
    ["/srv/site/out/b/x", "/srv/site/out/a/x", "a bind mount below the folder itself"],
    ["/volumes/two/x", "/volumes/one/inner/x", "a folder that another mount shows as well"],
    ["/volumes/one/x", "/volumes/one/x", "a mount of a folder whose file system is not shown"],
    ["/work space/x", "/home/u/my site/x", "names with blanks"],
    ["/mnt/uncovered/x", "/mnt/uncovered/x", "a folder whose other name is covered by a mount"],
    ["/srv/covered/x", "/srv/covered/x", "a file system of its own"],
    ["/", "/", "the root"],
  ] as const) {
    it(`returns ${wanted} for ${why}`, () => {
      expect(unbindPath(path, MOUNTS)).to.equal(wanted);
    });
  }

  it("returns the path where no mounts are known", () => {
    expect(unbindPath("/mnt/alias/x", [])).to.equal("/mnt/alias/x");
  });
});

describe("isMountPoint", () => {
  it("tells where a mount begins", () => {
    expect(isMountPoint("/mnt/alias", MOUNTS)).to.equal(true);
    expect(isMountPoint("/mnt/alias/x", MOUNTS)).to.equal(false);
  });
});

describe("MountList", () => {
  const TEXT = "21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw";
  const failing = (code: string) => (): never => {
    throw Object.assign(new Error(code), { code });
  };

  it("keeps the list that it has when it cannot be read for want of a file descriptor", () => {
    let read = (): string => TEXT;
    const list = new MountList(() => read());
    expect(list.current).to.have.length(1);
    read = failing("EMFILE");
    list.refresh();
    expect(list.current).to.have.length(1);
    read = () => `${TEXT}\n${TEXT}`;
    list.refresh();
    expect(list.current).to.have.length(2);
  });

  it("fails without a list and a file descriptor, and is empty where there is no list", () => {
    expect(() => new MountList(failing("ENFILE")).current).to.throw("ENFILE");
    expect(new MountList(failing("ENOENT")).current).to.deep.equal([]);
  });
});
