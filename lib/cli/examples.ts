/** The examples at the end of the help of the program and of each command. */
export const EXAMPLES = {
  program: `
Examples:
  tidemark update pipeline.ts            run the app in pipeline.ts
  tidemark update pipeline.ts:docs       one of several apps in a file
  tidemark ls pipeline.ts                which apps there are, and which never ran
  tidemark show pipeline.ts --tree       what the last run left
  tidemark watch http://127.0.0.1:9464   follow a run that is served elsewhere
  tidemark drop pipeline.ts              revert all that the app has made

TypeScript runs as it is. Exit codes: 0 done; 1 the run failed; 2 wrong usage;
3 done, but components failed; 130 interrupted.`,

  update: `
Examples:
  tidemark update pipeline.ts
  tidemark update pipeline.ts:docs --interval 250
  tidemark update pipeline.ts --live
  tidemark update pipeline.ts --reset -f
  tidemark update pipeline.ts --json | jq .stats.total.numFinished

The first Ctrl-C stops the run in good order, the second ends it at once.`,

  drop: `
Examples:
  tidemark drop pipeline.ts:docs
  tidemark drop pipeline.ts -f -q`,

  list: `
Examples:
  tidemark ls
  tidemark ls pipeline.ts
  tidemark ls --db /var/lib/pipeline`,

  show: `
Examples:
  tidemark show pipeline.ts
  tidemark show pipeline.ts:docs --tree`,

  forget: `
Examples:
  tidemark forget pipeline.ts output/old.html
  tidemark forget pipeline.ts:docs --orphans
  tidemark forget docs --db .tidemark --orphans -f`,

  doctor: `
Examples:
  tidemark doctor pipeline.ts
  tidemark doctor pipeline.ts:docs --targets
  tidemark doctor pipeline.ts --targets --repair
  tidemark doctor docs --db .tidemark --json`,

  dashboards: `
Examples:
  tidemark dashboards
  tidemark dashboards --out /srv/monitoring
  tidemark dashboards --runbooks https://wiki.example.com/tidemark`,

  init: `
Examples:
  tidemark init
  tidemark init my-pipeline`,

  watch: `
Examples:
  tidemark update pipeline.ts --serve    in one terminal
  tidemark watch http://127.0.0.1:9464   in another one

Set TIDEMARK_TOKEN to the token of a server that wants one.`,
};
