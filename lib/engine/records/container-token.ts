import { hash } from "node:crypto";

/** Names a container in dependencies, by the encoded path of its inside. */
export function containerToken(path: Uint8Array): string {
  return hash("sha256", path, "base64url").slice(0, 16);
}
