// The rules for the JavaScript of the app and of its tests; paths count from the top of the repository.

import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import globals from "globals";

const OURS = ["vizgrad/player/js/**/*.js", "vizgrad/ui/**/*.js"];
const TESTS = ["tests/javascript/**/*.js"];

export default defineConfig([
  {
    files: [...OURS, ...TESTS],
    extends: [js.configs.recommended],
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: OURS, languageOptions: { globals: globals.browser } },
  { files: TESTS, languageOptions: { globals: globals.node } },
]);
