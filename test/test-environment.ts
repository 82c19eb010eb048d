import { join } from "node:path";
import { Environment, type EnvironmentOptions, type ExceptionContext } from "../lib/index.ts";
import { createTempFolder } from "./temp-folder.ts";

/** A failure that reached the outermost exception handler. */
export interface CaughtFailure {
  readonly error: unknown;
  readonly context: ExceptionContext;
}

/** An environment on a store of its own; `await using` closes it and removes the store. */
export interface TestEnvironment extends AsyncDisposable {
  readonly environment: Environment;
  /** The failures of mounted components, which are swallowed unless `onException` is given. */
  readonly caught: readonly CaughtFailure[];
}

/** Opens an environment with the embedded store in a temp folder. */
export async function createTestEnvironment(options: EnvironmentOptions = {}): Promise<TestEnvironment> {
  const folder = await createTempFolder();
  const caught: CaughtFailure[] = [];
  const environment = new Environment({
    name: "test",
    dbPath: join(folder.path, "db"),
    onException: (error, context) => void caught.push({ error, context }),
    ...options,
  });
  return {
    environment,
    caught,
    async [Symbol.asyncDispose]() {
      await environment.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
