/**
 * The table of stages and commands: the only place that lists them.
 *
 * @module
 */
import type { Stage } from "../lib/pipeline/mod.ts";

/** Loads one declaration. */
export type StageLoader = () => Promise<{ readonly stage: Stage }>;

/** Every stage by its command name, in the order of the work. */
export const STAGES: Readonly<Record<string, StageLoader>> = {};
