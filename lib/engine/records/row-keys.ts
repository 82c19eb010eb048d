import { hash } from "node:crypto";
import { encodeKey } from "../../state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../state/store.ts";

/** The kinds of rows. Each is the first byte of its keys. */
export const FAMILY = {
  app: 1,
  child: 2,
  tracking: 3,
  call: 4,
  owner: 5,
  pendingDeletion: 6,
  sequence: 7,
  provider: 8,
  providerId: 9,
  update: 10,
  /** The store as a whole, without an app: its id, its root, the upgrades that it has been through. */
  store: 11,
  /** Target states that were given up without being removed. */
  givenUp: 12,
  /** Reserved: the name of a function under the id of its logic. */
  logicName: 13,
  /** Reserved: facts about a component's executions that have no commit, such as its last failure. */
  history: 14,
} as const;

/** The first byte of a key. */
export type Family = (typeof FAMILY)[keyof typeof FAMILY];

/** The families whose keys begin with the id of an app. */
export const APP_FAMILIES: readonly Family[] = Object.values(FAMILY).filter(
  (family) => family !== FAMILY.app && family !== FAMILY.store,
);

const APP_ID_BYTES = 4;
const ID_BYTES = 6;
const DIGEST_BYTES = 32;

/** The size of a key before its tail: the family, the id of the app, and an id. */
const HEAD_BYTES = 1 + APP_ID_BYTES + ID_BYTES;

/** The place of the id in a key that has one. */
export const ROW_ID_AT: number = 1 + APP_ID_BYTES;

/** The place of the bytes that follow the id in a key. */
export const ROW_TAIL_AT: number = HEAD_BYTES;

/** The bytes before the path in the keys that end in one. */
const PATH_AT: Readonly<Partial<Record<number, number>>> = {
  [FAMILY.app]: 1,
  [FAMILY.child]: HEAD_BYTES,
  [FAMILY.provider]: HEAD_BYTES - ID_BYTES,
  [FAMILY.store]: 1,
};

/** The bytes of a long key that are the beginning of the key itself; a digest of all of it follows. */
export const LONG_KEY_HEAD_BYTES: number = MAX_KEY_BYTES - DIGEST_BYTES;

/** Creates the key of a row: the family, the id of the app, then `id` (6 bytes) and `tail` where they are given. */
export function createRowKey(appId: number, family: Family, id?: number, tail?: Uint8Array): Uint8Array {
  const headBytes = id === undefined ? HEAD_BYTES - ID_BYTES : HEAD_BYTES;
  const size = headBytes + (tail?.length ?? 0);
  const key = Buffer.allocUnsafe(size);
  key[0] = family;
  key.writeUInt32BE(appId, 1);
  if (id !== undefined) key.writeUIntBE(id, 1 + APP_ID_BYTES, ID_BYTES);
  if (tail !== undefined) key.set(tail, headBytes);
  return size <= MAX_KEY_BYTES ? key : shorten(key);
}

/** Reads the id of the app from the key of one of its rows. */
export function readAppId(key: Uint8Array): number {
  let id = 0;
  for (let at = 1; at <= APP_ID_BYTES; at++) id = id * 256 + (key[at] ?? 0);
  return id;
}

/** Whether a path below a parent is too long to be read back from its key. */
export function isLongPath(path: Uint8Array): boolean {
  return path.length + HEAD_BYTES > MAX_KEY_BYTES;
}

/** Creates the key of an app's own row. */
export function createAppKey(name: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(FAMILY.app), encodeKey(name)]);
}

/** The encoded path in a key, below the parent for a component; `undefined` where a key holds none, or only a digest of it. */
export function pathInKey(key: Uint8Array): Uint8Array | undefined {
  const start = PATH_AT[key[0]!];
  return start === undefined || key.length < start || key.length === MAX_KEY_BYTES ? undefined : key.subarray(start);
}

/** Creates the key of a row of the store as a whole. */
export function createStoreKey(name: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(FAMILY.store), encodeKey(name)]);
}

function shorten(key: Buffer): Uint8Array {
  return Buffer.concat([key.subarray(0, LONG_KEY_HEAD_BYTES), hash("sha256", key, "buffer")]);
}
