import type { Component } from "../run/component.ts";
import { LiveMount } from "./live-mount.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import { admit, runInBackground } from "../execution/start.ts";

/** Has a component run that was just mounted; a promise only where it has to wait for a slot. `handle` is told of the end. */
export function launch(child: Component, handle: MountHandle): Promise<void> | undefined {
  const { live } = child.info;
  if (live !== undefined) {
    new LiveMount(child, live, launch).start(handle);
    return undefined;
  }
  const waiting = admit(child);
  if (waiting === undefined) runInBackground(child, handle);
  return waiting?.then(() => runInBackground(child, handle));
}
