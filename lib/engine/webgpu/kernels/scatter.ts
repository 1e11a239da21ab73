import { type Node, sizeOf, type Tensor } from "../../../tensor/mod.ts";
import type { Group } from "../plan/group.ts";
import { type Kernel, KernelCode } from "./code.ts";
import type { Storage } from "../wgsl/storage.ts";
import { delinearize, symbol } from "../wgsl/index.ts";
import { valueType } from "../wgsl/types.ts";
import { groupName, type KernelContext, writeStores } from "./context.ts";

const WORKGROUP = 64;

type Scatter = Node<"scatter_add">;

/**
 * Sums of updates by row, in the order of the updates, so that no sum depends on
 * which invocation is first: a list of its updates is made for each row, then
 * each element of the result walks the list of its row.
 */
export function scatterKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const node = group.anchors[0] as Scatter;
  const count = sizeOf(node.inputs[0]!.shape);
  const lists: Storage = { dtype: "u32", shape: [count + node.shape[0]!] };
  return [
    listKernel(group, context, lists),
    sumKernel(group, context, lists),
  ];
}

/**
 * For each update the next one of the same row, then for each row its first
 * update: `count` where there is none.
 */
function listKernel(
  group: Group,
  { homes }: KernelContext,
  lists: Storage,
): Kernel {
  const node = group.anchors[0] as Scatter;
  const [indices] = node.inputs as [Tensor, Tensor];
  const count = sizeOf(indices.shape);
  const places = sizeOf(lists.shape);
  const code = new KernelCode(homes);
  const { writer } = code;
  const rowOf = (update: string) =>
    `u32(${
      code.evaluate(indices, delinearize(symbol(update, count), indices.shape))
    })`;
  writer.line(`let i = group * ${WORKGROUP}u + lane;`);
  writer.line(`if (i >= ${places}u) { return; }`);
  writer.line(`var row = i - ${count}u;`);
  writer.line("var k = 0u;");
  writer.block(`if (i < ${count}u)`, () => {
    writer.line(`row = ${rowOf("i")};`);
    writer.line("k = i + 1u;");
  });
  writer.block(`for (; k < ${count}u; k++)`, () => {
    writer.line(`if (${rowOf("k")} == row) { break; }`);
  });
  code.store(lists, "i", "k");
  return code.finish({
    name: `${groupName(group)} (lists)`,
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(places / WORKGROUP),
  });
}

function sumKernel(
  group: Group,
  { homes }: KernelContext,
  lists: Storage,
): Kernel {
  const node = group.anchors[0] as Scatter;
  const [indices, updates] = node.inputs as [Tensor, Tensor];
  const inner = node.shape.slice(1);
  const width = sizeOf(inner);
  const count = sizeOf(indices.shape);
  const code = new KernelCode(homes);
  const { writer } = code;
  const next = code.bind(lists, false);
  writer.line(`let i = group * ${WORKGROUP}u + lane;`);
  writer.line(`if (i >= ${group.size}u) { return; }`);
  writer.line(`let column = i % ${width}u;`);
  writer.line(`var total = ${valueType(node.dtype)}();`);
  writer.line(`var k = ${next}[${count}u + i / ${width}u];`);
  writer.block(`while (k < ${count}u)`, () => {
    const at = [
      ...delinearize(symbol("k", count), indices.shape),
      ...delinearize(symbol("column", width), inner),
    ];
    writer.line(`total += ${code.evaluate(updates, at)};`);
    writer.line(`k = ${next}[k];`);
  });
  for (const member of group.members.keys()) code.compute(member);
  writeStores(code, group, ["total"]);
  return code.finish({
    name: groupName(group),
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(group.size / WORKGROUP),
  });
}
