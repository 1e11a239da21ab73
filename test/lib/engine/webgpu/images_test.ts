import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import {
  add,
  type Engine,
  gather,
  type HostTensor,
  input,
  matmul,
  mul,
  program,
  softmax,
  sum,
} from "../../../../lib/tensor/mod.ts";
import { Draw } from "../../../cases/values.ts";
import { engineAvailable } from "../../../engines.ts";
import { assertClose } from "../../../tensors.ts";

const { available } = await engineAvailable("webgpu");

/** A state of rows and a rest, by elements and by fours, of all dtypes. */
function build() {
  const table = input("table", [1000, 84]);
  const at = input("at", [300], "i32");
  const weight = input("weight", [84, 40]);
  const rows = gather(table, at);
  return program("images", {
    inputs: { at },
    state: {
      table: { value: table, next: add(mul(table, 2), 1) },
      weight: { value: weight },
    },
    outputs: {
      y: matmul(rows, weight),
      total: sum(table, { axes: [0] }),
      shares: softmax(table),
    },
  });
}

/** Everything that two runs leave, by two states: the second has the other's place. */
async function results(engine: Engine): Promise<HostTensor[]> {
  const draw = new Draw(1);
  const inputs = { at: draw.integers([300], { high: 1000 }) };
  const weight = draw.floats([84, 40]);
  const executable = await engine.compile(build(), { frozen: { weight } });
  const host: HostTensor[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const table = await engine.upload(draw.floats([1000, 84]));
    for (let run = 0; run < 2; run++) {
      const outputs = await engine.run(executable, {
        inputs,
        state: { table },
      });
      for (const tensor of [...Object.values(outputs), table]) {
        host.push(await engine.download(tensor));
      }
    }
    engine.dispose(table);
  }
  await engine.close();
  return host;
}

for (const readsImages of [true, false]) {
  Deno.test({
    name: `webgpu reads states, inputs and frozen weights through ${
      readsImages ? "images" : "buffers"
    }`,
    ignore: !available,
    fn: async () => {
      const expected = await results(createReferenceEngine());
      const adapter = await requireAdapter();
      const actual = await results(
        await createWebGpuEngine(adapter, { readsImages }),
      );
      expected.forEach((want, i) =>
        assertClose(actual[i]!, want, {
          what: `result ${i}`,
          tolerance: 2e-5,
          floor: 1,
        })
      );
    },
  });
}
