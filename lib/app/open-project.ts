import { canonicalizePlaces } from "../engine/records/canonicalize-places.ts";
import type { Project } from "../engine/run/project.ts";
import { forgetStates } from "../engine/targets/forget-states.ts";
import { giveUpOutside } from "../engine/targets/give-up.ts";
import { whereabouts } from "../engine/targets/outside-states.ts";
import type { EnvironmentState } from "./environment-state.ts";

/**
 * Opens the project for a run of an app; with `adopt`, the present place of the store is confirmed first.
 *
 * @throws TidemarkError `PROJECT_CONFLICT`
 */
export async function openProject(
  state: EnvironmentState,
  app: string,
  { adopt }: { readonly adopt: boolean },
): Promise<Project> {
  const { clock, isRootGiven, root } = state;
  const home = await state.home();
  const rows = await state.findRows(app);
  await home.enterProject(app, {
    root,
    isRootGiven,
    giveUpOutside: async () => rows && giveUpOutside(rows, root, clock.date().getTime()),
    canonicalize: async () => rows && canonicalizePlaces(rows, root),
    forgetInside: async () => rows && forgetStates(rows, ({ path }) => whereabouts(path, root) === "below"),
  });
  if (adopt) await home.confirm();
  return { root, isConfirmed: home.isConfirmed };
}
