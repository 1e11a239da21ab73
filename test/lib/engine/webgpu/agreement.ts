import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import {
  type Engine,
  type HostTensor,
  input,
  type Node,
  program,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../engines.ts";
import { assertClose } from "../../../tensors.ts";

/** What a program computes from named inputs. */
export interface Agreement {
  readonly values: Readonly<Record<string, HostTensor>>;
  build(inputs: Readonly<Record<string, Node<"input">>>): Record<
    string,
    Tensor
  >;
  readonly tolerance?: number;
}

/** An adapter that hides what its device can do with subgroups. */
function withoutSubgroups(adapter: GPUAdapter): GPUAdapter {
  const { features, limits, info } = adapter;
  return {
    features,
    limits,
    info,
    requestDevice: (descriptor: GPUDeviceDescriptor) =>
      [...descriptor.requiredFeatures ?? []].includes("subgroups")
        ? Promise.reject(new TypeError("Cannot use subgroups"))
        : adapter.requestDevice(descriptor),
  } as GPUAdapter;
}

/**
 * Declares a test that the GPU agrees with the reference, with subgroups and
 * without: then through buffers, as most hardware reads.
 */
export async function testAgreement(
  name: string,
  cases: readonly (() => Agreement)[],
): Promise<void> {
  const { available } = await engineAvailable("webgpu");
  for (const subgroups of [true, false]) {
    Deno.test({
      name: subgroups ? name : `${name}, without subgroups`,
      ignore: !available,
      fn: async () => {
        const adapter = await requireAdapter();
        const engine = await createWebGpuEngine(
          subgroups ? adapter : withoutSubgroups(adapter),
          subgroups ? {} : { readsImages: false },
        );
        for (const make of cases) await requireAgreement(engine, make());
        await engine.close();
      },
    });
  }
}

async function requireAgreement(
  engine: Engine,
  { values, build, tolerance = 2e-5 }: Agreement,
): Promise<void> {
  const inputs = Object.fromEntries(
    Object.entries(values)
      .map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const made = program("agreement", { inputs, outputs: build(inputs) });
  const results = [];
  for (const each of [createReferenceEngine(), engine]) {
    const executable = await each.compile(made);
    const outputs = await each.run(executable, { inputs: values });
    const host: Record<string, HostTensor> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      host[name] = await each.download(tensor);
    }
    each.dispose(executable);
    results.push(host);
  }
  const [expected, actual] = results;
  for (const [name, tensor] of Object.entries(expected!)) {
    const shapes = Object.values(values).map(({ shape }) => `[${shape}]`);
    assertClose(actual![name]!, tensor, {
      what: `${name} of ${shapes.join(", ")}`,
      tolerance,
      floor: 1,
    });
  }
}
