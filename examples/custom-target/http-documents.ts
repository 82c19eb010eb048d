import { createHash } from "node:crypto";
import { defineTarget, type TargetProvider } from "tidemark";

/** A document on an HTTP server that takes `PUT` and `DELETE` at one URL for each. */
export interface HttpDocument {
  readonly title: string;
  readonly body: string;
}

/** Server and name of a document: the server is a part of the key, so that documents move when it changes. */
export type DocumentKey = readonly [server: string, name: string];

/** What is to be done with one document; without `json` it is deleted. */
interface Action {
  readonly key: DocumentKey;
  readonly json?: string;
}

/** Declare documents in it with `declareTargetState(httpDocuments, [server, name], document)`. */
export const httpDocuments: TargetProvider<DocumentKey, HttpDocument> = defineTarget<
  DocumentKey,
  HttpDocument,
  string,
  Action
>("example/http-documents", {
  // Decides. What is remembered of a document is the hash of what was sent.
  reconcile({ key, desired, previous, mayBeMissing }) {
    if (desired === undefined) return { action: { key }, tracking: undefined };
    const json = JSON.stringify(desired);
    const hash = createHash("sha256").update(json).digest("base64url");
    const isThere = !mayBeMissing && previous.length > 0 && previous.every((known) => known === hash);
    return isThere ? undefined : { action: { key, json }, tracking: hash };
  },
  // Acts. Sending the same document twice, or deleting one that is gone, does no harm: a crash can fall in between.
  async apply(actions, { signal }) {
    for (const action of actions) await send(action, signal);
  },
});

/** The time that a server has to answer, in milliseconds. */
const TIMEOUT_MS = 30_000;

async function send({ key: [server, name], json }: Action, signal: AbortSignal): Promise<void> {
  const url = new URL(encodeURIComponent(name), server);
  const request = json === undefined ? { method: "DELETE" } : { method: "PUT", body: json };
  const response = await fetch(url, {
    ...request,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  await response.body?.cancel();
  const isGone = json === undefined && response.status === 404;
  if (!response.ok && !isGone) {
    throw new Error(`Cannot ${request.method} ${url.href}: the server answered ${response.status}`);
  }
}
