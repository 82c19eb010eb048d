import { diag, type Attributes } from "@opentelemetry/api";
import {
  APP_KEY,
  COMPONENT_KEY,
  formatAttribute,
  GROUP_KEY,
  MAX_EXPORTED_COMPONENTS,
  MAX_EXPORTED_TITLES,
  OTHER,
  ROOT_GROUP,
} from "./names.ts";

/**
 * The exported attributes of one app, bounded in number: the first titles and component names of the process are exported as
 * they are, all further ones as {@link OTHER}, so that one made from data cannot make series without end.
 */
export class AttributeBounds {
  readonly #app: string;
  readonly #titles: BoundedValues;
  readonly #components: BoundedValues;

  constructor(app: string) {
    this.#app = formatAttribute(app);
    this.#titles = new BoundedValues(app, "titles of stats groups", MAX_EXPORTED_TITLES);
    this.#components = new BoundedValues(app, "component names", MAX_EXPORTED_COMPONENTS);
  }

  /** The attributes under which `component` is exported in the group called `title`; `null` for none. */
  attributesOf(title: string | null, component: string): Attributes {
    return Object.freeze({
      [APP_KEY]: this.#app,
      [COMPONENT_KEY]: this.#components.bound(component),
      [GROUP_KEY]: title === null ? ROOT_GROUP : this.#titles.bound(title),
    });
  }
}

/** The values of one attribute, up to a number of them. */
class BoundedValues {
  readonly #app: string;
  readonly #what: string;
  readonly #max: number;
  readonly #values = new Set<string>();
  #hasWarned = false;

  constructor(app: string, what: string, max: number) {
    this.#app = app;
    this.#what = what;
    this.#max = max;
  }

  bound(text: string): string {
    const value = formatAttribute(text);
    if (this.#values.has(value)) return value;
    if (this.#values.size < this.#max) {
      this.#values.add(value);
      return value;
    }
    this.#warnOnce(value);
    return OTHER;
  }

  #warnOnce(value: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    diag.warn(
      `tidemark: app "${this.#app}" has more than ${this.#max} ${this.#what}; further ones, such as "${value}", are exported ` +
        `as "${OTHER}". Make them from what the program is, not from its data`,
    );
  }
}
