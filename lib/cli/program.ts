import { Command, CommanderError, InvalidArgumentError } from "commander";
import { VERSION } from "../version.ts";
import { EXIT_CODES } from "./console/exit.ts";
import { EXAMPLES } from "./examples.ts";
import { addMetricsOptions } from "./metrics/metrics-options.ts";
import { reportError } from "./console/report-error.ts";

const APP_HELP = "path/to/file.ts[:appName]; the name may be left out when the file has one app";

/** Runs the command line `args` and resolves with the exit code; what went wrong is on standard error. Never rejects. */
export async function runCli(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT_CODES.done;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has printed its message by now; its exit code for all kinds of wrong usage is 1.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.wrongUsage;
    return reportError(error);
  }
}

type SetExitCode = (code: number) => void;

function createProgram(setExitCode: SetExitCode): Command {
  const program = new Command("tidemark")
    .description("Keeps derived data up to date: runs only what changed, and shows how far it has come.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .showHelpAfterError("Run with --help to see what there is.");
  addUpdateCommand(program, setExitCode);
  addDropCommand(program, setExitCode);
  addListCommand(program, setExitCode);
  addShowCommand(program, setExitCode);
  addForgetCommand(program, setExitCode);
  addDoctorCommand(program, setExitCode);
  addDashboardsCommand(program, setExitCode);
  addInitCommand(program, setExitCode);
  addWatchCommand(program, setExitCode);
  program.addHelpText("after", EXAMPLES.program);
  return program;
}

function addUpdateCommand(program: Command, setExitCode: SetExitCode): void {
  addMetricsOptions(program.command("update"))
    .summary("bring what an app derives up to date")
    .description("Runs an app once: works through what is new or changed, and removes what is gone.")
    .argument("<APP>", APP_HELP)
    .option("-q, --quiet", "print no progress; failures are listed at the end all the same")
    .option("-L, --live", "go on after everything has caught up: follow live sources until interrupted")
    .option("--full-reprocess", "run everything again, changed or not")
    .option("--adopt", "confirm that the project has moved here: remove what has waited outside of it since then")
    .option(
      "--max-deletes <limit>",
      'the most components that may vanish below one: a number, or a share such as "20%"',
    )
    .option("--reset", "drop the app first: revert all that it has made, then start over")
    .option("-f, --force", "with --reset: do not ask")
    .option("-v, --verbose", "print each failure in full as it comes, with its stack")
    .option("--interval <ms>", "least time between two renewals of the counts, in milliseconds", parseInterval)
    .option("--json", "print snapshots as JSON, one a line, and nothing else")
    .addHelpText("after", EXAMPLES.update)
    .action(async (app: string, options: object) => {
      const { runUpdate } = await import("./commands/update.ts");
      setExitCode(await runUpdate(app, options));
    });
}

function addDropCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("drop")
    .summary("revert all that an app has made")
    .description("Reverts every target state of an app, then forgets what is known of it. Asks before it does.")
    .argument("<APP>", APP_HELP)
    .option("-f, --force", "do not ask")
    .option("-q, --quiet", "print nothing when all went well")
    .option("--adopt", "confirm that the project has moved here: revert what is outside of it as well")
    .addHelpText("after", EXAMPLES.drop)
    .action(async (app: string, options: object) => {
      const { runDrop } = await import("./commands/drop.ts");
      setExitCode(await runDrop(app, options));
    });
}

function addListCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("ls")
    .summary("list apps")
    .description("Lists the apps of a file, or those that a store knows.")
    .argument("[APP]", "path/to/file.ts; its apps that never ran are marked [+]")
    .option("--runs", "list the newest updates of the apps, with what they counted and what failed")
    .option("--db <folder>", "the store to look into (default: TIDEMARK_DB, else .tidemark)")
    .addHelpText("after", EXAMPLES.list)
    .action(async (app: string | undefined, options: object) => {
      const { runList } = await import("./commands/list.ts");
      setExitCode(await runList(app, options));
    });
}

function addShowCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("show")
    .summary("print the components of an app")
    .description("Prints the components that an app's last run left: path, function, memo and number of target states.")
    .argument("<APP>", APP_HELP)
    .option("--tree", "print them as a tree")
    .addHelpText("after", EXAMPLES.show)
    .action(async (app: string, options: object) => {
      const { runShow } = await import("./commands/show.ts");
      setExitCode(await runShow(app, options));
    });
}

function addForgetCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("forget")
    .summary("forget target states without removing them")
    .description("Forgets target states: they stay where they are. Asks before it does.")
    .argument("<APP>", `${APP_HELP}; with --db the name of an app`)
    .argument("[PATH...]", "files, folders, database files, or target states as messages name them")
    .option("--orphans", "forget states that were given up, have no owner, or whose target is not defined any more")
    .option("--db <folder>", "the store that APP is the name of an app in, where its code is gone")
    .option("--json", "print each forgotten state as JSON, one a line, and nothing else")
    .option("-f, --force", "do not ask")
    .addHelpText("after", EXAMPLES.forget)
    .action(async (app: string, paths: readonly string[], options: object) => {
      const { runForget } = await import("./commands/forget.ts");
      setExitCode(await runForget(app, paths, options));
    });
}

function addDoctorCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("doctor")
    .summary("check the records of an app, and repair them")
    .description(
      "Checks the records of an app without running it. Reads only, and exits with 1 when there are problems.",
    )
    .argument("<APP>", `${APP_HELP}; with --db the name of an app`)
    .option("--targets", "compare each recorded target state with what is outside as well")
    .option(
      "--repair",
      "repair the records, and have missing and edited target states written again; asks before it does",
    )
    .option("--db <folder>", "the store that APP is the name of an app in, where its code is gone")
    .option("--json", "print the report as one JSON object, and nothing else")
    .option("-f, --force", "with --repair: do not ask")
    .addHelpText("after", EXAMPLES.doctor)
    .action(async (app: string, options: object) => {
      const { runDoctor } = await import("./commands/doctor.ts");
      setExitCode(await runDoctor(app, options));
    });
}

function addDashboardsCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("dashboards")
    .summary("write the files for Prometheus and Grafana")
    .description(
      "Writes Grafana dashboards, alert rules with runbooks, and what starts Prometheus and Grafana in Docker.",
    )
    .option("--out <folder>", "where to write them", "monitoring")
    .option("-f, --force", "overwrite files that are there with other content")
    .option("--runbooks <url>", "where alerts find docs/runbooks.md (default: the Prometheus in Docker)")
    .addHelpText("after", EXAMPLES.dashboards)
    .action(async (options: { out: string; force?: boolean; runbooks?: string }) => {
      const { runDashboards } = await import("./commands/dashboards.ts");
      setExitCode(await runDashboards(options));
    });
}

function addInitCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("init")
    .summary("write a small project to start from")
    .description("Writes a package with an app, and files that it reads. Overwrites nothing.")
    .argument("[NAME]", "the folder to write it to (default: this one)")
    .addHelpText("after", EXAMPLES.init)
    .action(async (name: string | undefined) => {
      const { runInit } = await import("./commands/init.ts");
      setExitCode(await runInit(name));
    });
}

function addWatchCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command("watch")
    .summary("follow the updates of another process")
    .description(
      "Shows what another process serves, as it runs there. Waits when nothing runs, and for the server when it is gone.",
    )
    .argument("<URL>", "where it is served, such as http://127.0.0.1:9464")
    .option("--once", "end with the update that runs, or with the next one, with its exit code")
    .option("--interval <ms>", "least time between two renewals, in milliseconds (default: 250)", parseInterval)
    .addHelpText("after", EXAMPLES.watch)
    .action(async (url: string, options: object) => {
      const { runWatch } = await import("./commands/watch.ts");
      setExitCode(await runWatch(url, options));
    });
}

function parseInterval(text: string): number {
  const interval = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(interval) || interval <= 0) {
    throw new InvalidArgumentError("It must be a finite number of milliseconds greater than 0.");
  }
  return interval;
}
