import { stringify } from "yaml";
import { ALERTS } from "./alerts.ts";
import { RECORDING_RULES } from "./recording-rules.ts";

/** Renders the rule file. All rules are one group, because those of a group are evaluated in their order. */
export function renderRules(): string {
  const groups = [{ name: "tidemark", rules: [...RECORDING_RULES, ...ALERTS] }];
  const yaml = stringify({ groups }, { lineWidth: 0, blockQuote: "literal" });
  return `# Generated from grafana/src by \`npm run dashboards\`.\n${yaml}`;
}
