import assert from "node:assert/strict";
import {
  PERCEPTUAL_NETWORKS,
  type PerceptualConfig,
  perceptualDistance,
  type PerceptualNetwork,
  perceptualNetworkOf,
} from "../../../../lib/model/mod.ts";
import { Parameters } from "../../../../lib/nn/mod.ts";
import {
  constantArray,
  grad,
  hostTensor,
  scalar,
  sum,
} from "../../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../../engines.ts";
import { constants, evaluate, noise, randomWeights } from "../_models.ts";
import { type Computation, compute, REFERENCE } from "../../sphere/_engines.ts";

/** Two maps: the image itself, and twice of it; the second counts 1/2, 1/4. */
const PLAIN: PerceptualNetwork<{ readonly gains: boolean }> = {
  title: "plain",
  shapes: () => ({}),
  check: () => {},
  features: (_, images) => [images, images],
  gains: (_, { gains }) =>
    gains
      ? [constantArray([2], [1, 1]), constantArray([2], [0.5, 0.25])]
      : null,
};

// Two pixels of two channels: [3, 4] against [4, 3], and zeros against [0, 2].
const IMAGE = constantArray([1, 2, 1, 2], [3, 0, 4, 0]);
const OTHER = constantArray([1, 2, 1, 2], [4, 0, 3, 2]);
const NONE = new Parameters({});

Deno.test("perceptualDistance() is Equation 1 of LPIPS", async () => {
  const of = (gains: boolean) =>
    perceptualDistance(PLAIN, NONE, {
      image: IMAGE,
      reconstruction: OTHER,
      config: { gains },
    });
  const found = await evaluate({ all: of(false), weighed: of(true) });
  // Pixel 0 differs by 1/5 in both channels, pixel 1 by 0 and 1.
  const map = (first: number, second: number) =>
    ((first + second) / 25 + second) / 2;
  const close = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) <= 1e-9, `${actual}, ${expected}`);
  close(found.all.data[0]!, 2 * map(1, 1));
  close(found.weighed.data[0]!, map(1, 1) + map(0.5, 0.25));
});

Deno.test("perceptualDistance() has a finite gradient at zero features", async () => {
  const distance = perceptualDistance(PLAIN, NONE, {
    image: OTHER,
    reconstruction: IMAGE,
    config: { gains: false },
  });
  const [dx] = grad(sum(distance), [IMAGE]);
  const found = await evaluate({ dx: dx! });
  assert.ok([...found.dx.data].every(Number.isFinite), `${found.dx.data}`);
  assert.ok([...found.dx.data].some((value) => value !== 0));
});

Deno.test("perceptualDistance() drops half of the differences", async () => {
  const shape = [4, 8, 16, 16];
  const inputs = {
    image: noise(shape, { name: "a" }),
    reconstruction: noise(shape, { name: "b" }),
    key: hostTensor("u32", [2], Uint32Array.of(1, 0)),
    rows: hostTensor("u32", [4], Uint32Array.of(0, 1, 2, 3)),
  };
  const found = await compute({
    inputs,
    build: ({ image, reconstruction, key, rows }) => {
      const pair = {
        image: image!,
        reconstruction: reconstruction!,
        config: { gains: false },
      };
      const source = { key: key!, rows: rows!, step: scalar(0, "u32") };
      const dropout = { source, stream: 32 };
      return {
        all: perceptualDistance(PLAIN, NONE, pair),
        half: perceptualDistance(PLAIN, NONE, { ...pair, dropout }),
      };
    },
  });
  found.half!.forEach((half, row) => {
    const ratio = half / found.all![row]!;
    // 4096 differences, kept or doubled: a deviation of about 2 percent.
    assert.ok(Math.abs(ratio - 1) <= 0.08 && ratio !== 1, `${ratio}`);
  });
});

const NETWORKS: readonly PerceptualConfig[] = [
  { name: "vgg16-lpips", widths: [4, 6, 8], repeats: [1, 2, 1] },
  {
    name: "classifier",
    image_size: 16,
    channels: [8, 12],
    features: 5,
    num_classes: 3,
  },
];

for (const config of NETWORKS) {
  const inputs = {
    image: noise([2, 3, 16, 16], { name: "image", deviation: 0.5 }),
    reconstruction: noise([2, 3, 16, 16], { name: "other", deviation: 0.5 }),
  };
  const network = perceptualNetworkOf(config);
  const p = constants(randomWeights(network.shapes(config)));
  const graph: Computation = {
    inputs,
    build: ({ image, reconstruction }) => {
      const distance = perceptualDistance(network, p, {
        image: image!,
        reconstruction: reconstruction!,
        config,
      });
      const [dx] = grad(sum(distance), [reconstruction!]);
      const same = perceptualDistance(network, p, {
        image: image!,
        reconstruction: image!,
        config,
      });
      return { distance, dx: dx!, same };
    },
  };

  await testOnEngines({
    [`the distance of ${config.name} agrees`]: async (engine) => {
      const expected = await compute(graph, REFERENCE);
      const found = await compute(graph, engine);
      assert.deepEqual(found.same, [0, 0]);
      for (
        const [key, tolerance] of [["distance", 1e-4], ["dx", 5e-4]] as const
      ) {
        const largest = Math.max(...expected[key]!.map(Math.abs));
        assert.ok(largest > 0);
        expected[key]!.forEach((value, i) => {
          const error = Math.abs(found[key]![i]! - value) / largest;
          assert.ok(error <= tolerance, `${key} at ${i}: error ${error}`);
        });
      }
    },
  }, { reference: false });
}

Deno.test("perceptual networks refuse sizes that do not fit", () => {
  const { "vgg16-lpips": vgg, classifier } = PERCEPTUAL_NETWORKS;
  const sizes = { name: "vgg16-lpips" as const, widths: [8, 8], repeats: [1] };
  assert.throws(() => vgg.check(sizes, 64), {
    name: "RangeError",
    message: /repeats has 1 numbers, expected one for each of 2 widths/,
  });
  assert.throws(() => vgg.check({ ...sizes, repeats: [1, 1] }, 1), {
    name: "RangeError",
    message: /images have 1 pixels, expected at least 2/,
  });
  const [, small] = NETWORKS;
  assert.ok(small?.name === "classifier");
  classifier.check(small, 16);
  assert.throws(() => classifier.check(small, 32), {
    name: "RangeError",
    message: /image_size is 16, expected 32/,
  });
});
