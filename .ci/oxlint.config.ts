import { defineConfig } from "oxlint";
import { importRules, inCheckout } from "./import-rules.ts";

const lib = [inCheckout("lib/**")];
const tests = [inCheckout("test/**")];

export default defineConfig({
  plugins: ["eslint", "typescript", "import", "unicorn", "oxc", "promise"],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    // Size
    "eslint/max-lines": ["error", { max: 300 }],
    "eslint/max-lines-per-function": ["error", { max: 50 }],
    "eslint/max-depth": ["error", 4],

    // Modules
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-duplicates": "error",
    "import/first": "error",
    "typescript/consistent-type-imports": ["error", { disallowTypeAnnotations: true }],
    "typescript/no-import-type-side-effects": "error",
    "unicorn/prefer-node-protocol": "error",
    "unicorn/filename-case": ["error", { case: "kebabCase" }],

    // Promises
    "typescript/no-misused-promises": "error",
    "typescript/return-await": ["error", "in-try-catch"],

    // Values and types
    "eslint/curly": ["error", "multi-line"],
    "eslint/eqeqeq": "error",
    "eslint/no-var": "error",
    "eslint/prefer-const": "error",
    "eslint/object-shorthand": "error",
    "eslint/no-else-return": "error",
    "eslint/no-nested-ternary": "error",
    "eslint/no-warning-comments": "error",
    "typescript/array-type": "error",
    "typescript/consistent-type-definitions": "error",
    "typescript/no-deprecated": "error",
    "typescript/no-explicit-any": "error",
    "typescript/only-throw-error": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/prefer-readonly": "error",

    // What is aborted rejects with the reason that the caller gave, whatever it is.
    "eslint/prefer-promise-reject-errors": "off",

    "typescript/no-unsafe-type-assertion": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/no-new-array": "off",
    // `await using _lock = …` is held, not read.
    "eslint/no-underscore-dangle": "off",
    "import/no-unassigned-import": "off",
    "import/no-named-as-default-member": "off",
  },
  overrides: [
    { files: lib, rules: { "eslint/no-console": "error", "import/no-default-export": "error" } },
    { files: [inCheckout("lib/{cli,report}/**")], rules: { "eslint/no-console": "off" } },
    ...importRules(),
    // The classic form of a dashboard is the one that all of Grafana 10 to 13 read.
    {
      files: [inCheckout("grafana/**")],
      rules: {
        "typescript/no-deprecated": "off",
        // Builders have a method of this name.
        "unicorn/no-array-sort": "off",
      },
    },
    {
      files: ["examples", "bench"].map((folder) => inCheckout(`${folder}/**`)),
      rules: {
        "eslint/no-restricted-imports": [
          "error",
          { patterns: [{ regex: "^(?:\\.\\./)+(?:lib|test|dist)/", message: "Import the public entry points" }] },
        ],
      },
    },
    {
      files: tests,
      plugins: ["eslint", "typescript", "import", "unicorn", "oxc", "promise", "jest"],
      rules: {
        "eslint/max-lines-per-function": "off",
        "jest/valid-title": ["error", { disallowedWords: ["should"] }],
        "jest/no-focused-tests": "error",
        "jest/no-identical-title": "error",
      },
    },
  ],
});
