import {
  add,
  attention,
  cachedAttention,
  concat,
  constantArray,
  matmul,
  permute,
  reshape,
  rotary,
  slice,
  type Tensor,
  vjp,
} from "../../../../lib/tensor/mod.ts";
import { Draw, i32 } from "../../../cases/values.ts";
import { type Agreement, testAgreement } from "./agreement.ts";

type Sizes = readonly [
  batch: number,
  heads: number,
  queries: number,
  keys: number,
  width: number,
];

function withGradients(
  [batch, heads, queries, keys, width]: Sizes,
  causal: boolean,
): Agreement {
  const draw = new Draw(7);
  const q = [batch, heads, queries, width];
  const k = [batch, heads, keys, width];
  return {
    values: {
      q: draw.floats(q),
      k: draw.floats(k),
      v: draw.floats(k),
      dy: draw.floats(q),
    },
    build: ({ q, k, v, dy }) => {
      const y = attention([q!, k!, v!], { causal, scale: width ** -0.5 });
      const [dq, dk, dv] = vjp(y, [q!, k!, v!], dy!) as Tensor[];
      return { y, dq: dq!, dk: dk!, dv: dv! };
    },
  };
}

await testAgreement("attention and its gradients over lengths beside tiles", [
  () => withGradients([1, 2, 1, 1, 6], true),
  () => withGradients([2, 1, 9, 9, 4], true),
  () => withGradients([1, 1, 31, 33, 6], false),
  () => withGradients([1, 2, 40, 71, 10], true),
]);

await testAgreement("attention of wider heads by expansion", [
  () => withGradients([1, 1, 5, 5, 132], true),
]);

await testAgreement("attention without one of the gradients", [
  () => {
    const all = withGradients([1, 1, 12, 12, 8], true);
    const only = (name: string): Agreement["build"] => (inputs) => ({
      [name]: all.build(inputs)[name]!,
    });
    return { ...all, build: only("dk") };
  },
  () => {
    const all = withGradients([1, 1, 12, 12, 8], true);
    return {
      ...all,
      build: (inputs) => {
        const { dv, dq } = all.build(inputs);
        return { dv: dv!, dq: dq! };
      },
    };
  },
]);

/** A block's attention: heads turned and cut out of one product, and back. */
function block(length: number): Agreement {
  const [batch, heads, width] = [2, 3, 8];
  const model = heads * width;
  const draw = new Draw(3);
  return {
    values: {
      x: draw.floats([batch, length, model]),
      w: draw.floats([model, 3 * model]),
      dy: draw.floats([batch, length, model]),
    },
    build: ({ x, w, dy }) => {
      const all = matmul(x!, w!);
      const angles = Array.from(
        { length: length * width / 2 },
        (_, i) => 0.1 * i,
      );
      const [cosine, sine] = [Math.cos, Math.sin].map((f) =>
        constantArray([length, width / 2], angles.map(f))
      );
      const part = (i: number) =>
        reshape(
          slice(all, 2, { start: i * model, stop: (i + 1) * model }),
          [batch, length, heads, width],
        );
      const turned = (i: number) => rotary(part(i), cosine!, sine!);
      const byHead = (y: Tensor) => permute(y, [0, 2, 1, 3]);
      const mixed = attention(
        [byHead(turned(0)), byHead(turned(1)), byHead(part(2))],
        { causal: true, scale: width ** -0.5 },
      );
      const y = add(x!, reshape(byHead(mixed), [batch, length, model]));
      const [dx, dw] = vjp(y, [x!, w!], dy!) as Tensor[];
      return { y, dx: dx!, dw: dw! };
    },
    tolerance: 1e-4,
  };
}

await testAgreement(
  "attention reads turned views and writes where it is read",
  [
    () => block(1),
    () => block(21),
  ],
);

function cached(
  [batch, heads, rows, all, width]: Sizes,
  position: number,
): Agreement {
  const draw = new Draw(5);
  const row = [batch, heads, rows, width];
  const cache = [batch, heads, all, width];
  return {
    values: {
      q: draw.floats(row),
      k: draw.floats(row),
      v: draw.floats(row),
      keys: draw.floats(cache),
      values: draw.floats(cache),
      position: i32([], [position]),
    },
    build: ({ q, k, v, keys, values, position }) => {
      const y = cachedAttention({
        q: q!,
        k: k!,
        v: v!,
        keys: keys!,
        values: values!,
        position: position!,
        scale: width ** -0.5,
      });
      return { y: concat([y, y], 0) };
    },
  };
}

await testAgreement("attention over caches shorter and longer than a window", [
  () => cached([2, 2, 1, 1, 6], 0),
  () => cached([1, 2, 1, 271, 64], 270),
  () => cached([1, 2, 16, 40, 8], 3),
  () => cached([1, 1, 2, 600, 10], 550),
]);

await testAgreement("attention over caches that workgroups share", [
  () => cached([1, 1, 1, 770, 6], 769),
  () => cached([1, 1, 1, 770, 6], 300),
  () => cached([1, 1, 1, 770, 6], 0),
  () => cached([1, 1, 3, 513, 10], 510),
]);
