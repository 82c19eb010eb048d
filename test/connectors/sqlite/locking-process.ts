import { DatabaseSync } from "node:sqlite";

// A program that locks the database of its first argument until its standard input ends.
const db = new DatabaseSync(process.argv[2]!);
db.exec("BEGIN EXCLUSIVE");
process.stdout.write("locked\n");
process.stdin.resume().once("end", () => {
  db.exec("COMMIT");
  db.close();
});
