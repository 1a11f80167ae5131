// How the console is built, served while it is worked on, and unit-tested.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const SERVER = process.env["TIDEGATE_SERVER"] ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [react()],
  build: {
    // The first engines with light-dark(), so that tokens.css stays as it is written.
    target: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: { port: 5173, proxy: { "/api": { target: SERVER, changeOrigin: true } } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
