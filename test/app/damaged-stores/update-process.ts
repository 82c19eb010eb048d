import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { pagesAfter, processing, storeFolder, updateProject, writePages } from "./page-project.ts";

// Updates a project after some rounds of edits: `node update-process.ts ROOT EDITS COPIES [PAGES]`. Copies the data of its store into the folder
// COPIES before each page that is processed, and ends itself by SIGKILL after some pages.
const [root, numEdits, copies, maxPages = "Infinity"] = process.argv.slice(2) as [string, string, string, string?];
const data = join(storeFolder(root), "data.mdb");
let numPages = 0;

processing.beforePage = () => {
  if (existsSync(data)) copyFileSync(data, join(copies, String(numPages)));
  if (numPages++ >= Number(maxPages)) process.kill(process.pid, "SIGKILL");
};
writePages(root, pagesAfter(Number(numEdits)));
const { errors } = await updateProject(root);
if (errors.length > 0) throw new Error(errors.join("\n"));
