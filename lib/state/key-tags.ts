/**
 * The first byte of an encoded key, in the order in which keys of different types sort.
 *
 * `END` closes strings, bytes, symbol keys and arrays. It is below every other tag, so that an array sorts before its
 * own extensions; inside strings and bytes, `ESCAPE` stands before what would look like one of the two.
 */
export const KEY_TAGS = {
  END: 0x00,
  ESCAPE: 0x01,
  NULL: 0x02,
  FALSE: 0x03,
  TRUE: 0x04,
  NUMBER: 0x05,
  NEGATIVE_BIGINT: 0x06,
  BIGINT: 0x07,
  STRING: 0x08,
  BYTES: 0x09,
  ARRAY: 0x0a,
  SYMBOL: 0x0b,
} as const;

/** How deep arrays may be nested in a key. */
export const MAX_KEY_DEPTH = 64;

/** The longest magnitude of a bigint key, in bytes; its length is one byte of the encoding. */
export const MAX_BIGINT_BYTES = 250;
