import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact, UserError } from "../../../lib/artifact/mod.ts";
import {
  createLogger,
  parsePipeline,
  planPipeline,
  type ProgressStart,
  type RunOptions,
  runPlan,
  type Stage,
  type StepResult,
} from "../../../lib/pipeline/mod.ts";
import { brighten, make } from "./example_stages.ts";

const STAGES: Readonly<Record<string, Stage>> = { make, brighten };

/** A run folder with a pipeline of two stages. */
class Bench implements AsyncDisposable {
  readonly folder: string;
  readonly lines: string[] = [];
  readonly headings: (string | undefined)[] = [];
  text = `
    [stages.make]
    [stages.brighten]
    inputs = { images = "make.images" }
    outputs = { note = "note.txt" }
  `;
  stages = STAGES;

  constructor() {
    this.folder = Deno.makeTempDirSync();
  }

  async run(options?: RunOptions): Promise<readonly StepResult[]> {
    const spec = parsePipeline(this.text, join(this.folder, "p.toml"));
    const plan = await planPipeline(
      spec,
      (name) => Promise.resolve(this.stages[name]),
    );
    this.lines.length = 0;
    const host = {
      engine: () => Promise.reject(new Error("No engine")),
      remoteFiles: () => Promise.reject(new Error("No files of others")),
      progress: {
        start: ({ label }: ProgressStart) => {
          this.headings.push(label);
          return {
            seconds: 0,
            resume() {},
            advance() {},
            set() {},
            finish() {},
          };
        },
      },
      log: createLogger({ write: (line) => this.lines.push(line) }),
      signal: new AbortController().signal,
    };
    return await runPlan(plan, host, options);
  }

  async states(options?: RunOptions): Promise<readonly string[]> {
    return (await this.run(options)).map(({ state }) => state);
  }

  path(name: string): string {
    return join(this.folder, "runs/p", name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("runPlan() runs what is missing and finds it done again", async () => {
  await using bench = new Bench();
  assert.deepEqual(await bench.states(), ["ran", "ran"]);
  assert.deepEqual(await bench.states(), ["done", "done"]);
  assert.equal(bench.lines.length, 2);
  assert.match(bench.lines[0]!, /^make {6}done: .*make\.safetensors$/);
  const result = await openArtifact(bench.path("brighten.safetensors"));
  assert.equal(result.recipe?.stage, "brighten");
  assert.deepEqual(Object.keys(result.inputs), ["images"]);
  result.close();
});

Deno.test("runPlan() runs what changed, and what reads it", async () => {
  await using bench = new Bench();
  await bench.run();
  bench.text = bench.text.replace(
    "[stages.make]",
    "[stages.make]\noptions = { grey-value = 9 }",
  );
  const results = await bench.run();
  assert.equal(results[0]!.why, "option greyValue 7 is now 9");
  assert.equal(results[1]!.why, "input images changed");
});

Deno.test("runPlan() notices a new stage version and a new seed", async () => {
  await using bench = new Bench();
  await bench.run();
  bench.stages = { ...STAGES, brighten: { ...brighten, version: 2 } as Stage };
  assert.equal((await bench.run())[1]!.why, "stage version 1 is now 2");
  bench.text = `seed = 3\n${bench.text}`;
  assert.equal((await bench.run())[0]!.why, "seed 0 is now 3");
});

Deno.test("runPlan() records settled options and notices their change", async () => {
  await using bench = new Bench();
  function withPreset(greys: number): Stage {
    return { ...make, settle: (options) => ({ ...options, greys }) } as Stage;
  }
  bench.stages = { ...STAGES, make: withPreset(3) };
  await bench.run();
  assert.deepEqual(await bench.states(), ["done", "done"]);
  bench.stages = { ...STAGES, make: withPreset(4) };
  const [result] = await bench.run();
  assert.equal(result!.why, "option greys 3 is now 4");
});

Deno.test("runPlan() leaves a step alone that another run is at", async () => {
  await using bench = new Bench();
  await bench.run();
  const other = Promise.withResolvers<void>();
  const waits = {
    ...brighten,
    version: 2,
    run: (context) => other.promise.then(() => brighten.run(context)),
  } as typeof brighten;
  bench.stages = { ...STAGES, brighten: waits };
  const runs = [bench.run(), bench.run()];
  // The one that is at the step waits until the other one has given up.
  await assert.rejects(
    Promise.race(runs),
    /: stages\.brighten: Cannot run brighten: process \d+ on .* is at it \("/,
  );
  other.resolve();
  const ends = await Promise.allSettled(runs);
  assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 1);
  assert.deepEqual(await bench.states(), ["done", "done"]);
});

Deno.test("runPlan() makes a lost, cut or foreign output again", async () => {
  await using bench = new Bench();
  await bench.run();
  const path = bench.path("brighten.safetensors");
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.subarray(0, 100));
  assert.deepEqual(await bench.states(), ["done", "ran"]);
  assert.deepEqual(await Deno.readFile(path), whole);
  await Deno.writeTextFile(bench.path("note.txt"), "somebody else's");
  assert.deepEqual(await bench.states(), ["done", "ran"]);
  await Deno.remove(path);
  assert.deepEqual(await bench.states(), ["done", "ran"]);
});

Deno.test("runPlan() notices one flipped byte of an output", async () => {
  await using bench = new Bench();
  await bench.run();
  const path = bench.path("make.safetensors");
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.with(whole.length - 1, 99));
  await assert.rejects(
    bench.run({ keep: true }),
    /: stages\.make: Cannot keep the output of make: .* changed since it was made$/,
  );
  const results = await bench.run();
  assert.match(results[0]!.why!, /make\.safetensors" changed since/);
  assert.match(bench.lines[0]!, /; replaces ".*make\.safetensors"/);
  // Made again it is what it was, so what reads it stays done.
  assert.equal(results[1]!.state, "done");
  assert.deepEqual(await Deno.readFile(path), whole);
});

Deno.test("runPlan() replaces no artifact of another stage", async () => {
  await using bench = new Bench();
  await bench.run();
  const [made, other] = ["make", "brighten"]
    .map((name) => bench.path(`${name}.safetensors`));
  await Deno.copyFile(made!, other!);
  const before = await Deno.readFile(other!);
  await assert.rejects(bench.run(), /"make" made ".*brighten\.safetensors"/);
  assert.deepEqual(await Deno.readFile(other!), before);
});

Deno.test("runPlan() keeps the state of a cut run with other options", async () => {
  await using bench = new Bench();
  const text = bench.text;
  const cut = text.replace(
    "[stages.brighten]",
    "[stages.brighten]\noptions = { steps = 5, fail-at = 4 }",
  );
  bench.text = cut;
  await assert.rejects(bench.run(), /It dies here/);
  bench.text = text;
  await bench.run();
  bench.text = cut;
  await assert.rejects(bench.run(), /It dies here/);
  assert.match(bench.lines[1]!, /it was cut, goes on/);
});

Deno.test("runPlan() goes on where a step was cut, to the same bytes", async () => {
  await using whole = new Bench();
  await using cut = new Bench();
  await whole.run();
  const { brighten: stage } = STAGES;
  const dies: Stage = {
    ...stage!,
    run: (context) =>
      stage!.run({
        ...context,
        options: { ...context.options as object, failAt: 2 },
      }),
  };
  cut.stages = { make, brighten: dies };
  await assert.rejects(cut.run(), /It dies here/);
  cut.stages = STAGES;
  const results = await cut.run();
  assert.match(cut.lines[1]!, /it was cut, goes on/);
  assert.deepEqual(results[1]!.summary, { steps: 3, resumedAt: 2 });
  const name = "brighten.safetensors";
  const bytes = await Deno.readFile(whole.path(name));
  assert.deepEqual(await Deno.readFile(cut.path(name)), bytes);
  assert.deepEqual(await cut.states(), ["done", "done"]);
  const left = [...Deno.readDirSync(cut.path(".spherear"))];
  assert.deepEqual(left.map((entry) => entry.name), ["ledger.json"]);
});

Deno.test("runPlan() only says what it would do in a dry run", async () => {
  await using bench = new Bench();
  const first = await bench.run({ dryRun: true });
  assert.deepEqual(first.map(({ state }) => state), ["would run", "would run"]);
  assert.equal(first[1]!.why, '"make" runs before it');
  assert.equal(await Deno.stat(bench.path("")).catch(() => "none"), "none");
  await bench.run();
  assert.deepEqual(await bench.states({ dryRun: true }), ["done", "done"]);
  assert.deepEqual(await bench.states({ force: true }), ["ran", "ran"]);
});

Deno.test("runPlan() refuses an input of another kind before work", async () => {
  await using bench = new Bench();
  await bench.run();
  bench.text = `
    [stages.brighten]
    inputs = { images = "runs/p/note.txt" }
  `;
  await assert.rejects(bench.run(), UserError);
  bench.text = bench.text.replace("runs/p/note.txt", "nowhere.safetensors");
  await assert.rejects(
    bench.run(),
    /p\.toml": stages\.brighten\.inputs\.images: .*nowhere\.safetensors": no such/,
  );
});

Deno.test({
  name: "runPlan() keeps nothing beside a device, and runs again",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using bench = new Bench();
    bench.text = "[stages.make]";
    await Deno.mkdir(bench.path(""), { recursive: true });
    await Deno.symlink("/dev/null", bench.path("make.safetensors"));
    assert.deepEqual(await bench.states(), ["ran"]);
    assert.deepEqual(await bench.states(), ["ran"]);
    const left = [...Deno.readDirSync(bench.path(""))];
    assert.deepEqual(left.map(({ name }) => name), ["make.safetensors"]);
  },
});

Deno.test("runPlan() warns where the ledger cannot be written", async () => {
  await using bench = new Bench();
  await Deno.mkdir(bench.path(".spherear/ledger.json"), { recursive: true });
  assert.deepEqual(await bench.states(), ["ran", "ran"]);
  const warning = /^Warning: Cannot write ".*ledger\.json".*do this step again/;
  assert.ok(bench.lines.some((line) => warning.test(line)));
});

Deno.test("runPlan() tells the output that cannot be written, not the ledger", async () => {
  await using bench = new Bench();
  bench.text = `
    [stages.brighten]
    inputs = { images = "a.safetensors" }
    outputs = { images = "taken/b.safetensors" }
  `;
  await Deno.writeTextFile(join(bench.folder, "a.safetensors"), "");
  await Deno.mkdir(bench.path(""), { recursive: true });
  await Deno.writeTextFile(bench.path("taken"), "");
  await Deno.writeTextFile(bench.path(".spherear"), "");
  const message = /taken\/b\.safetensors": a file has the name of a folder/;
  await assert.rejects(bench.run(), { name: "UserError", message });
});

Deno.test("runPlan() heads progress by the step that runs", async () => {
  await using bench = new Bench();
  bench.text = `
    [stages.make]
    [stages.lighter]
    uses = "brighten"
    inputs = { images = "make.images" }
  `;
  await bench.run();
  assert.deepEqual(bench.headings, ["lighter"]);
});

Deno.test("runPlan() refuses in a dry run what a run would refuse", async () => {
  await using bench = new Bench();
  const checked: unknown[] = [];
  bench.stages = {
    ...STAGES,
    brighten: {
      ...brighten,
      check({ options, inputs, seed }) {
        checked.push(options["steps"], inputs["images"]?.kind, seed);
        return Promise.reject(new UserError("Cannot brighten"));
      },
    },
  };
  // What it would read is not there yet.
  await bench.run({ dryRun: true });
  assert.deepEqual(checked, []);
  await bench.run();
  await Deno.remove(bench.path("brighten.safetensors"));
  await assert.rejects(bench.run({ dryRun: true }), /Cannot brighten/);
  assert.equal(checked.length, 3);
  assert.deepEqual(checked.slice(1), ["images", 0]);
});

Deno.test("runPlan() settles options by the sizes of inputs that are there", async () => {
  await using bench = new Bench();
  const seen: unknown[] = [];
  const settles: typeof brighten = {
    ...brighten,
    async settle(options, { sizesOf }) {
      const images = await sizesOf("images");
      seen.push(images?.["images"]);
      return { ...options, count: images?.["images"] ?? 0 };
    },
  };
  bench.stages = { ...STAGES, brighten: settles as Stage };
  await bench.run({ dryRun: true });
  assert.deepEqual(seen.splice(0), [undefined]);
  await bench.run();
  const reader = await openArtifact(bench.path("brighten.safetensors"));
  reader.close();
  const { count } = reader.recipe!.options as { count: number };
  assert.ok(count > 0);
  assert.deepEqual(new Set(seen), new Set([count]));
});

Deno.test("runPlan() settles options in a dry run, also where inputs are missing", async () => {
  await using bench = new Bench();
  const settle = () => Promise.reject(new UserError("Cannot settle"));
  bench.stages = { ...STAGES, brighten: { ...brighten, settle } };
  await assert.rejects(bench.run({ dryRun: true }), /Cannot settle/);
});
