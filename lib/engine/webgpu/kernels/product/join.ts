import type { Kernel } from "../code.ts";
import type { Homes } from "../../wgsl/storage.ts";
import { KernelCode } from "../code.ts";
import { groupName } from "../context.ts";
import { bindTargets, type Job, storeSum } from "./result.ts";

const WORKGROUP = 64;

/** Adds the parts of every sum, in their order, one invocation a sum. */
export function joinKernel(job: Job, { homes }: { homes: Homes }): Kernel {
  const { group, problem, parts } = job;
  const { batch, m, n } = problem;
  const size = batch * m * n;
  const code = new KernelCode(homes);
  const { writer } = code;
  const whole = { ...job, parts: { count: 1, terms: problem.k } };
  bindTargets(code, whole);
  const sums = code.bind(parts.sums!, false);
  writer.line(`let own = group * ${WORKGROUP}u + lane;`);
  writer.line(`if (own >= ${size}u) { return; }`);
  writer.line("var total = 0.0f;");
  writer.block(`for (var part = 0u; part < ${parts.count}u; part++)`, () => {
    writer.line(`total += ${sums}[part * ${size}u + own];`);
  });
  writer.line(`let batch = own / ${m * n}u;`);
  writer.line(`let row = own / ${n}u % ${m}u;`);
  writer.line(`let column = own % ${n}u;`);
  storeSum(code, whole, "total");
  return code.finish({
    name: `${groupName(group)} (parts)`,
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(size / WORKGROUP),
    flops: size * parts.count,
  });
}
