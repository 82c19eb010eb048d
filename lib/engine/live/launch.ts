import type { Component } from "../run/component.ts";
import { LiveMount } from "./live-mount.ts";
import type { MountCompletion } from "../run/mount-completion.ts";
import { admit, runInBackground } from "../execution/start.ts";

/** Has a component run that was just mounted; a promise only where it has to wait for a slot. `completion` is told of the end. */
export function launch(child: Component, completion: MountCompletion): Promise<void> | undefined {
  const { live } = child.info;
  if (live !== undefined) {
    new LiveMount(child, live, launch).start(completion);
    return undefined;
  }
  const waiting = admit(child);
  if (waiting === undefined) runInBackground(child, completion);
  return waiting?.then(() => runInBackground(child, completion));
}
