import type { Lowering } from "../lowering.ts";
import type { OnnxValue } from "../model.ts";

/** Zeros around x: how many in front of each axis, and behind it. */
export function padZeros(
  x: OnnxValue,
  { before, behind }: { before: readonly number[]; behind: readonly number[] },
  { builder }: Lowering,
): OnnxValue {
  if ([...before, ...behind].every((size) => size === 0)) return x;
  return builder.emit("Pad", [x, builder.ints([...before, ...behind])], {
    type: x.type,
    shape: x.shape.map((size, axis) => before[axis]! + size + behind[axis]!),
  });
}

/** Zeros behind axis 0, up to a size. */
export function padRows(
  x: OnnxValue,
  size: number,
  lowering: Lowering,
): OnnxValue {
  const before = x.shape.map(() => 0);
  const behind = before.with(0, size - x.shape[0]!);
  return padZeros(x, { before, behind }, lowering);
}
