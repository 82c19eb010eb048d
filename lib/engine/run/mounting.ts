import type { ExceptionHandler, MountKind } from "./exceptions.ts";
import type { GroupScope } from "./group.ts";

/** How a component was mounted. */
export interface Mounting {
  readonly kind: Exclude<MountKind, "delete" | "live"> | "useMount";
  /** The innermost stats group around the mount. */
  readonly group: GroupScope | undefined;
  /** Who is asked when it fails, innermost first. */
  readonly handlers: readonly ExceptionHandler[];
}
