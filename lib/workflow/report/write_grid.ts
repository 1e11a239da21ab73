import { UserError } from "../../artifact/mod.ts";
import type { OutputSlot } from "../../pipeline/mod.ts";
import type { Grid } from "./grids.ts";

/**
 * Writes a grid where it is asked for.
 *
 * @param needs what it is drawn from, as the command line calls it
 * @throws {UserError} where there is nothing to draw it from
 */
export async function writeGrid(
  slot: OutputSlot | undefined,
  grid: Grid | undefined,
  { needs }: { readonly needs: string },
): Promise<void> {
  if (slot === undefined) return;
  if (grid === undefined) {
    throw new UserError(`Cannot draw "${slot.path}": expected ${needs}`);
  }
  await slot.writeFile(grid.labelled);
}
