import { join } from "node:path";
import { defineConfig } from "vite";
import { pageLicenses } from "./page-licenses.mjs";
import { root } from "./run-step.mjs";

/** How the live page is built from lib/serve/page. */
export default defineConfig({
  root: join(root, "lib/serve/page"),
  // It may be served below any path.
  base: "./",
  logLevel: "warn",
  build: {
    outDir: join(root, "dist/serve/page"),
    emptyOutDir: true,
    target: "es2022",
    // Everything is a file of its own: the page's content security policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  plugins: [pageLicenses()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
