import { statsGroup, type StatsGroupHandle, type StatsGroupOptions } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";

/** The stats groups that a test has opened with {@link KeptGroups.group}. */
export interface KeptGroups {
  /** In the order of opening. */
  readonly handles: StatsGroupHandle[];
  /** Opens a stats group, and keeps its handle. */
  readonly group: <T>(title: string, body: () => T, options?: StatsGroupOptions) => T;
  /** The newest group with a title. */
  readonly groupOf: (title: string) => StatsGroupHandle;
  /** The counters of that group, by component. */
  readonly countsOf: (title: string) => ReturnType<typeof countsByComponent>;
}

/** Keeps the stats groups of each test of the surrounding `describe`. */
export function useKeptGroups(): KeptGroups {
  const handles: StatsGroupHandle[] = [];
  beforeEach(() => {
    handles.length = 0;
  });
  const groupOf = (title: string): StatsGroupHandle => handles.findLast((handle) => handle.title === title)!;
  return {
    handles,
    groupOf,
    group: (title, body, options = {}) =>
      statsGroup(title, options, (handle) => {
        handles.push(handle);
        return body();
      }),
    countsOf: (title) => countsByComponent(groupOf(title).stats()),
  };
}
