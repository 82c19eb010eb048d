/** An app with a component that says "at work" on standard error, and goes on until the run is aborted. */
export const WAITING_APP: string = `
  import { App, fn, mount } from "tidemark";
  const wait = fn(async function wait(): Promise<void> {
    console.error("at work");
    await new Promise((resolve) => { setTimeout(resolve, 600_000); });
  });
  export const app = new App("waiting", fn(async function main(): Promise<void> {
    const handle = await mount(wait);
    await handle.ready();
  }));
`;

/** An app whose target says "at work" on standard error, and then hangs: an abort ends its run after a grace. */
export const STUCK_APP: string = `
  import { App, defineTarget, declareTargetState, fn } from "tidemark";
  const stuck = defineTarget("stuck", {
    reconcile: ({ desired }) => ({ action: desired, tracking: desired }),
    apply: () => { console.error("at work"); return new Promise((resolve) => { setTimeout(resolve, 600_000); }); },
  });
  export const app = new App("stuck", fn(function main(): void { declareTargetState(stuck, 1, 1); }));
`;
