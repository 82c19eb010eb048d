import { diag } from "@opentelemetry/api";
import {
  formatComponent,
  formatTitle,
  MAX_EXPORTED_COMPONENTS,
  MAX_EXPORTED_PAIRS,
  MAX_EXPORTED_TITLES,
  OTHER,
  ROOT_GROUP,
} from "./export-bounds.ts";
import { APP_KEY, COMPONENT_KEY, GROUP_KEY } from "../schema/names.ts";
import { Series } from "./series.ts";

/**
 * The exported series of one app, bounded in number: the first titles, component names and pairs of both in the process are
 * exported as they are, all further ones as {@link OTHER}, so that one made from data cannot make series without end.
 */
export class AttributeBounds {
  readonly #app: string;
  readonly #titles: BoundedValues;
  readonly #components: BoundedValues;
  /** By group, then by component. */
  readonly #series = new Map<string, Map<string, Series>>();
  #numSeries = 0;
  readonly #warnOfPairs: (example: string) => void;

  /** `app` is the name that it is exported under. */
  constructor(app: string) {
    this.#app = app;
    this.#titles = new BoundedValues(app, "titles of stats groups", MAX_EXPORTED_TITLES);
    this.#components = new BoundedValues(app, "component names", MAX_EXPORTED_COMPONENTS);
    this.#warnOfPairs = createWarning(app, "pairs of a component and a group", MAX_EXPORTED_PAIRS);
  }

  /** The series under which `component` is exported in the group called `title`; `null` for none. */
  seriesOf(title: string | null, component: string): Series {
    const group = title === null ? ROOT_GROUP : this.#titles.bound(formatTitle(title));
    const name = this.#components.bound(formatComponent(component));
    const known = this.#series.get(group)?.get(name);
    if (known !== undefined) return known;
    if (this.#numSeries < MAX_EXPORTED_PAIRS) return this.#create(group, name);
    this.#warnOfPairs(`${name} in ${group}`);
    return this.#series.get(OTHER)?.get(OTHER) ?? this.#create(OTHER, OTHER);
  }

  #create(group: string, component: string): Series {
    const series = new Series({ [APP_KEY]: this.#app, [COMPONENT_KEY]: component, [GROUP_KEY]: group });
    let ofGroup = this.#series.get(group);
    if (ofGroup === undefined) {
      ofGroup = new Map();
      this.#series.set(group, ofGroup);
    }
    ofGroup.set(component, series);
    this.#numSeries++;
    return series;
  }
}

/** The values of one attribute, up to a number of them. */
class BoundedValues {
  readonly #max: number;
  readonly #values = new Set<string>();
  readonly #warn: (example: string) => void;

  constructor(app: string, what: string, max: number) {
    this.#max = max;
    this.#warn = createWarning(app, what, max);
  }

  bound(value: string): string {
    if (this.#values.has(value)) return value;
    if (this.#values.size < this.#max) {
      this.#values.add(value);
      return value;
    }
    this.#warn(value);
    return OTHER;
  }
}

/** A warning that is given once. */
function createWarning(app: string, what: string, max: number): (example: string) => void {
  let isGiven = false;
  return (example) => {
    if (isGiven) return;
    isGiven = true;
    diag.warn(
      `tidemark: app "${app}" has more than ${max} ${what}; further ones, such as "${example}", are exported ` +
        `as "${OTHER}". Make them from what the program is, not from its data`,
    );
  };
}
