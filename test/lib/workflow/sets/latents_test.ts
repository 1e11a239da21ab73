import assert from "node:assert/strict";
import { PAPER_LAW } from "../../../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import { latentBatches } from "../../../../lib/workflow/sets/latents.ts";
import { latentSource } from "./_sources.ts";

const [IMAGES, VIEWS, TOKENS, D] = [6, 3, 2, 2];

/** Every number tells its image and view; class 1 may not be mirrored. */
const LATENTS = latentSource({
  images: IMAGES,
  views: VIEWS,
  tokens: TOKENS,
  d: D,
  law: PAPER_LAW,
  parts: {
    mu: hostTensor(
      "f32",
      [IMAGES, VIEWS, TOKENS, D],
      Float32Array.from(
        { length: IMAGES * VIEWS * TOKENS * D },
        (_, i) => Math.floor(i / (TOKENS * D)),
      ),
    ),
    kappa: hostTensor(
      "f32",
      [IMAGES, VIEWS, TOKENS],
      Float32Array.from(
        { length: IMAGES * VIEWS * TOKENS },
        (_, i) => 100 + Math.floor(i / TOKENS),
      ),
    ),
  },
  // Four images of class 0, two of class 1.
  labels: Int32Array.of(0, 0, 1, 0, 1, 0),
  classes: ["any way", "upright"],
  viewsOf: [[0, 1, 2], [0, 2]],
  centredOf: [[0, 1], [0]],
});

const OPTIONS = { batch: 4, classPower: 1, seed: 5 };

interface Row {
  readonly image: number;
  readonly view: number;
  readonly label: number;
}

/** The rows of a batch, by the numbers that they hold. */
async function rowsOf(options: typeof OPTIONS, step: number): Promise<Row[]> {
  const batch = await latentBatches(LATENTS, options)(step);
  const data = (name: string) => (batch[name] as HostTensor).data;
  const [mu, kappa, classes] = [data("mu"), data("kappa"), data("classes")];
  return Array.from({ length: options.batch }, (_, row) => {
    const entry = mu[row * TOKENS * D]!;
    const same = mu.subarray(row * TOKENS * D, (row + 1) * TOKENS * D);
    assert.ok(same.every((value) => value === entry));
    const kappas = kappa.subarray(row * TOKENS, (row + 1) * TOKENS);
    assert.ok(kappas.every((value) => value === 100 + entry));
    const image = Math.floor(entry / VIEWS);
    return { image, view: entry % VIEWS, label: classes[row]! };
  });
}

Deno.test("latentBatches() draws images with their class and the views it may use", async () => {
  const rows = await rowsOf({ ...OPTIONS, batch: 500 }, 0);
  const seen = new Set(rows.map(({ image, view }) => `${image} ${view}`));
  const allowed = [...LATENTS.labels].flatMap((label, image) =>
    LATENTS.viewsOf[label]!.map((view) => `${image} ${view}`)
  );
  assert.deepEqual([...seen].sort(), allowed.sort());
  for (const { image, label } of rows) {
    assert.equal(label, LATENTS.labels[image]);
  }
});

Deno.test("latentBatches() draws a class of n images as often as its power says", async () => {
  const share = async (classPower: number) => {
    const rows = await rowsOf({ ...OPTIONS, batch: 4000, classPower }, 1);
    return rows.filter(({ label }) => label === 0).length / rows.length;
  };
  const expected = [[1, 4 / 6], [0.5, 2 / (2 + Math.SQRT2)], [0, 0.5]] as const;
  for (const [power, want] of expected) {
    const found = await share(power);
    if (!(Math.abs(found - want) <= 0.03)) {
      assert.fail(`power ${power}: share ${found}, expected ${want}`);
    }
  }
});

Deno.test("latentBatches() depends on seed, step and row alone", async () => {
  const rows = await rowsOf(OPTIONS, 7);
  const more = await rowsOf({ ...OPTIONS, batch: 6 }, 7);
  assert.deepEqual(more.slice(0, 4), rows);
  const others = [
    await rowsOf(OPTIONS, 8),
    await rowsOf({ ...OPTIONS, seed: 6 }, 7),
  ];
  for (const other of others) assert.notDeepEqual(other, rows);
});

Deno.test("latentBatches() takes images as they are once augmentation went away", async () => {
  const options = { ...OPTIONS, batch: 6, augmentUntil: 1, augmentEnd: 2 };
  const views = new Set<string>();
  for (let step = 2; step < 40; step++) {
    for (const { label, view } of await rowsOf(options, step)) {
      views.add(`${label} ${view}`);
    }
  }
  assert.deepEqual([...views].sort(), ["0 0", "0 1", "1 0"]);
  // In the first epoch rows are those of a training without a decay.
  const { augmentUntil: _, augmentEnd: __, ...always } = options;
  assert.deepEqual(await rowsOf(options, 0), await rowsOf(always, 0));
});
