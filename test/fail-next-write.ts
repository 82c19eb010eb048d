import { stateOf } from "../lib/app/environment.ts";
import type { Environment } from "../lib/index.ts";

/** Has the store of an environment reject the next write. */
export async function failNextWrite(
  environment: Environment,
  error: Error = new Error("no space left"),
): Promise<void> {
  const store = await stateOf(environment).store();
  const write = store.write.bind(store);
  store.write = () => {
    store.write = write;
    return Promise.reject(error);
  };
}
