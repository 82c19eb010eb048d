import { once } from "node:events";
import { App, componentSubpath, Environment, fn, LiveMap, mount, mountEach, statsGroup } from "../../lib/index.ts";
import { serve } from "../../lib/serve/index.ts";
import type { LiveMapFeed, StatsGroupHandle } from "../../lib/index.ts";
import { CODE, DOCS, type ObservedCommand, type ObservedReport, type ObservedUpdate } from "./observed.ts";

// An app that serves metrics and runs as it is told, over messages; says what `stats()` says.
const [port, dbPath] = process.argv.slice(2) as [string, string];

const server = await serve({ port: Number(port) });
const environment = new Environment({ dbPath, onException: () => {} });
const liveDocs = new LiveMap<string, string>();
let released = Promise.withResolvers<void>();
let aborting = new AbortController();
const failing = new AbortController();
let look: () => readonly ObservedReport[] = () => [];

const index = fn({ memo: true }, async function index(text: string) {
  if (text.startsWith("held")) {
    send({ kind: "held" });
    await released.promise;
  }
  if (text.startsWith("broken")) throw new Error(text);
});

const parse = fn({ memo: true }, function parse(text: string) {
  if (text.startsWith("broken")) throw new Error(text);
});

async function update({ app, code, docs, isFailing }: ObservedUpdate): Promise<void> {
  const groups: StatsGroupHandle[] = [];
  const observed = new App({ name: app, environment, maxInflightComponents: 8 }, async function main() {
    await mount("readme", index, isFailing ? "broken readme" : "readme");
    await statsGroup(DOCS, async (group) => {
      groups.push(group);
      await mountEach(componentSubpath("docs"), index, itemsOf(docs));
    });
    await statsGroup(CODE, async (group) => {
      groups.push(group);
      await mountEach(componentSubpath("code"), parse, itemsOf(code));
    });
    if (isFailing) throw new Error("nothing works");
  });
  aborting = new AbortController();
  const handle = observed.update({ live: true, signal: aborting.signal });
  look = () => [
    { app, group: "root", stats: handle.stats()! },
    ...groups.map((group) => ({ app, group: group.title, stats: group.stats()! })),
  ];
  await Promise.allSettled([handle]);
  send({ kind: "done" });
}

/** It has nothing, and fails from when it is told to. */
const feed: LiveMapFeed<string, string> = {
  async watch(subscriber) {
    failing.signal.throwIfAborted();
    await subscriber.updateAll([]);
    await subscriber.markReady();
    await once(AbortSignal.any([subscriber.signal, failing.signal]), "abort");
    failing.signal.throwIfAborted();
  },
};

async function follow(app: string, doc: string): Promise<void> {
  liveDocs.set("doc", doc);
  const handle = new App({ name: app, environment }, async function main() {
    await mountEach(componentSubpath("docs"), index, liveDocs);
    await mountEach(componentSubpath("feed"), index, feed);
  }).update({ live: true });
  look = () => [{ app, group: "root", stats: handle.stats()! }];
  await handle;
}

/** The text is the key as well, up to its version. */
function itemsOf(texts: readonly string[]): (readonly [string, string])[] {
  return texts.map((text) => [text.replace(/ v\d+$/, ""), text] as const);
}

function send(news: { readonly kind: "held" | "done" | "looked" }): void {
  process.send?.({ ...news, reports: look() });
}

process.on("message", (message: ObservedCommand) => {
  if (message === "look") send({ kind: "looked" });
  else if (message === "release") released.resolve();
  else if (message === "fail") failing.abort(new Error("the source is gone"));
  else if (message === "abort") {
    aborting.abort();
    released.resolve();
  } else {
    released = Promise.withResolvers();
    if ("follow" in message) void follow(message.follow, message.doc);
    else if ("set" in message) liveDocs.set("doc", message.set);
    else void update(message);
  }
});
process.send?.({ kind: "serving", port: server.port });
