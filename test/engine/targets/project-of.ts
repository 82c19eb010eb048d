import { stateOf } from "../../../lib/app/environment.ts";
import { EnvironmentState } from "../../../lib/app/environment-state.ts";
import type { Environment } from "../../../lib/index.ts";

/** Has the runs of an environment find its place confirmed, or a store that was moved. */
export function setConfirmed(environment: Environment, isConfirmed: boolean): void {
  const state = stateOf(environment);
  state.home = async () => {
    const home = await EnvironmentState.prototype.home.call(state);
    return Object.defineProperty(home, "isConfirmed", { value: isConfirmed, configurable: true });
  };
}
