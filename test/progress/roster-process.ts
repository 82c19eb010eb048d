import { Roster } from "../../lib/progress/roster.ts";

// Usage: node --expose-gc roster-process.ts. Prints by how many bytes the heap has grown after many members have come and gone, when
// only young memory is collected.
const collect = globalThis.gc!;
const roster = new Roster<object>();
const enter = () => Array.from({ length: 64 }, () => roster.add({ content: Array<string>(100).fill("x") }));
let present = enter();
// What is there now is old from here on.
collect();
const before = process.memoryUsage().heapUsed;
for (let round = 0; round < 2000; round++) {
  const next = enter();
  for (const entry of present) roster.remove(entry);
  present = next;
  if (round % 10 === 0) collect({ type: "minor" });
}
collect({ type: "minor" });
console.log(process.memoryUsage().heapUsed - before);
