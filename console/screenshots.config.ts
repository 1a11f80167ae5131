// Pictures of the console for the documentation: the same world and server as the tests.
import { defineConfig } from "@playwright/test";

import tests from "./playwright.config";

export default defineConfig({
  ...tests,
  testDir: "screenshots",
  testMatch: "*.shot.ts",
  workers: 1,
  use: { ...tests.use, trace: "off", deviceScaleFactor: 1 },
});
