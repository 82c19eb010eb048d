import { join } from "node:path";
import { stateOf } from "../lib/app/environment.ts";
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
  stateOf(environment).noticeLog = () => {};
  return {
    environment,
    caught,
    async [Symbol.asyncDispose]() {
      await environment.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Opens an environment before each test of the surrounding `describe`, and closes it after the test; what it gives is that of the test at hand. */
export function useTestEnvironment(options: EnvironmentOptions = {}): Omit<TestEnvironment, keyof AsyncDisposable> {
  let current: TestEnvironment | undefined;
  const opened = (): TestEnvironment => {
    if (current === undefined) throw new Error("There is an environment only while a test runs");
    return current;
  };
  beforeEach(async () => {
    current = await createTestEnvironment(options);
  });
  afterEach(async () => {
    await current?.[Symbol.asyncDispose]();
    current = undefined;
  });
  return {
    get environment() {
      return opened().environment;
    },
    get caught() {
      return opened().caught;
    },
  };
}
