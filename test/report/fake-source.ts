import { setImmediate as turn } from "node:timers/promises";
import type { FollowableReport } from "../../lib/progress/followable-report.ts";
import { Notices } from "../../lib/progress/notices.ts";
import type { ComponentFailure } from "../../lib/progress/report.ts";
import { createComponentStats, type UpdateSnapshot, type UpdateStats } from "../../lib/progress/schema/stats.ts";
import type { FakeClock } from "../fake-clock.ts";
import { createSnapshot } from "../snapshots.ts";

/** What a test says of the present state. */
interface State extends Partial<UpdateSnapshot> {
  readonly numInProgress?: number;
  readonly numQueued?: number;
}

type Step = UpdateSnapshot | { readonly error: unknown } | "end";

/** A report that counts what the test tells it to, under the component `doc`. */
export class FakeSource implements FollowableReport {
  readonly app = "a";
  readonly title: string | null;
  isCutOff = false;
  readonly notices: Notices = new Notices(null);
  readonly #clock: FakeClock;
  readonly #startedAt: number;
  readonly #failures: ComponentFailure[] = [];
  readonly #steps: Step[] = [];
  #numAdds = 0;
  #numErrors = 0;
  #stats: UpdateStats | null = null;
  #lastFinishedMs: number | null = null;
  #arrived = Promise.withResolvers<void>();

  constructor(clock: FakeClock, title: string | null = null) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.title = title;
  }

  /** Counts components that were added, and lets the reporter see it. */
  async count(numAdds: number = 1, changes: State = {}): Promise<void> {
    this.#numAdds += numAdds;
    this.#lastFinishedMs = this.#clock.now() - this.#startedAt;
    await this.push(changes);
  }

  /** Counts a component that failed. */
  async countFailure(error: unknown, path: string): Promise<void> {
    this.#numErrors++;
    this.#failures.push({ component: "doc", path, group: this.title, error, at: this.#clock.date() });
    await this.push();
  }

  /** Lets the reporter see the present state. */
  async push(changes: State = {}): Promise<void> {
    const { numInProgress = 0, numQueued = 0, ...rest } = changes;
    const finished = this.#numAdds + this.#numErrors;
    const total = createComponentStats([finished + numInProgress, 0, this.#numAdds, 0, 0, this.#numErrors], numQueued);
    const byComponent: Record<string, typeof total> = finished + numInProgress + numQueued > 0 ? { doc: total } : {};
    const elapsedMs = this.#clock.now() - this.#startedAt;
    this.#stats = { byComponent, total };
    await this.#step(createSnapshot({ stats: this.#stats, elapsedMs, lastFinishedMs: this.#lastFinishedMs, ...rest }));
  }

  async complete(): Promise<void> {
    await this.push({ status: "ready", final: true });
    await this.#step("end");
  }

  async end(): Promise<void> {
    await this.#step("end");
  }

  async fail(error: unknown): Promise<void> {
    await this.#step({ error });
  }

  stats(): UpdateStats | null {
    return this.#stats;
  }

  failures(): readonly ComponentFailure[] {
    return this.#failures.slice(-100);
  }

  async *watch(): AsyncGenerator<UpdateSnapshot> {
    for (;;) {
      const step = this.#steps.shift();
      if (step === "end") return;
      if (step === undefined) await this.#arrived.promise;
      else if ("error" in step) throw step.error;
      else yield step;
    }
  }

  async #step(step: Step): Promise<void> {
    this.#steps.push(step);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    await turn();
  }
}
