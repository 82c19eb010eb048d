import { canonicalizePlaces } from "../engine/records/canonicalize-places.ts";
import type { AppRows } from "../engine/records/app-rows.ts";
import { placeOf } from "../engine/records/place-key.ts";
import { isPlaceKind } from "../engine/records/place-kinds.ts";
import type { Project } from "../engine/run/project.ts";
import { forgetStates } from "../engine/targets/forget-states.ts";
import { giveUpOutside } from "../engine/targets/give-up.ts";
import { refreshMounts } from "../places/mounts.ts";
import { isOfAnotherStore } from "../places/other-store.ts";
import { isOutside } from "../places/place.ts";
import { decodePath, type StableKey } from "../state/stable-key.ts";
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
  refreshMounts();
  const home = await state.home();
  const rows = await state.findRows(app);
  await home.enterProject(app, {
    root,
    isRootGiven,
    giveUpOutside: async () => rows && giveUpOutside(rows, root, clock.date().getTime()),
    isCopyOf01: (storePath) => rows !== undefined && isOfOther(rows, { root, storePath }),
    canonicalize: async (formerRoot) => rows && canonicalizePlaces(rows, root, formerRoot),
    forgetInside: async () => rows && forgetStates(rows, ({ path }) => isRelative(path)),
  });
  if (adopt) await home.confirm();
  return { root, isConfirmed: home.isConfirmed };
}

/** Whether a target state was recorded relative to the root that the app had. */
function isRelative(path: readonly StableKey[]): boolean {
  const place = placeIn(path);
  return place !== undefined && !isOutside(place);
}

/**
 * Whether an app of 0.1 is in a copy of its store: it has a container in a project that has a store of its own where this project has its
 * own.
 */
function isOfOther(rows: AppRows, project: { readonly root: string; readonly storePath: string }): boolean {
  return Array.from(rows.providers(), ({ path }) => placeIn(decodePath(path))).some(
    (place) => place !== undefined && isOfAnotherStore(place, project),
  );
}

function placeIn([kind, key]: readonly StableKey[]): string | undefined {
  return kind !== undefined && key !== undefined && isPlaceKind(kind) ? placeOf(key) : undefined;
}
