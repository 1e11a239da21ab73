import { isOp, type Tensor } from "../../../tensor/mod.ts";
import { isLiteral, type PlanGraph } from "./graph.ts";

/** Sums of one input from which on they are taken for the steps of a loop. */
const SEVERAL = 3;

/**
 * Places that steps of a loop count from one input, such as the row of a table
 * that each of them reads: integers that are an input and a constant. Computed
 * where they are read, they would give each step's kernels another number and so
 * a text of their own, to be compiled for itself; stored, they leave all steps
 * the same texts.
 */
export function countedPlaces(graph: PlanGraph): Tensor[] {
  const byInput = new Map<Tensor, Tensor[]>();
  for (const node of graph.order) {
    const counter = counterOf(node);
    if (counter === undefined || isPlaceOfRows(node, graph)) continue;
    const places = byInput.get(counter) ?? [];
    byInput.set(counter, places);
    places.push(node);
  }
  return [...byInput.values()].filter(({ length }) => length >= SEVERAL).flat();
}

/** The input that a place is counted from. */
function counterOf(node: Tensor): Tensor | undefined {
  if (!isOp(node, "add") || node.dtype !== "i32" || node.shape.length > 0) {
    return undefined;
  }
  const [counter, count] = node.inputs as [Tensor, Tensor];
  const isCounted = isOp(counter, "input") && isLiteral(count);
  return isCounted ? counter : undefined;
}

/** Whether rows are written there: that is asked for before anything is computed. */
function isPlaceOfRows(node: Tensor, graph: PlanGraph): boolean {
  return [...graph.users(node)].some((user) => isOp(user, "update_slice"));
}
