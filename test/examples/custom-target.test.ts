import { expect } from "chai";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { App, Environment, type UpdateHandle } from "tidemark";
import { publishAll } from "../../examples/custom-target/app.ts";
import { countsOf } from "../counts.ts";
import { createTempFolder } from "../temp-folder.ts";

/** An HTTP server that keeps documents, and fails for names that hold "fail". */
interface DocumentServer extends AsyncDisposable {
  readonly url: string;
  readonly documents: Map<string, string>;
  readonly requests: string[];
}

async function startServer(): Promise<DocumentServer> {
  const documents = new Map<string, string>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const name = decodeURIComponent((request.url ?? "").slice(1));
      const body = await text(request);
      requests.push(`${request.method} ${name}`);
      if (name.includes("fail")) response.statusCode = 507;
      else if (request.method === "PUT") documents.set(name, body);
      else if (!documents.delete(name)) response.statusCode = 404;
      response.end();
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    documents,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

describe("the custom target example", () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let environment: Environment;
  let server: DocumentServer;

  beforeEach(async () => {
    folder = await createTempFolder();
    environment = new Environment({ dbPath: join(folder.path, "state"), onException: () => {} });
    server = await startServer();
  });

  afterEach(async () => {
    await environment.close();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  function note(name: string, content: string): Promise<void> {
    return writeFile(join(folder.path, name), content);
  }

  function publishing(to: string = server.url): UpdateHandle<void> {
    return new App({ name: "notes", environment }, publishAll, folder.path, to).update();
  }

  it("sends new and changed records, deletes missing ones, and does nothing else", async () => {
    await note("a.txt", "Title A\n\nBody A\n");
    await note("b c.txt", "Title B\n");
    await publishing();
    expect([...server.documents]).to.have.deep.members([
      ["a.txt", '{"title":"Title A","body":"Body A"}'],
      ["b c.txt", '{"title":"Title B","body":""}'],
    ]);
    server.requests.length = 0;
    await publishing();
    expect(server.requests).to.deep.equal([]);
    await note("a.txt", "Title A\n\nAnother body\n");
    await rm(join(folder.path, "b c.txt"));
    await publishing();
    expect(server.requests).to.have.members(["PUT a.txt", "DELETE b c.txt"]);
    expect([...server.documents]).to.deep.equal([["a.txt", '{"title":"Title A","body":"Another body"}']]);
  });

  it("sends nothing when a change makes no difference to the document", async () => {
    await note("a.txt", "Title\n\nBody\n");
    await publishing();
    server.requests.length = 0;
    await note("a.txt", "Title\n\n\nBody\n\n");
    const handle = publishing();
    await handle;
    expect(countsOf(handle.stats()?.byComponent["publish"])).to.deep.equal({ starts: 1, reprocesses: 1 });
    expect(server.requests).to.deep.equal([]);
  });

  it("fails only the component whose document the server refuses", async () => {
    await note("a.txt", "A\n");
    await note("fail.txt", "B\n");
    const handle = publishing();
    await handle;
    expect(countsOf(handle.stats()?.byComponent["publish"])).to.deep.equal({ starts: 2, adds: 1, errors: 1 });
    expect([...server.documents.keys()]).to.deep.equal(["a.txt"]);
    expect(String(handle.failures()[0]?.error)).to.match(/Cannot PUT .*fail\.txt: the server answered 507$/);
  });

  it("moves the documents when the server changes", async () => {
    await using other = await startServer();
    await note("a.txt", "A\n");
    await publishing();
    await publishing(other.url);
    expect([...server.documents.keys()]).to.deep.equal([]);
    expect([...other.documents.keys()]).to.deep.equal(["a.txt"]);
  });

  it("takes a document that is gone already for deleted", async () => {
    await note("a.txt", "A\n");
    await publishing();
    server.documents.clear();
    await rm(join(folder.path, "a.txt"));
    const handle = publishing();
    await handle;
    expect(countsOf(handle.stats()?.byComponent["publish"])).to.deep.equal({ starts: 1, deletes: 1 });
  });
});
