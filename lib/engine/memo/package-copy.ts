import { resolve } from "node:path";

/** A loaded copy of this package; another object for each copy. */
export interface PackageCopy {
  readonly folder: string;
}

/** This copy. */
export const OWN_COPY: PackageCopy = Object.freeze({
  folder: import.meta.dirname === undefined ? "a bundle" : resolve(import.meta.dirname, "../../.."),
});

/** The key under which targets keep the copy that has made them. */
export const copyKey: unique symbol = Symbol.for("tidemark.copy");

/** The error for an argument that another copy has made, which is unknown for a copy of an older version. */
export function otherCopyError(act: string, what: string, other: PackageCopy | undefined): TypeError {
  return new TypeError(
    `Cannot ${act}: ${what} is made by another copy of tidemark (${other?.folder ?? "of another version"}) than this call ` +
      `(${OWN_COPY.folder}); ${ONE_COPY_REMEDY}`,
  );
}

/** The remedy for errors about copies. */
export const ONE_COPY_REMEDY = 'install one copy for all modules; "npm ls tidemark" lists the copies';
