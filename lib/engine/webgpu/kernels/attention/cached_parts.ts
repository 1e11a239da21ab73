import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../code.ts";
import type { Storage } from "../../wgsl/storage.ts";
import {
  enoughGroups,
  groupName,
  type KernelContext,
  type KernelLimits,
  writeStores,
} from "../context.ts";
import type { Sizes } from "./tile.ts";

const WORKGROUP = 64;

/** What the workgroups that share a row leave for the kernel that joins them. */
interface Left {
  /** Sums of weighted values, [row, part, width]. */
  readonly sums: Storage;
  /** Largest score and sum of the weights, [row, part, 2]. */
  readonly statistics: Storage;
}

/** How the keys of a row are shared out among workgroups. */
export interface KeyParts {
  /** Workgroups of a row. */
  readonly count: number;
  /** What they leave; undefined where a row has one workgroup. */
  readonly left?: Left;
}

/** Cuts the keys of rows that are too few to keep an adapter busy. */
export function cutKeys(
  { batch, heads, queries, keys, width }: Sizes,
  { shortest, limits }: {
    /** Keys of a part at least: a second kernel costs as much as reading these. */
    shortest: number;
    limits: KernelLimits;
  },
): KeyParts {
  const rows = batch * heads * queries;
  const count = Math.min(
    Math.ceil(enoughGroups(limits) / rows),
    Math.floor(keys / shortest),
  );
  if (count <= 1) return { count: 1 };
  const sums: Storage = { dtype: "f32", shape: [rows, count, width] };
  const statistics: Storage = { dtype: "f32", shape: [rows, count, 2] };
  return { count, left: { sums, statistics } };
}

/**
 * Leaves element `e` of a part's row, whose `value`, `weight` and `largest`
 * score are variables; a part that sees no key leaves zeros.
 */
export function leavePart(
  code: KernelCode,
  { sums, statistics }: Left,
  width: number,
): void {
  code.store(sums, `group * ${width}u + e`, "value");
  code.writer.block("if (e == 0u)", () => {
    code.store(statistics, "group * 2u", "largest");
    code.store(statistics, "group * 2u + 1u", "weight");
  });
}

/** Joins the parts of every row, in their order, one invocation an element. */
export function joinKernel(
  group: Group,
  { sizes, cut: { count, left }, context }: {
    sizes: Sizes;
    cut: Required<KeyParts>;
    context: KernelContext;
  },
): Kernel {
  const { batch, heads, queries, width } = sizes;
  const size = batch * heads * queries * width;
  const code = new KernelCode(context.homes);
  const { writer } = code;
  const exponential = code.call("exponential");
  const [sums, statistics] = [left.sums, left.statistics]
    .map((storage) => code.bind(storage, false));
  writer.line(`let own = group * ${WORKGROUP}u + lane;`);
  writer.line(`if (own >= ${size}u) { return; }`);
  writer.line(`let row = own / ${width}u;`);
  writer.line(`let e = own % ${width}u;`);
  writer.line(`let q = row % ${queries}u;`);
  writer.line(`let h = row / ${queries}u;`);
  const forEachPart = (body: () => void) => {
    const head =
      `for (var i = row * ${count}u; i < (row + 1u) * ${count}u; i++)`;
    writer.block(head, body);
  };
  // The first part always sees a key.
  writer.line(`var most = ${statistics}[row * ${2 * count}u];`);
  forEachPart(() => {
    writer.line(`most = max(most, ${statistics}[2u * i]);`);
  });
  writer.line("var value = 0.0f;");
  writer.line("var weight = 0.0f;");
  forEachPart(() => {
    const shrink = `${exponential}(${statistics}[2u * i] - most)`;
    writer.line(`let shrink = ${shrink};`);
    writer.line(`value += shrink * ${sums}[i * ${width}u + e];`);
    writer.line(`weight += shrink * ${statistics}[2u * i + 1u];`);
  });
  for (const member of group.members.keys()) code.compute(member);
  writeStores(code, group, ["value / weight"]);
  return code.finish({
    name: `${groupName(group)} (parts)`,
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(size / WORKGROUP),
    flops: 2 * size * count,
  });
}
