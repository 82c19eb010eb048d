// Prepares this checkout for `npm start` and `npm test`: installs and builds, each only if needed. Runs on any Node >= 20.
// `--build` builds in any case.
import { build, isBuilt } from "./build.mjs";
import { install, isInstalled } from "./install.mjs";
import { withLock } from "./lock.mjs";

const mustBuild = process.argv.includes("--build");

if (mustBuild || !isInstalled() || !isBuilt()) {
  try {
    await withLock(async () => {
      if (!isInstalled()) {
        await install();
      }
      if (mustBuild || !isBuilt()) {
        await build();
      }
    });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
