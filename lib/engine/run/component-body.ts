import { CallResults } from "../memo/call-results.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { Dependencies } from "../memo/logic.ts";
import { DeclaredStates } from "../targets/declared-states.ts";
import { Children, type ParentComponent } from "./children.ts";
import type { GroupScope } from "./group.ts";
import type { ItemsPlace } from "./items-place.ts";
import { Readiness } from "./readiness.ts";

/** What a component's function has mounted, declared and called so far. A memo hit never has one. */
export class ComponentBody {
  /** Everything the memo will depend on, besides the arguments. */
  readonly dependencies: Dependencies;
  /** Ready when the function has ended and everything it mounted is ready. */
  readonly readiness: Readiness = new Readiness();
  readonly declared: DeclaredStates = new DeclaredStates();
  readonly calls: CallResults = new CallResults();
  readonly #component: ParentComponent;
  #children: Children | undefined;
  #places: ItemsPlace[] | undefined;
  /** Stats groups that end with the component, because children that vanished are still to be counted there. */
  #endingGroups: GroupScope[] | undefined;
  #numChildrenInProgress = 0;
  #hasMounted = false;

  constructor(component: ParentComponent, { logicId, logicTracking }: FunctionInfo) {
    this.#component = component;
    this.dependencies = new Dependencies(logicTracking);
    if (logicTracking !== "none") this.dependencies.addOwn(logicId);
  }

  /** Whether the function has mounted anything. */
  get hasMounted(): boolean {
    return this.#hasMounted;
  }

  /** Whether a mounted child is in progress. */
  get isWaiting(): boolean {
    return this.#numChildrenInProgress > 0;
  }

  /** The children that were mounted in this run, beside the stored ones. */
  get children(): Children {
    this.#children ??= new Children(this.#component);
    return this.#children;
  }

  /** The places of the `mountEach` calls. */
  get places(): readonly ItemsPlace[] {
    return this.#places ?? [];
  }

  /** Adds the place of a `mountEach`. */
  addPlace(place: ItemsPlace): void {
    this.#places ??= [];
    this.#places.push(place);
  }

  /** Notes a mounted child that was a memo hit. */
  noteMount(): void {
    this.#hasMounted = true;
  }

  /** A mounted child is in progress from now on. */
  enterChild(): void {
    this.#hasMounted = true;
    this.#numChildrenInProgress++;
    this.readiness.enter();
  }

  /** A mounted child has ended. */
  leaveChild(): void {
    this.#numChildrenInProgress--;
    this.readiness.leave();
  }

  /** Keeps a stats group from ending before this component. */
  endWith(group: GroupScope): void {
    group.hold();
    this.#endingGroups ??= [];
    this.#endingGroups.push(group);
  }

  /** Releases the stats groups that were to end with this component. */
  releaseGroups(): void {
    for (const group of this.#endingGroups ?? []) group.release();
  }
}
