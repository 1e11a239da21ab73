import { type Node, sizeOf, type Tensor } from "../../../tensor/mod.ts";
import type { Group } from "../plan/group.ts";
import { type Kernel, KernelCode } from "../wgsl/code.ts";
import { delinearize, symbol } from "../wgsl/index.ts";
import { valueType } from "../wgsl/types.ts";
import { groupName, type KernelContext, writeStores } from "./context.ts";

const WORKGROUP = 64;

/**
 * Sums of updates by row: each result looks at all indices, in their order, so
 * that no sum depends on which invocation is first.
 */
export function scatterKernels(
  group: Group,
  { homes }: KernelContext,
): Kernel[] {
  const node = group.anchors[0] as Node<"scatter_add">;
  const [indices, updates] = node.inputs as [Tensor, Tensor];
  const width = sizeOf(node.shape.slice(1));
  const count = sizeOf(indices.shape);
  const code = new KernelCode(homes);
  const { writer } = code;
  writer.line(`let i = group * ${WORKGROUP}u + lane;`);
  writer.line(`if (i >= ${group.size}u) { return; }`);
  writer.line(`let row = i / ${width}u;`);
  writer.line(`let column = i % ${width}u;`);
  writer.line(`var total = ${valueType(node.dtype)}();`);
  writer.block(`for (var k = 0u; k < ${count}u; k++)`, () => {
    const at = delinearize(symbol("k", count), indices.shape);
    const index = code.evaluate(indices, at);
    writer.block(`if (u32(${index}) == row)`, () => {
      const inner = delinearize(
        symbol("column", width),
        node.shape.slice(1),
      );
      const value = code.evaluate(updates, [...at, ...inner]);
      writer.line(`total += ${value};`);
    });
  });
  for (const member of group.members.keys()) code.compute(member);
  writeStores(code, group, ["total"]);
  return [code.finish({
    name: groupName(group),
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(group.size / WORKGROUP),
  })];
}
