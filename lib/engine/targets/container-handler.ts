import type { AnyHandler, ContainerHandler } from "./target-handler.ts";

/** Whether a handler's target states hold others. */
export function isContainerHandler(handler: AnyHandler): handler is ContainerHandler {
  return "child" in handler;
}
