import { apply, max, sum } from "../../../../lib/tensor/mod.ts";
import { Draw, i32 } from "../../../cases/values.ts";
import { type Agreement, testAgreement } from "./agreement.ts";

function reduced(
  shape: readonly number[],
  axes: readonly number[],
): Agreement {
  return {
    values: { x: new Draw(17).floats(shape) },
    build: ({ x }) => ({ sum: sum(x!, { axes }), max: max(x!, { axes }) }),
    // Sums of many terms that cancel.
    tolerance: 2e-4,
  };
}

await testAgreement("sums and maxima over rows, columns, both and between", [
  () => reduced([3, 5000], [1]),
  () => reduced([700, 33], [0]),
  () => reduced([5000, 3], [0]),
  () => reduced([90, 110], [0, 1]),
  () => reduced([4, 5, 9, 11], [0, 2, 3]),
  () => reduced([6, 40, 7], [1]),
  () => reduced([300, 2], [1]),
]);

function scattered(count: number, width: number): Agreement {
  const rows = 9;
  const indices = Array.from({ length: count }, (_, i) => (i * i) % rows);
  return {
    values: {
      indices: i32([count], indices),
      updates: new Draw(19).floats([count, width]),
    },
    build: ({ indices, updates }) => ({
      y: apply("scatter_add", [indices!, updates!], { rows }),
    }),
  };
}

await testAgreement("scatter_add of updates to rows often, once and never", [
  () => scattered(1, 1),
  () => scattered(130, 7),
]);
