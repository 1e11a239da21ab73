import type { Group } from "../plan/group.ts";
import { type Kernel, KernelCode } from "./code.ts";
import {
  groupName,
  type KernelContext,
  readsMany,
  writeStores,
} from "./context.ts";

const WORKGROUP = 64;

/** One invocation an element: elementwise work without anything else beside it. */
export function mapKernels(
  group: Group,
  { homes }: KernelContext,
): Kernel[] {
  const code = new KernelCode(homes, { images: readsMany(group.size) });
  for (const member of group.members.keys()) code.compute(member);
  const { writer } = code;
  writer.line(`let i = group * ${WORKGROUP}u + lane;`);
  writer.line(`if (i >= ${group.size}u) { return; }`);
  writeStores(code, group, []);
  return [code.finish({
    name: groupName(group),
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(group.size / WORKGROUP),
  })];
}
