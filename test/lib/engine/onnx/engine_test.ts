import assert from "node:assert/strict";
import { join } from "node:path";
import {
  createOnnxEngine,
  type OnnxEngine,
} from "../../../../lib/engine/onnx/mod.ts";
import {
  type Engine,
  gather,
  hostTensor,
  input,
  matmul,
  mul,
  permute,
  program,
  type Tensor,
  uniform,
  updateSlice,
  zeros,
} from "../../../../lib/tensor/mod.ts";
import { steppingProgram } from "./stepping_program.ts";

const GROWTH_PROGRAM = join(import.meta.dirname!, "memory_growth.ts");
const FOREIGN_PROGRAM = join(import.meta.dirname!, "foreign_environment.ts");

/** Runs a test on an engine of its own, which is closed whatever happens. */
async function withEngine(
  test: (engine: OnnxEngine) => Promise<void>,
  options: Parameters<typeof createOnnxEngine>[0] = {},
): Promise<void> {
  const engine = await createOnnxEngine(options);
  try {
    await test(engine);
  } finally {
    await engine.close();
  }
}

function ramp(shape: readonly number[], scale = 1) {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float32Array.from({ length: size }, (_, i) => i * scale);
  return hostTensor("f32", shape, values);
}

const ONE = hostTensor("i32", [], Int32Array.of(1));

async function runSteps(engine: Engine, steps: number) {
  const size = 33;
  const executable = await engine.compile(steppingProgram(size));
  const state = {
    x: await engine.upload(ramp([size, size], 1 / 1000)),
    count: await engine.upload(zeros("i32", [])),
  };
  for (let i = 0; i < steps; i++) {
    await engine.run(executable, { inputs: { one: ONE }, state });
  }
  return {
    x: (await engine.download(state.x)).data as Float32Array,
    count: (await engine.download(state.count)).data[0],
  };
}

/** The same steps in float32 by hand, up to tanh's rounding. */
function expectedSteps(steps: number): Float32Array {
  const size = 33;
  let x = ramp([size, size], 1 / 1000).data as Float32Array;
  for (let step = 0; step < steps; step++) {
    x = x.map((value, i) => {
      const transposed = x[(i % size) * size + Math.floor(i / size)]!;
      return value + Math.tanh(transposed) * 0.125 - value * 0.25;
    });
  }
  return x;
}

Deno.test("run() swaps state bit-exactly over a thousand steps", async () => {
  await withEngine(async (engine) => {
    const first = await runSteps(engine, 1000);
    const second = await runSteps(engine, 1000);
    assert.equal(first.count, 1000);
    assert.ok(first.x.every((value, i) => value === second.x[i]));
    const few = await runSteps(engine, 3);
    const expected = expectedSteps(3);
    const worst = few.x.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - expected[i]!)),
      0,
    );
    assert.ok(worst <= 1e-6, `error ${worst}`);
  });
});

Deno.test("run() serves overlapping calls in their order", async () => {
  await withEngine(async (engine) => {
    const executable = await engine.compile(steppingProgram(4));
    const state = {
      x: await engine.upload(ramp([4, 4])),
      count: await engine.upload(zeros("i32", [])),
    };
    const data = Int32Array.of(0);
    const runs = Array.from({ length: 20 }, (_, i) => {
      data[0] = i;
      const one = hostTensor("i32", [], data);
      return engine.run(executable, { inputs: { one }, state });
    });
    await Promise.all(runs);
    const { data: counted } = await engine.download(state.count);
    assert.equal(counted[0], 190);
  });
});

Deno.test("run() of two workers goes on side by side, to the same bytes", async () => {
  await withEngine(async (engine) => {
    assert.equal(engine.workers, 2);
    const x = input("x", [64, 64]);
    const weight = input("weight", [64, 64]);
    let y = matmul(x, weight);
    for (let i = 0; i < 200; i++) y = matmul(y, weight);
    const long = program("long", {
      inputs: { x },
      state: { weight: { value: weight } },
      outputs: { y },
    });
    const short = program("short", {
      inputs: { x },
      outputs: { y: mul(x, 2) },
    });
    const state = { weight: await engine.upload(ramp([64, 64], 1e-4)) };
    const inputs = { x: ramp([64, 64], 1e-3) };
    const whole = await engine.compile(long);
    const parts = [
      await engine.compile(long, { worker: 0 }),
      await engine.compile(long, { worker: 1 }),
    ];
    const quick = await engine.compile(short, { worker: 1 });

    const finished: string[] = [];
    const running = Array.from({ length: 20 }, async () => {
      await engine.run(parts[0]!, { inputs, state });
      finished.push("long");
    });
    const between = engine.run(quick, { inputs });
    between.then(() => finished.push("short"));
    await Promise.all([...running, between]);
    assert.ok(finished.indexOf("short") < finished.lastIndexOf("long"));

    const found = [];
    for (const executable of [whole, ...parts]) {
      const { y } = await engine.run(executable, { inputs, state });
      found.push((await engine.download(y!)).data);
    }
    assert.deepEqual(found[1], found[0]);
    assert.deepEqual(found[2], found[0]);
    engine.dispose(state.weight);
    for (const executable of parts) engine.dispose(executable);
    const { y: last } = await engine.run(quick, { inputs });
    assert.equal((await engine.download(last!)).data[1], Math.fround(0.002));
    await assert.rejects(engine.compile(short, { worker: 2 }), RangeError);
  }, { threads: 2 });
});

Deno.test("an engine of one thread has one worker", async () => {
  await withEngine(async (engine) => {
    assert.equal(engine.workers, 1);
    await Promise.resolve();
  }, { threads: 1 });
});

Deno.test("run() leaves the event loop free", async () => {
  await withEngine(async (engine) => {
    const x = input("x", [1500, 1500]);
    let y = matmul(x, x);
    for (let i = 0; i < 12; i++) y = matmul(mul(y, 1e-6 * (i + 1)), x);
    const executable = await engine.compile(program("long", {
      inputs: { x },
      outputs: { y },
    }));
    const inputs = { x: ramp([1500, 1500], 1e-6) };
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const started = performance.now();
    await engine.run(executable, { inputs });
    const elapsedMs = performance.now() - started;
    clearInterval(timer);
    // A run that blocks lets one tick through at most, however busy the machine;
    // 88 billion operations take several ticks, however fast it is.
    assert.ok(ticks > 2, `${ticks} ticks in ${elapsedMs} ms`);
  });
});

Deno.test("run() writes rows into a state where it lies", async () => {
  await withEngine(async (engine) => {
    const cache = input("cache", [2, 5, 3]);
    const rows = input("rows", [2, 2, 3]);
    const start = input("start", [], "i32");
    const executable = await engine.compile(program("append", {
      inputs: { rows, start },
      state: {
        cache: {
          value: cache,
          next: updateSlice(cache, mul(rows, 2), { start, axis: 1 }),
        },
      },
    }));
    const state = { cache: await engine.upload(zeros("f32", [2, 5, 3])) };
    for (const at of [0, 2, 9]) {
      const inputs = {
        rows: hostTensor("f32", [2, 2, 3], new Float32Array(12).fill(at + 1)),
        start: hostTensor("i32", [], Int32Array.of(at)),
      };
      await engine.run(executable, { inputs, state });
    }
    const { data } = await engine.download(state.cache);
    const half = [2, 2, 2, 2, 2, 2, 6, 6, 6, 20, 20, 20, 20, 20, 20];
    assert.deepEqual([...data], [...half, ...half]);
  });
});

Deno.test("run() draws numbers whose counters are computed", async () => {
  await withEngine(async (engine) => {
    const key = input("key", [2], "u32");
    const rows = input("rows", [2], "i32");
    const step = input("step", [], "u32");
    const table = input("table", [3], "u32");
    const draw = (words: Tensor) =>
      uniform({ key, rows: words, step }, { shape: [5], stream: 1 });
    const executable = await engine.compile(program("draws", {
      inputs: { key, rows, step, table },
      outputs: { y: draw(gather(table, rows)) },
    }));
    const u32 = (...words: number[]) =>
      hostTensor("u32", [words.length], Uint32Array.from(words));
    const run = async (indices: number[]) => {
      const { y } = await engine.run(executable, {
        inputs: {
          key: u32(1, 2),
          rows: hostTensor("i32", [2], Int32Array.from(indices)),
          step: hostTensor("u32", [], Uint32Array.of(3)),
          table: u32(7, 8, 9),
        },
      });
      return [...(await engine.download(y!)).data];
    };
    const [a, b] = [await run([0, 1]), await run([1, 2])];
    assert.deepEqual(a.slice(5), b.slice(0, 5));
    assert.notDeepEqual(a.slice(0, 5), b.slice(0, 5));
  });
});

Deno.test("run() reads its own output of the run before", async () => {
  await withEngine(async (engine) => {
    const x = input("x", [2, 3]);
    const executable = await engine.compile(program("again", {
      inputs: { x },
      outputs: { y: permute(matmul(permute(x, [1, 0]), x), [1, 0]) },
    }));
    const square = input("x", [3, 3]);
    const turning = await engine.compile(program("turn", {
      inputs: { x: square },
      outputs: { y: permute(square, [1, 0]) },
    }));
    const { y } = await engine.run(executable, {
      inputs: { x: ramp([2, 3]) },
    });
    const once = await engine.run(turning, { inputs: { x: y! } });
    const first = [...(await engine.download(once.y!)).data];
    await engine.run(turning, { inputs: { x: once.y! } });
    const back = [...(await engine.download(once.y!)).data];
    const given = [...(await engine.download(y!)).data];
    assert.deepEqual(back, given);
    assert.equal(first.length, 9);
  });
});

Deno.test("compile() takes frozen states, and refuses those that change", async () => {
  await withEngine(async (engine) => {
    const [x, w] = [input("x", [1, 2]), input("w", [3, 2])];
    const made = program("frozen", {
      inputs: { x },
      state: { w: { value: w } },
      outputs: { y: matmul(x, w, { transposeB: true }) },
    });
    const frozen = { w: ramp([3, 2]) };
    const executable = await engine.compile(made, { frozen });
    const inputs = { x: hostTensor("f32", [1, 2], Float32Array.of(1, 10)) };
    const { y } = await engine.run(executable, { inputs });
    assert.deepEqual([...(await engine.download(y!)).data], [10, 32, 54]);
    await assert.rejects(
      engine.compile(steppingProgram(2), { frozen: { x: ramp([2, 2]) } }),
      /state "x" is frozen, but runs change it/,
    );
  });
});

Deno.test("run() refuses wrong bindings and goes on", async () => {
  await withEngine(async (engine) => {
    const executable = await engine.compile(steppingProgram(2));
    const state = {
      x: await engine.upload(ramp([2, 2])),
      count: await engine.upload(zeros("i32", [])),
    };
    await assert.rejects(
      engine.run(executable, { state }),
      /Cannot run "step": "one" must be i32 \[\], got nothing/,
    );
    await engine.run(executable, { inputs: { one: ONE }, state });
    engine.dispose(state.x);
    await assert.rejects(
      engine.run(executable, { inputs: { one: ONE }, state }),
      /the tensor is disposed/,
    );
  });
});

Deno.test("run() raises what onnxruntime says, and goes on", async () => {
  await withEngine(async (engine) => {
    const [table, rows] = [input("table", [3, 2]), input("rows", [1], "i32")];
    const executable = await engine.compile(program("rows", {
      inputs: { table, rows },
      outputs: { y: gather(table, rows) },
    }));
    const run = (row: number) =>
      engine.run(executable, {
        inputs: {
          table: ramp([3, 2]),
          rows: hostTensor("i32", [1], Int32Array.of(row)),
        },
      });
    await assert.rejects(run(7), /Cannot Run in onnxruntime: .*Gather/s);
    const { y } = await run(2);
    assert.deepEqual([...(await engine.download(y!)).data], [4, 5]);
  });
});

Deno.test("run() keeps memory flat", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", GROWTH_PROGRAM],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  const growth: number = JSON.parse(text.decode(stdout) || "null");
  assert.equal(typeof growth, "number", text.decode(stderr));
  // One forgotten state would be 256 MB in 1,000 runs.
  assert.ok(growth < 4 * 2 ** 20, `grew by ${growth} bytes in 1,000 runs`);
});

Deno.test("an engine works where others made onnxruntime's environment", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", FOREIGN_PROGRAM],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  const sums: unknown = JSON.parse(text.decode(stdout) || "null");
  assert.deepEqual(sums, [7, 7], text.decode(stderr));
});

Deno.test("the package's own binding gives the same numbers", async () => {
  let direct: Float32Array;
  await withEngine(async (engine) => {
    assert.equal(engine.info.binding, "ffi");
    direct = (await runSteps(engine, 20)).x;
  });
  await withEngine(async (engine) => {
    assert.equal(engine.info.binding, "js");
    const { x, count } = await runSteps(engine, 20);
    assert.equal(count, 20);
    assert.ok(x.every((value, i) => value === direct[i]));
  }, { binding: "js" });
});

Deno.test("close() waits for runs and refuses later work", async () => {
  const engine = await createOnnxEngine();
  const executable = await engine.compile(steppingProgram(300));
  const state = {
    x: await engine.upload(ramp([300, 300])),
    count: await engine.upload(zeros("i32", [])),
  };
  const runs = Array.from(
    { length: 5 },
    () => engine.run(executable, { inputs: { one: ONE }, state }),
  );
  await engine.close();
  await Promise.all(runs);
  await assert.rejects(
    engine.run(executable, { inputs: { one: ONE }, state }),
    /The onnx engine is closed/,
  );
});
