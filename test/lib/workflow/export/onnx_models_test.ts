import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openSafetensors,
  type SafetensorsReader,
  writeArtifact,
} from "../../../../lib/artifact/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { assertClose } from "../../../tensors.ts";
import { ROOT, spherear } from "../../../stages/run_cli.ts";
import { Session } from "./_sessions.ts";

const RECORDED = join(ROOT, "test/golden/sample.safetensors");
const FILES = ["start", "token", "head", "decoder"] as const;

interface Run {
  readonly name: string;
  readonly solver: "euler" | "euler_maruyama";
  readonly schedule: "linear" | "constant" | "none";
  readonly cfg: number;
  readonly steps: number;
}

interface Sizes {
  readonly vae: object;
  readonly ar: { readonly num_classes: number };
  readonly image_size: number;
  readonly patch_size: number;
  readonly latent_dim: number;
  readonly runs: readonly Run[];
}

/** Writes the recorded model as an artifact. */
async function writeModel(
  path: string,
  { recorded, sizes }: { recorded: SafetensorsReader; sizes: Sizes },
): Promise<void> {
  const { vae, ar, image_size, patch_size, latent_dim } = sizes;
  const names = [...recorded.tensors.keys()]
    .filter((name) => name.startsWith("weights/"));
  const entries = await Promise.all(
    names.map(async (name) =>
      [name.slice("weights/".length), await recorded.read(name)] as const
    ),
  );
  await writeArtifact(path, {
    kind: "model",
    tensors: Object.fromEntries(entries),
    config: {
      ...ar,
      latent_dim,
      grid: image_size / patch_size,
      classes: [],
      vae: { ...vae, image_size, patch_size, latent_dim },
    },
  });
}

function floats(shape: readonly number[], data: Float32Array): HostTensor {
  return hostTensor("f32", shape, data);
}

type Models = Readonly<Record<typeof FILES[number], Session>>;
type Rows = Float32Array<ArrayBuffer>;

/** What a person has to write who samples by the exported models alone. */
class ByHand {
  readonly #models: Models;
  readonly #run: Run;
  readonly #noise: HostTensor;
  readonly #d: number;
  readonly #rows: number;

  constructor(
    models: Models,
    { run, noise }: { run: Run; noise: HostTensor },
  ) {
    this.#models = models;
    this.#run = run;
    this.#noise = noise;
    [this.#rows, this.#d] = noise.shape.slice(2) as [number, number];
  }

  /** Tokens [images, N, d] in the order of the models: token by token. */
  async tokens(classes: Int32Array, noClass: number): Promise<Rows[]> {
    const all = new Int32Array(this.#rows).fill(noClass);
    all.set(classes);
    let state = await this.#models.start.run({
      classes: hostTensor("i32", [this.#rows], all),
    });
    const tokens: Rows[] = [];
    const count = this.#noise.shape[0]!;
    for (let token = 0; token < count; token++) {
      if (token > 0) state = await this.#read(tokens.at(-1)!, token, state);
      tokens.push(await this.#solve(token, state.condition!));
    }
    return tokens;
  }

  #read(z: Rows, token: number, state: Readonly<Record<string, HostTensor>>) {
    const past = Object.entries(state)
      .map(([name, cache]) => [`past.${name}`, cache] as const);
    return this.#models.token.run({
      z: floats([this.#rows, this.#d], z),
      token: hostTensor("i32", [], Int32Array.of(token)),
      ...Object.fromEntries(past),
    });
  }

  #scale(token: number): number {
    const { schedule, cfg } = this.#run;
    const share = schedule === "linear" ? token / this.#noise.shape[0]! : 1;
    return schedule === "none" ? 1 : 1 + (cfg - 1) * share;
  }

  /** Draw `draw` of a token; guidance couples both halves. */
  #draw(token: number, draw: number): Rows {
    const size = this.#rows * this.#d;
    const start = (token * this.#noise.shape[1]! + draw) * size;
    const data = this.#noise.data.slice(start, start + size) as Rows;
    if (this.#scale(token) > 1) data.copyWithin(size / 2, 0, size / 2);
    return data;
  }

  async #velocity(x: Rows, t: number, { token, condition }: {
    token: number;
    condition: HostTensor;
  }): Promise<Rows> {
    const { velocity } = await this.#models.head.run({
      x: floats([this.#rows, this.#d], x),
      t: floats([this.#rows], new Float32Array(this.#rows).fill(t)),
      condition,
    });
    const v = velocity!.data as Rows;
    const scale = this.#scale(token);
    const half = v.length / 2;
    if (scale > 1) {
      for (let i = 0; i < half; i++) {
        const free = v[half + i]!;
        v[i] = v[half + i] = free + scale * (v[i]! - free);
      }
    }
    return v;
  }

  async #solve(token: number, condition: HostTensor): Promise<Rows> {
    const { solver, steps } = this.#run;
    const stochastic = solver === "euler_maruyama";
    const last = stochastic ? 0.04 : 0;
    const dt = (1 - last) / steps;
    let x = this.#draw(token, 0);
    for (let step = 0; step < steps; step++) {
      const t = step * dt;
      const v = await this.#velocity(x, t, { token, condition });
      if (!stochastic) x = x.map((value, i) => value + dt * v[i]!);
      else {
        const noise = this.#draw(token, step + 1);
        const width = Math.sqrt(2 * (1 - t) * dt);
        x = x.map((value, i) =>
          value + dt * ((1 + t) * v[i]! - value) + width * noise[i]!
        );
      }
    }
    if (stochastic) {
      const v = await this.#velocity(x, 1 - last, { token, condition });
      x = x.map((value, i) => value + last * v[i]!);
    }
    return onSphere(x, this.#d);
  }
}

/** Rows scaled to radius sqrt(d). */
function onSphere(x: Rows, d: number): Rows {
  return x.map((value, i) => {
    const start = i - i % d;
    return value * Math.sqrt(d) / Math.hypot(...x.subarray(start, start + d));
  });
}

/** Token by token as [images, N, d]. */
function byImage(
  tokens: readonly Rows[],
  { images, d }: { images: number; d: number },
): HostTensor {
  const data = new Float32Array(images * tokens.length * d);
  tokens.forEach((rows, token) => {
    for (let image = 0; image < images; image++) {
      const row = rows.subarray(image * d, (image + 1) * d);
      data.set(row, (image * tokens.length + token) * d);
    }
  });
  return floats([images, tokens.length, d], data);
}

Deno.test("exported models sample the recorded images in plain onnxruntime", () =>
  inFolder(async (folder) => {
    const recorded = await openSafetensors(RECORDED);
    const sizes = JSON.parse(recorded.metadata["config"]!) as Sizes;
    const path = join(folder, "model.safetensors");
    await writeModel(path, { recorded, sizes });
    const out = join(folder, "onnx");
    const line = ["export", path, "--format", "onnx", "-o", out];
    const { code, err } = await spherear(line);
    assert.equal(code, 0, err);
    const left = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    assert.deepEqual(left, FILES.map((name) => `${name}.onnx`).sort());
    const sessions = await Promise.all(
      FILES.map(async (name) =>
        [name, await Session.open(join(out, `${name}.onnx`))] as const
      ),
    );
    const models = Object.fromEntries(sessions) as Models;
    const classes = (await recorded.read("in/classes")).data as Int32Array;
    for (const run of sizes.runs) {
      const noise = await recorded.read(`in/${run.name}/noise`);
      const hand = new ByHand(models, { run, noise });
      const tokens = byImage(
        await hand.tokens(classes, sizes.ar.num_classes),
        { images: classes.length, d: sizes.latent_dim },
      );
      const { images } = await models.decoder.run({ z: tokens });
      const found = { tokens, image: images! };
      for (const [part, tensor] of Object.entries(found)) {
        const what = `out/${run.name}/${part}`;
        const expected = await recorded.read(what);
        assertClose(tensor, expected, { what, tolerance: 1e-4 });
      }
    }
    for (const [, session] of sessions) await session.close();
    recorded.close();
  }));
