import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPageRoutes } from "../../lib/serve/page-routes.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("createPageRoutes", () => {
  it("reads the files again after they could not be read (bug: the failure was kept)", async () => {
    await using temp = await createTempFolder();
    const folder = join(temp.path, "page");
    const routes = createPageRoutes(folder).onError((_error, context) => context.text("", 500));
    expect((await routes.request("/")).status).to.equal(500);
    await mkdir(folder);
    await writeFile(join(folder, "index.html"), "<p>here");
    const response = await routes.request("/");
    expect([response.status, await response.text()]).to.deep.equal([200, "<p>here"]);
  });
});
