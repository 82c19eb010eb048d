import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Page } from "playwright-core";

/** Stands for a tab that can be hidden, which a browser without a screen has not. */
export interface Hiding {
  /** Has no frame drawn from now on, as when the tab is about to be hidden. */
  freeze(): Promise<void>;
  /** Hides the tab, or shows it. */
  setHidden(isHidden: boolean): Promise<void>;
}

/** Takes hold of what a page sees of its tab. */
export async function takeHiding(page: Page): Promise<Hiding> {
  await page.evaluate(replaceTab);
  return {
    async freeze() {
      await page.evaluate("tab.isFrozen = true");
    },
    async setHidden(isHidden) {
      await page.evaluate(`tab.setHidden(${isHidden})`);
    },
  };
}

/** Runs in the browser. */
const replaceTab = `(() => {
  const frames = new Map();
  const requestFrame = requestAnimationFrame;
  let lastFrame = 0;
  globalThis.tab = {
    isFrozen: false,
    isHidden: false,
    setHidden(isHidden) {
      tab.isFrozen = tab.isHidden = isHidden;
      document.dispatchEvent(new Event("visibilitychange"));
    },
  };
  Object.defineProperty(document, "hidden", { get: () => tab.isHidden });
  globalThis.requestAnimationFrame = (action) => {
    const id = ++lastFrame;
    const draw = (time) => {
      if (!frames.has(id)) return;
      if (tab.isFrozen) return void requestFrame(draw);
      frames.delete(id);
      action(time);
    };
    frames.set(id, draw);
    requestFrame(draw);
    return id;
  };
  globalThis.cancelAnimationFrame = (id) => frames.delete(id);
})()`;

/** The answers to those who follow the events of the servers of this process. */
export interface EventAnswers extends Disposable {
  readonly answers: readonly ServerResponse[];
}

/** Takes note of them from now on. */
export function noteEventAnswers(): EventAnswers {
  const answers: ServerResponse[] = [];
  const name = "http.server.request.start";
  const take = (message: unknown): void => {
    const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse };
    if (request.url === "/api/events") answers.push(response);
  };
  subscribe(name, take);
  return { answers, [Symbol.dispose]: () => void unsubscribe(name, take) };
}
