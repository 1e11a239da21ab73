import {
  add,
  type Engine,
  flip,
  gather,
  input,
  less,
  max,
  mul,
  permute,
  program,
  reshape,
  select,
  sum,
  type Tensor,
} from "../../../lib/tensor/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { Draw } from "../../cases/values.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";

/** Past 65535 workgroups of 64 elements, and no multiple of them. */
const ROWS = 65_539;
const COLUMNS = 67;

/** Sums of 65,539 terms; all else is one rounding. */
const TOLERANCE = 1e-5;

function largeProgram() {
  const x = input("x", [ROWS, COLUMNS]);
  const column = input("column", [ROWS, 1]);
  const rows = input("rows", [ROWS], "i32");
  const outputs: Record<string, Tensor> = {
    elementwise: add(mul(x, column), 1),
    chosen: select(less(x, column), x, 0.5),
    turned: permute(x, [1, 0]),
    backwards: flip(reshape(x, [-1]), [0]),
    byRow: sum(x, { axes: [1] }),
    byColumn: sum(x, { axes: [0] }),
    largest: max(x),
    gathered: gather(x, rows),
  };
  return program("large", { inputs: { x, column, rows }, outputs });
}

/** Downloads one output at a time: together they are big. */
async function compare(engine: Engine): Promise<void> {
  const draw = new Draw(1);
  const inputs = {
    x: draw.floats([ROWS, COLUMNS]),
    column: draw.floats([ROWS, 1]),
    rows: draw.integers([ROWS], { high: ROWS }),
  };
  const large = largeProgram();
  const reference = createReferenceEngine();
  const expected = await reference.run(await reference.compile(large), {
    inputs,
  });
  const executable = await engine.compile(large);
  const actual = await engine.run(executable, { inputs });
  for (const name of Object.keys(large.outputs)) {
    const value = await engine.download(actual[name]!);
    assertClose(value, await reference.download(expected[name]!), {
      what: `${name} on ${engine.name}`,
      tolerance: TOLERANCE,
    });
  }
  engine.dispose(executable);
}

await testOnEngines({ "large tensors equal the reference": compare }, {
  reference: false,
});
