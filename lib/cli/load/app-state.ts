import type { App } from "../../app/app.ts";
import { checkFormat } from "../../state/store-format.ts";

/** Whether the store has anything on record of `app`. A store that is not there is not made. */
export async function hasState({ name, environment }: App): Promise<boolean> {
  return (await isStore(environment.dbPath)) && (await environment.apps()).includes(name);
}

/** Whether `folder` holds a store. */
export async function isStore(folder: string): Promise<boolean> {
  try {
    return (await checkFormat(folder)) !== "absent";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return false;
    throw error;
  }
}
