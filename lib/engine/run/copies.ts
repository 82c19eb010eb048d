import { OWN_COPY } from "../memo/package-copy.ts";

/** A loaded copy of this package that has run components. */
interface Copy {
  readonly folder: string;
  /** Whether the running code is part of a component of this copy. */
  readonly isInside: () => boolean;
}

/** The key of the list under which all copies of one process find each other. */
const COPIES: unique symbol = Symbol.for("tidemark.copies");

type Shared = typeof globalThis & { [COPIES]?: Set<Copy> };

let own: Copy | undefined;

/** Lets other copies ask whether code is part of a component of this one; once is enough. */
export function announceCopy(isInside: () => boolean): void {
  if (own !== undefined) return;
  own = { folder: OWN_COPY.folder, isInside };
  const shared: Shared = globalThis;
  (shared[COPIES] ??= new Set()).add(own);
}

/** Another copy of this package that the running code is part of a component of, with the folder of this one. */
export function findSurroundingCopy(): { readonly other: string; readonly own: string } | undefined {
  const copies = (globalThis as Shared)[COPIES] ?? [];
  for (const copy of copies) if (copy !== own && copy.isInside()) return { other: copy.folder, own: OWN_COPY.folder };
  return undefined;
}
