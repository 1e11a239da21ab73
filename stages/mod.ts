/**
 * The table of stages and commands: the only place that lists them.
 *
 * @module
 */
import type { Command, Stage } from "../lib/pipeline/mod.ts";

/** Loads the declaration of a stage, a file that exports `stage`. */
export type StageLoader = () => Promise<{ readonly stage: Stage }>;

/** Loads the declaration of a command, a file that exports `command`. */
export type CommandLoader = () => Promise<{ readonly command: Command }>;

/** Every stage by its command name, in the order of the work. */
export const STAGES: Readonly<Record<string, StageLoader>> = {
  prepare: () => import("./prepare.ts"),
  pick: () => import("./pick.ts"),
  "train-vae": () => import("./train_vae.ts"),
  encode: () => import("./encode.ts"),
  decode: () => import("./decode.ts"),
  reconstruct: () => import("./reconstruct.ts"),
  cache: () => import("./cache.ts"),
  "train-ar": () => import("./train_ar.ts"),
  sample: () => import("./sample.ts"),
  diagnose: () => import("./diagnose.ts"),
  "train-classifier": () => import("./train_classifier.ts"),
  "extract-features": () => import("./extract_features.ts"),
  evaluate: () => import("./evaluate.ts"),
  "evaluate-run": () => import("./evaluate_run.ts"),
  report: () => import("./report.ts"),
  demo: () => import("./demo.ts"),
};

/** Every command that is not a stage. */
export const COMMANDS: Readonly<Record<string, CommandLoader>> = {
  fetch: () => import("./fetch.ts"),
  import: () => import("./import.ts"),
  export: () => import("./export.ts"),
  serve: () => import("./serve.ts"),
  sweep: () => import("./sweep.ts"),
  pipeline: () => import("./pipeline.ts"),
  presets: () => import("./presets.ts"),
  watch: () => import("./watch.ts"),
  inspect: () => import("./inspect.ts"),
  doctor: () => import("./doctor.ts"),
  verify: () => import("./verify.ts"),
};
