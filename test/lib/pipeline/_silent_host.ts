import { createLogger, type RunHost } from "../../../lib/pipeline/mod.ts";

/** Hosts stages that need neither engine nor progress, and says nothing. */
export const SILENT_HOST: RunHost = {
  engine: () => Promise.reject(new Error("No engine")),
  remoteFiles: () => Promise.reject(new Error("No files of others")),
  progress: {
    start: () => {
      throw new Error("No progress");
    },
  },
  log: createLogger({ write: () => {} }),
  signal: new AbortController().signal,
};
