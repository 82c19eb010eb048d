import { FollowedFolder } from "./followed-folder.ts";

// Usage: watch-limits-process.ts FOLDER. Follows a folder, and prints a line of JSON: what it tells of the limit; then of each change.
const followed = await FollowedFolder.open(process.argv[2]!, { pollIntervalMs: 50 });
const print = (line: unknown): void => console.log(JSON.stringify(line));
print(followed.fallbacks.map(({ code, message }) => ({ code, message })));
for (let changes = await followed.next(); changes !== undefined; changes = await followed.next()) {
  print({ changed: changes.changed.map(({ path }) => path), removed: changes.removed });
}
