import assert from "node:assert/strict";
import type {
  Batch,
  BatchListener,
  Painted,
  Painter,
} from "../../../../lib/workflow/serve/painter.ts";
import { SampleQueue } from "../../../../lib/workflow/serve/queue.ts";
import type { WantedImages } from "../../../../lib/workflow/serve/sample_request.ts";

const SAMPLING = {
  solver: "euler",
  steps: 4,
  cfg: 2,
  cfgSchedule: "constant",
  perClass: 1,
} as const;

/** Paints batches of four when it is told to; a picture says its image's number. */
class SlowPainter implements Painter {
  readonly batch = 4;
  readonly tokens: number;
  readonly batches: Batch[] = [];
  readonly aborted: number[] = [];
  #steps: (() => void)[] = [];

  constructor({ tokens = 2 }: { readonly tokens?: number } = {}) {
    this.tokens = tokens;
  }

  /** Has no time for previews before a token. */
  firstPreview = 0;

  async paint(
    batch: Batch,
    { signal, onToken, wantsPreview, onPreview }: BatchListener,
  ): Promise<readonly Painted[]> {
    const place = this.batches.push(batch) - 1;
    for (let token = 1; token <= this.tokens; token++) {
      await new Promise<void>((resolve) => this.#steps.push(resolve));
      if (signal.aborted) {
        this.aborted.push(place);
        throw signal.reason;
      }
      if (batch.seed === 13) throw new Error("A broken engine");
      onToken(token);
      if (token < this.firstPreview || !wantsPreview(token)) continue;
      onPreview(token, paintedOf(batch));
    }
    return paintedOf(batch);
  }

  /** Lets the batch at hand go on to its next token. */
  async token(): Promise<void> {
    await settled();
    this.#steps.shift()?.();
    await settled();
  }

  async whole(): Promise<void> {
    for (let i = 0; i < this.tokens; i++) await this.token();
  }
}

function paintedOf(batch: Batch): Painted[] {
  return Array.from(batch.indices, (index) => ({
    picture: {
      width: 1,
      height: 1,
      channels: 3,
      data: Uint8Array.of(index, batch.classes[0]!, batch.seed),
    },
    tokens: new Float32Array(0),
  }));
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function images(
  indices: readonly number[],
  { seed = 0, cfg = 2, previews = 0 }: {
    seed?: number;
    cfg?: number;
    previews?: number;
  } = {},
): WantedImages {
  return {
    sampling: { ...SAMPLING, cfg },
    seed,
    classes: new Int32Array(indices.length).fill(5),
    indices: Uint32Array.from(indices),
    grid: false,
    tokens: false,
    previews,
  };
}

/** A client, and what it was told. */
function client() {
  const controller = new AbortController();
  const found = new Map<number, number>();
  const progress: number[] = [];
  /** Place, tokens that are there, number of the image. */
  const previews: [number, number, number][] = [];
  const listener = {
    signal: controller.signal,
    onImage: (place: number, { picture }: Painted) => {
      found.set(place, picture.data[0]!);
    },
    onProgress: (done: number) => {
      progress.push(done);
    },
    onPreview: (place: number, done: number, { picture }: Painted) => {
      previews.push([place, done, picture.data[0]!]);
    },
  };
  return { controller, found, progress, previews, listener };
}

function numbersIn(batches: readonly Batch[]): number[][] {
  return batches.map(({ indices }) => [...indices]);
}

Deno.test("SampleQueue joins requests whose options agree, and no others", async () => {
  const painter = new SlowPainter();
  const queue = new SampleQueue(painter, { most: 100 });
  const wanted = [
    images([1]),
    images([2, 3]),
    images([4], { seed: 1 }),
    images([5], { cfg: 3 }),
    images([6, 7]),
  ];
  const clients = wanted.map(() => client());
  const all = wanted.map((one, i) => queue.add(one, clients[i]!.listener));
  // The first was taken before the others came.
  assert.equal(queue.waiting, 6);
  for (let i = 0; i < 4; i++) await painter.whole();
  await Promise.all(all);
  assert.deepEqual(numbersIn(painter.batches), [[1], [2, 3, 6, 7], [4], [5]]);
  const found = clients.map((one) => [...one.found]);
  assert.deepEqual(found, [
    [[0, 1]],
    [[0, 2], [1, 3]],
    [[0, 4]],
    [[0, 5]],
    [[0, 6], [1, 7]],
  ]);
  assert.equal(queue.waiting, 0);
});

Deno.test("SampleQueue lets requests take turns, and tells each its progress", async () => {
  const painter = new SlowPainter();
  const queue = new SampleQueue(painter, { most: 100 });
  const [large, small] = [client(), client()];
  const numbers = [...Array(9).keys()];
  const first = queue.add(images(numbers), large.listener);
  const second = queue.add(images([50], { seed: 1 }), small.listener);
  for (let i = 0; i < 4; i++) await painter.whole();
  await Promise.all([first, second]);
  assert.deepEqual(numbersIn(painter.batches), [
    [0, 1, 2, 3],
    [50],
    [4, 5, 6, 7],
    [8],
  ]);
  assert.deepEqual(large.progress, [4, 8, 12, 16, 17, 18]);
  assert.deepEqual(small.progress, [1, 2]);
});

Deno.test("SampleQueue ends a batch at the next token where nobody wants it", async () => {
  const painter = new SlowPainter();
  const queue = new SampleQueue(painter, { most: 100 });
  const [blocker, one, other, last] = [client(), client(), client(), client()];
  const blocked = queue.add(images([0], { seed: 9 }), blocker.listener);
  const left = assert.rejects(queue.add(images([1]), one.listener), {
    name: "AbortError",
  });
  const stays = queue.add(images([2]), other.listener);
  await painter.whole();
  await blocked;
  await painter.token();
  one.controller.abort();
  await left;
  await painter.token();
  await stays;
  assert.deepEqual(painter.aborted, [], "the other one still wants it");
  assert.deepEqual([...other.found], [[0, 2]]);
  assert.equal(one.found.size, 0);
  const again = queue.add(images([3, 4, 5, 6, 7]), last.listener);
  await painter.token();
  last.controller.abort();
  await assert.rejects(again, { name: "AbortError" });
  await painter.token();
  assert.deepEqual(painter.aborted, [2]);
  assert.equal(queue.waiting, 0, "what waited was dropped");
  const fresh = client();
  const done = queue.add(images([8]), fresh.listener);
  await painter.whole();
  await done;
  assert.deepEqual([...fresh.found], [[0, 8]]);
});

Deno.test("SampleQueue refuses what is too much, and what nobody waits for", async () => {
  const painter = new SlowPainter();
  const queue = new SampleQueue(painter, { most: 5 });
  const first = queue.add(images([0, 1, 2, 3, 4]), client().listener);
  assert.equal(queue.waiting, 1);
  const full = { name: "QueueFull", retrySeconds: 1 };
  assert.throws(
    () => queue.add(images([1, 2, 3, 4, 5]), client().listener),
    full,
  );
  const gone = client();
  gone.controller.abort();
  await assert.rejects(queue.add(images([9]), gone.listener), {
    name: "AbortError",
  });
  assert.equal(queue.waiting, 1);
  await painter.whole();
  await painter.whole();
  await first;
});

Deno.test("SampleQueue tells those of a batch that fails, and goes on", async () => {
  const painter = new SlowPainter();
  const queue = new SampleQueue(painter, { most: 100 });
  const broken = queue.add(
    images([1, 2, 3, 4, 5], { seed: 13 }),
    client().listener,
  );
  const good = client();
  const other = queue.add(images([6]), good.listener);
  const failed = assert.rejects(broken, { message: "A broken engine" });
  await painter.token();
  await failed;
  await painter.whole();
  await other;
  assert.deepEqual([...good.found], [[0, 6]]);
  assert.equal(painter.batches.length, 2);
});

Deno.test("SampleQueue shows images in the making to those who want it, evenly", async () => {
  const painter = new SlowPainter({ tokens: 8 });
  const queue = new SampleQueue(painter, { most: 100 });
  const [blocker, none, three, one] = [client(), client(), client(), client()];
  const { onPreview: _, ...deaf } = client().listener;
  const all = [
    queue.add(images([0], { seed: 1, previews: 16 }), blocker.listener),
    queue.add(images([1]), none.listener),
    queue.add(images([2], { previews: 16 }), deaf),
    queue.add(images([3, 4, 5], { previews: 3 }), three.listener),
    queue.add(images([6, 7], { previews: 1 }), one.listener),
  ];
  for (let i = 0; i < 3; i++) await painter.whole();
  await Promise.all(all);
  assert.deepEqual(numbersIn(painter.batches), [[0], [1, 2, 3, 4], [5, 6, 7]]);
  const every = blocker.previews.map(([, done]) => done);
  assert.deepEqual(every, [1, 2, 3, 4, 5, 6, 7], "and never the last");
  assert.deepEqual(none.previews, []);
  assert.deepEqual(three.previews, [
    ...[[0, 2, 3], [1, 2, 4], [0, 4, 3], [1, 4, 4], [0, 6, 3], [1, 6, 4]],
    ...[[2, 2, 5], [2, 4, 5], [2, 6, 5]],
  ]);
  assert.deepEqual(one.previews, [[0, 4, 6], [1, 4, 7]]);
});

Deno.test("SampleQueue makes no more previews where the painter has no time, nor for those who left", async () => {
  const painter = new SlowPainter({ tokens: 8 });
  const queue = new SampleQueue(painter, { most: 100 });
  painter.firstPreview = 5;
  const late = client();
  const first = queue.add(images([0], { previews: 3 }), late.listener);
  await painter.whole();
  await first;
  assert.deepEqual(late.previews, [[0, 5, 0], [0, 6, 0]]);
  const [gone, stays] = [client(), client()];
  const left = assert.rejects(
    queue.add(images([1], { previews: 3 }), gone.listener),
  );
  const second = queue.add(images([2]), stays.listener);
  gone.controller.abort();
  await left;
  await painter.whole();
  await painter.whole();
  await second;
  assert.deepEqual([gone.previews, stays.previews], [[], []]);
});

Deno.test("SampleQueue drops everything when it is closed", async () => {
  const painter = new SlowPainter();
  const queue = new SampleQueue(painter, { most: 100 });
  const reason = new DOMException("The end", "AbortError");
  const all = [
    queue.add(images([1, 2, 3, 4, 5]), client().listener),
    queue.add(images([6], { seed: 1 }), client().listener),
  ].map((promise) => assert.rejects(promise, { message: "The end" }));
  await painter.token();
  const closed = queue.close(reason);
  await Promise.all(all);
  await painter.token();
  await closed;
  assert.deepEqual(painter.aborted, [0]);
});
