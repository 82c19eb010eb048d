import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { DataFile } from "../../lib/state/data-file.ts";

// Run where files may not grow beyond the 64 kB that they have: cuts the data of a store short while no room can be reserved. Prints the code of the error, the size
// of the data, and whether they are in their place.
const folder = process.argv[2]!;
const data = join(folder, "data.mdb");
const file = new DataFile(folder);
const reserving = file
  .reserve([[{ key: Buffer.from("key"), value: new Uint8Array(1024 * 1024) }]])
  .catch(({ code }: { readonly code: string }) => code);
truncateSync(data, 8192);
const code = await reserving;
console.log(JSON.stringify({ code, sizeBytes: statSync(data).size, isInPlace: file.isInPlace() }));
