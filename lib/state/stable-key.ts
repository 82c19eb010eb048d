// The door to stable keys for the other folders: what a key is, how a path of keys becomes bytes, text and a range.
export { decodeKey, decodePath } from "./decode-path.ts";
export { appendKey, encodeKey, encodePath } from "./encode-path.ts";
export { formatPath } from "./format-path.ts";
export { joinPaths } from "./join-paths.ts";
export { isSymbolKey, symbolKey, type StableKey, type SymbolKey } from "./key.ts";
export { prefixEnd } from "./prefix-end.ts";
