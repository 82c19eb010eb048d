/** A text that is the same for the same target state. */
export function stateKey(providerId: number, key: Uint8Array): string {
  return `${providerId}:${Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1")}`;
}
