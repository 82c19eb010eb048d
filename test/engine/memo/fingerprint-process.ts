import { goldenFingerprints } from "./golden-values.ts";

console.log(JSON.stringify(goldenFingerprints()));
