import { createLogger, type RunHost } from "../../../lib/pipeline/mod.ts";

/** Hosts stages that need neither engine nor progress, and says nothing. */
export const SILENT_HOST: RunHost = {
  engine: () => Promise.reject(new Error("No engine")),
  progress: {
    start: () => {
      throw new Error("No progress");
    },
  },
  log: createLogger({ write: () => {} }),
  signal: new AbortController().signal,
};
