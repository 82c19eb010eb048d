import { Packr, RESERVE_START_SPACE } from "msgpackr/pack";
import { TidemarkError } from "../errors.ts";
import { type DataForm, surveyData } from "./plain-data.ts";
import { fromTagged, toTagged } from "./tagged-value.ts";

const CODEC_VERSION = 1;
// Their places are stored.
const FORMS: readonly (DataForm | undefined)[] = ["direct", "tagged", "buffers"];
const HEADER_BYTES = 2;

// Shared by all calls: it holds no state between two of them, since records are off. Byte strings are copied out of
// what they are decoded from, so that their `buffer` is theirs alone.
const packr = new Packr({ useRecords: false, variableMapSize: true, copyBuffers: true });

/**
 * Tells what in `value` is not plain data, and where, such as `"an instance of DirTarget at .out"`.
 *
 * `undefined` means that the value survives {@link encodeValue} and {@link decodeValue} exactly. Plain data is null,
 * undefined, booleans, numbers, strings, bigints, dates, typed arrays, and arrays, maps, sets and plain objects of
 * plain data, without cycles; objects that occur more than once remain one object.
 */
export function describeUnstorable(value: unknown): string | undefined {
  return surveyData(value, { isStrict: true }).fault;
}

/**
 * Encodes plain data (see {@link describeUnstorable}); an accessor is stored as the value it gives.
 *
 * @throws `TypeError` naming what is not plain data.
 */
export function encodeValue(value: unknown): Uint8Array {
  const { fault, form, shared } = surveyData(value, { isStrict: false });
  if (fault !== undefined) throw new TypeError(`Cannot encode value: it must be plain data, got ${fault}`);
  const bytes = packr.pack(form === "tagged" ? toTagged(value, shared) : value, RESERVE_START_SPACE | HEADER_BYTES);
  bytes[0] = CODEC_VERSION;
  bytes[1] = FORMS.indexOf(form);
  return bytes;
}

/**
 * Decodes what {@link encodeValue} made.
 *
 * @throws {@link TidemarkError} `STORE_TOO_NEW` for the version byte of a newer codec, `STORE_CORRUPT` for other bytes.
 */
export function decodeValue(bytes: Uint8Array): unknown {
  const version = bytes[0] ?? 0;
  if (version > CODEC_VERSION) {
    throw new TidemarkError(
      "STORE_TOO_NEW",
      `Cannot decode value: its codec version must be at most ${CODEC_VERSION}, got ${version}`,
      { facts: { version, supported: CODEC_VERSION } },
    );
  }
  try {
    const form = readForm(bytes, version);
    const unpacked: unknown = packr.unpack(bodyOf(bytes, form));
    return form === "tagged" ? fromTagged(unpacked) : unpacked;
  } catch (cause) {
    throw new TidemarkError("STORE_CORRUPT", "Cannot decode value: its bytes are not those of an encoded value", {
      cause,
    });
  }
}

function readForm(bytes: Uint8Array, version: number): DataForm {
  const form = FORMS[bytes[1] ?? FORMS.length];
  if (version !== CODEC_VERSION || form === undefined) {
    throw new RangeError(`No value begins with the bytes ${version} and ${bytes[1]}`);
  }
  return form;
}

/** The bytes after the header, in the class that msgpackr is to give byte strings back in. */
function bodyOf({ buffer, byteOffset, length }: Uint8Array, form: DataForm): Uint8Array {
  const offset = byteOffset + HEADER_BYTES;
  const size = length - HEADER_BYTES;
  return form === "buffers" ? Buffer.from(buffer, offset, size) : new Uint8Array(buffer, offset, size);
}
