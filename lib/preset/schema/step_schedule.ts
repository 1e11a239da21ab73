import { z } from "zod";

/** Most solver steps of every token. */
const MOST = 10_000;
/** Most solver steps at either end of a schedule: each count has times of its own. */
const MOST_OF_SCHEDULE = 500;

function isSchedule(text: string): boolean {
  const ends = text.split(":").map(Number);
  return ends.every((end) => end >= 1 && end <= MOST_OF_SCHEDULE);
}

const error = `expected 1 to ${MOST} steps such as 100, or first:last of 1 ` +
  `to ${MOST_OF_SCHEDULE} such as 50:5`;

/** Solver steps per token, as an option: a number, or `first:last`. */
export const STEP_SCHEDULE = z.union([
  z.int({ error }).min(1, { error }).max(MOST, { error }),
  z.templateLiteral([z.int(), ":", z.int()]).refine(isSchedule, { error }),
], { error });
