import { App, declareTargetState, fn, mountEach } from "tidemark";
import { walkDir, type File } from "tidemark/localfs";
import { httpDocuments } from "./http-documents.ts";

const publish = fn({ memo: true }, async function publish(file: File, server: string) {
  const [title = "", ...lines] = (await file.text()).split("\n");
  declareTargetState(httpDocuments, [server, file.path], { title, body: lines.join("\n").trim() });
});

/** Publishes each text file of a folder as a document on an HTTP server. */
export const publishAll = fn(async function publishAll(folder: string, server: string) {
  await mountEach(publish, walkDir(folder, { include: "**/*.txt" }).items(), server);
});

export const app = new App(
  "custom-target",
  publishAll,
  process.env["NOTES"] ?? "notes",
  process.env["SERVER"] ?? "http://localhost:8080/",
);
