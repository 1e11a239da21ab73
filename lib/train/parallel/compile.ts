import { UserError } from "../../artifact/mod.ts";
import { singleCollective } from "../../parallel/mod.ts";
import type { Engine } from "../../tensor/mod.ts";
import type { CompiledStep, StepOptions } from "../compiled_step.ts";
import { StepOnRanks } from "./step_on_ranks.ts";
import { cutTree, requireParts } from "./tree_cut.ts";

/**
 * Compiles a step whose parts are given for one of the ranks that share them,
 * or for all of them.
 *
 * @throws {UserError} when the batch has no so many equal parts, rows that belong
 *   together would be parted, or the ranks have no equal shares
 */
export async function compileOnRanks(
  engine: Engine,
  { step, rows, parts, accumulate = 1, ...given }:
    & StepOptions
    & { readonly parts: number },
): Promise<CompiledStep> {
  if (accumulate > 1) {
    throw new UserError(
      `Cannot take --accumulate with a batch in ${parts} parts: they are done ` +
        "in turn already, and --parts names more of them",
    );
  }
  const { collective = singleCollective() } = given;
  const { rank, size: ranks } = collective;
  requireParts(step(rows), { rows, parts });
  const cut = cutTree({ parts, ranks, lanes: engine.lanes ?? 1 });
  const count = rows / ranks;
  return await StepOnRanks.compile(engine, step(rows / parts), {
    cut,
    rows: { start: rank * count, count },
    collective,
  });
}
