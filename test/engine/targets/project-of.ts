import { stateOf } from "../../../lib/app/environment.ts";
import type { Project } from "../../../lib/engine/run/project.ts";
import type { Environment } from "../../../lib/index.ts";

/** Gives the runs of an environment another project, as if its store had been moved or its place confirmed. */
export function setProject(environment: Environment, project: Partial<Project>): void {
  const state = stateOf(environment) as { project: Project };
  state.project = { ...state.project, ...project };
}
