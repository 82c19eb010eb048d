import { types } from "node:util";

/** The content of a view of an `ArrayBuffer`. */
export interface ViewContent {
  /** The name of its class in the language, such as `"Float32Array"`; `"Uint8Array"` for a Buffer. */
  readonly kind: string;
  /** The bytes, with the same bits for every NaN. */
  readonly bytes: Uint8Array;
  /** The reason why the bytes cannot be compared. */
  readonly fault: string | undefined;
}

const FLOATS: ReadonlySet<string> = new Set(["Float16Array", "Float32Array", "Float64Array"]);

/** Reads the content of a view. */
export function readView(view: ArrayBufferView): ViewContent {
  const kind = types.isTypedArray(view) ? (Reflect.get(TYPED_ARRAY, Symbol.toStringTag, view) as string) : "DataView";
  const { buffer } = view;
  if (types.isSharedArrayBuffer(buffer)) return { kind, bytes: NOTHING, fault: "of memory that threads share" };
  if (buffer.detached) return { kind, bytes: NOTHING, fault: "of a detached buffer" };
  const bytes = new Uint8Array(buffer, view.byteOffset, view.byteLength);
  return { kind, bytes: FLOATS.has(kind) ? withOneNaN(view as Float64Array, bytes) : bytes, fault: undefined };
}

const NOTHING = new Uint8Array();

/** Its getter gives the name of the class in the language, also for a subclass. */
const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** The bits of NaN depend on how it was computed. */
function withOneNaN(items: Float64Array, bytes: Uint8Array): Uint8Array {
  let copy: Uint8Array | undefined;
  const size = items.BYTES_PER_ELEMENT;
  for (let index = 0; index < items.length; index++) {
    if (!Number.isNaN(items[index])) continue;
    copy ??= bytes.slice();
    copy.fill(0xff, index * size, (index + 1) * size);
  }
  return copy ?? bytes;
}
