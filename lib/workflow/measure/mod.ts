/**
 * Figures of sets of images, one measured by another: which can be measured,
 * what they are called, and what must stand beside them.
 *
 * @module
 */
export { estimateEvaluation } from "./estimate.ts";
export { checkEvaluation, type Evaluation, runEvaluate } from "./evaluate.ts";
export { measureFigures, type Scoring, subjectOf } from "./figures.ts";
export { chosenPairs, measurePairs, type PairFigures } from "./pairs.ts";
export { openForeignSet } from "./foreign_sets.ts";
