import type { ProviderPaths } from "./check-providers.ts";
import type { ComponentTable } from "./component-table.ts";

/** The parts of an app that its target states refer to. */
export interface StatesContext {
  readonly table: ComponentTable;
  readonly providers: ProviderPaths;
}
