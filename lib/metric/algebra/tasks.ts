import { ADD_BANDS } from "./add_bands.ts";
import { MULTIPLY_BANDS } from "./multiply_bands.ts";

/** What threads can help each other with. */
export const TASKS = {
  addBands: ADD_BANDS,
  multiplyBands: MULTIPLY_BANDS,
} as const;

/** A name in the table. */
export type TaskName = keyof typeof TASKS;

/** The numbers that a task is told. */
export type TaskValues<Name extends TaskName> = Readonly<
  Record<typeof TASKS[Name]["keys"][number], number>
>;
