/**
 * Trainings that several ranks do together: parts of a batch are summed in one
 * order, and each rank keeps a share of what the optimiser keeps.
 *
 * Loaded where a recipe says the parts of its batch, and nowhere else.
 *
 * @module
 */
export { compileOnRanks } from "./compile.ts";
