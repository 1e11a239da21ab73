import assert from "node:assert/strict";
import { join } from "node:path";
import {
  digestFile,
  openArtifact,
  openFile,
} from "../../../../lib/artifact/mod.ts";
import { decodeRgb } from "../../../../lib/image/mod.ts";
import { ZipArchive } from "../../../../lib/interop/zip/archive.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { ROOT, spherear } from "../../../stages/run_cli.ts";
import { writeModel } from "./_models.ts";

const COUNT = 21;
const BATCH = 2;
const BATCHES = Math.ceil(COUNT / BATCH);
const SAMPLE =
  `sample --model model.safetensors --count ${COUNT} --batch ${BATCH} ` +
  "--steps 3 --device cpu --classes uniform";

interface Ran {
  readonly out: string;
  readonly err: string;
}

/** Runs a command in a folder and requires it to work. */
async function run(
  folder: string,
  line: string,
  env: Record<string, string> = {},
): Promise<Ran> {
  const { code, ...said } = await spherear(line.split(" "), {
    cwd: folder,
    env,
  });
  assert.equal(code, 0, said.err);
  return said;
}

/** Runs a test beside a model. */
function withModel(
  test: (folder: string) => Promise<void>,
): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      await writeModel(folder);
      await test(folder);
    });
}

/** Runs a test beside a model and what one unbroken process samples of it. */
function withSamples(
  test: (folder: string, digest: string) => Promise<void>,
): () => Promise<void> {
  return withModel(async (folder) => {
    await run(folder, `${SAMPLE} -o whole.safetensors`);
    await test(folder, await digestFile(join(folder, "whole.safetensors")));
  });
}

function shardsIn(folder: string): number {
  let found = 0;
  const place = join(folder, ".spherear");
  try {
    for (const { name } of Deno.readDirSync(place)) {
      const batches = join(place, name, "batches-0");
      if (!name.includes("@")) continue;
      for (const shard of Deno.readDirSync(batches)) {
        if (/^\d+\.safetensors$/.test(shard.name)) found++;
      }
    }
  } catch {
    // Not there yet.
  }
  return found;
}

/** Starts the command line in a folder. */
function start(
  { folder, line }: { folder: string; line: string },
  stdout: "null" | "piped",
): Deno.ChildProcess {
  const cli = join(ROOT, "cli.ts");
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", cli, ...line.split(" ")],
    cwd: folder,
    stdin: "null",
    stdout,
    stderr: "null",
  }).spawn();
}

/** Starts a command and kills it when so many shards are there; false if it ends. */
async function killAt(
  shards: number,
  { folder, line }: { folder: string; line: string },
): Promise<boolean> {
  const child = start({ folder, line }, "null");
  let ended = false;
  const status = child.status.then((found) => {
    ended = true;
    return found;
  });
  while (!ended && shardsIn(folder) < shards) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (!ended) child.kill("SIGKILL");
  const { signal } = await status;
  return signal === "SIGKILL";
}

Deno.test(
  "sample goes on after SIGKILL: no image lost, doubled or different",
  withModel(async (folder) => {
    // Slow enough that the last batches are far away when it is killed.
    const slow = `${SAMPLE} --steps 60`;
    await run(folder, `${slow} -o unbroken.safetensors`);
    const line = `${slow} -o cut.safetensors`;
    for (const shards of [1, 2, 4]) {
      assert.ok(await killAt(shards, { folder, line }), `${shards} shards`);
    }
    assert.ok(shardsIn(folder) < BATCHES);
    const { err } = await run(folder, line);
    assert.match(err, /it was cut, goes on/);
    const [cut, unbroken] = await Promise.all(
      ["cut", "unbroken"].map((name) =>
        digestFile(join(folder, `${name}.safetensors`))
      ),
    );
    assert.equal(cut, unbroken);
    assert.equal(shardsIn(folder), 0);
  }),
);

Deno.test(
  "sample gives the bytes of one process to several, and the last one ends",
  withSamples(async (folder, digest) => {
    const line = `${SAMPLE} -o shared.safetensors`;
    const path = join(folder, "shared.safetensors");
    const first = await run(folder, `${line} --rank 1 --world 3 --json`);
    const { state, summary } = JSON.parse(first.out);
    assert.equal(state, "ran its share");
    assert.equal(summary.missingBatches, BATCHES - 4);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    const launched = { OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "3" };
    await Promise.all([
      run(folder, line, launched),
      run(folder, `${line} --rank 2 --world 3`),
    ]);
    assert.equal(await digestFile(path), digest);
    const again = await run(folder, `${line} --rank 1 --world 3`);
    assert.match(again.err, /done/);
  }),
);

Deno.test(
  "sample without a rank does what a lost rank left",
  withSamples(async (folder, digest) => {
    const line = `${SAMPLE} -o rest.safetensors`;
    await run(folder, `${line} --rank 1 --world 2`);
    await run(folder, line);
    const path = join(folder, "rest.safetensors");
    assert.equal(await digestFile(path), digest);
  }),
);

Deno.test(
  "sample sends the bytes of its file to a pipe",
  withSamples(async (folder) => {
    const child = start({ folder, line: SAMPLE }, "piped");
    const { code, stdout } = await child.output();
    assert.equal(code, 0);
    const file = await Deno.readFile(join(folder, "whole.safetensors"));
    assert.deepEqual(stdout, file);
  }),
);

Deno.test(
  "sample writes npz, pictures, grid and trace of the same images, and no more",
  withSamples(async (folder) => {
    const line = `${SAMPLE} --npz a.npz --png pictures --grid grid.png ` +
      "--trace trace.safetensors";
    await run(folder, line);
    const whole = await openArtifact(join(folder, "whole.safetensors"));
    const images = (await whole.read("images")).data as Uint8Array;
    const [, height, width] = whole.tensors.get("images")!.shape;
    const source = await openFile(join(folder, "a.npz"));
    const archive = await ZipArchive.open(source);
    assert.deepEqual(
      [...archive.entries.keys()],
      ["arr_0.npy", "spherear.npy"],
    );
    const entry = archive.entries.get("arr_0.npy")!;
    const bytes = await archive.read(entry);
    assert.deepEqual(bytes.subarray(entry.size - images.length), images);
    source.close();
    const names = [...Deno.readDirSync(join(folder, "pictures"))]
      .map(({ name }) => name).sort();
    const expected = Array.from(
      { length: COUNT },
      (_, k) => `${String(k).padStart(6, "0")}.png`,
    );
    assert.deepEqual(names, expected);
    const read = async (name: string) =>
      await decodeRgb(await Deno.readFile(join(folder, name)), { name });
    const pixels = height! * width! * 3;
    assert.deepEqual(
      (await read(`pictures/${names.at(-1)}`)).data,
      images.subarray((COUNT - 1) * pixels),
    );
    const grid = await read("grid.png");
    assert.ok(grid.width >= 5 * width! && grid.height >= 5 * height!);
    const trace = await openArtifact(join(folder, "trace.safetensors"));
    assert.equal(trace.kind, "tokens");
    for (const name of ["tokens", "labels"]) {
      assert.deepEqual(
        await trace.readBytes(name),
        await whole.readBytes(name),
      );
    }
    const decoded = (await trace.read("decoded")).data;
    const rounded = Math.min(255, Math.max(0, 127.5 * decoded[0]! + 128));
    assert.equal(images[0], Math.floor(rounded));
    trace.close();
    whole.close();
    const again = await run(folder, line);
    assert.match(again.err, /done/);
  }),
);

Deno.test(
  "sample makes further outputs of what it has sampled, unless it is to anew",
  withSamples(async (folder, digest) => {
    const line = `${SAMPLE} -o whole.safetensors --npz later.npz --grid a.png`;
    const { err } = await run(folder, line);
    assert.match(err, /Takes the images of "whole.safetensors"/);
    const digestOf = (name: string) => digestFile(join(folder, name));
    assert.equal(await digestOf("whole.safetensors"), digest);
    const later = await digestOf("later.npz");
    const anew = await run(folder, `${line} --force`);
    assert.doesNotMatch(anew.err, /Takes/);
    assert.equal(await digestOf("later.npz"), later);
    const other = await run(folder, `${line} --png new --steps 4`);
    assert.doesNotMatch(other.err, /Takes/);
    assert.notEqual(await digestOf("later.npz"), later);
  }),
);

Deno.test(
  "sample refuses in one line, before the work",
  withModel(async (folder) => {
    await Deno.mkdir(join(folder, "mine"));
    await Deno.writeTextFile(join(folder, "mine/letter.txt"), "dear");
    const base = "sample --model model.safetensors";
    const cases: [string, RegExp][] = [
      [
        `${base} -o o --classes 99`,
        /--classes "99": expected numbers from 0 to 2/,
      ],
      [`${base} -o o --classes some`, /class "some": the model has no class/],
      [`${base} -o o --seeds 4-2`, /--seeds "4-2": .* ranges that run up/],
      [`${base} -o o --seeds 4 --noise none`, /"none": no such file/],
      [`${base} --png mine`, /expected an empty or new folder, .*letter\.txt/],
      [`${base} --npz -`, /"npz" of sample to a pipe: expected a file/],
      [`${base} -o o --rank 2 --world 2`, /rank 2 of 2: expected --rank from/],
      [`${base} -o o --rank 0`, /rank 0 of \(none\)/],
      [`${base} --rank 0 --world 2`, /goes to a pipe, expected files/],
      [`${base} -o o --noise-run x`, /--noise-run without --noise/],
      [`${base} -o o --noise none`, /"none": no such file/],
    ];
    for (const [line, reason] of cases) {
      const { code, err } = await spherear(line.split(" "), { cwd: folder });
      assert.equal(code, 2, `${line}: ${err}`);
      assert.match(err, reason);
      assert.doesNotMatch(err, /Internal error/);
    }
    assert.deepEqual(
      [...Deno.readDirSync(folder)].map(({ name }) => name)
        .filter((name) => !name.startsWith(".")).sort(),
      ["mine", "model.safetensors"],
    );
  }),
);
