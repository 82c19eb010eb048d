export { LocalReader, type CounterDelta } from "./progress/local-reader.ts";
