import assert from "node:assert/strict";
import { wantedImages } from "../../../../lib/workflow/serve/sample_request.ts";

const DEFAULTS = {
  solver: "euler",
  steps: 25,
  cfg: 3,
  cfgSchedule: "constant",
  perClass: 16,
} as const;

const CONTEXT = {
  names: ["dark", "light", "odd", "red, green"],
  defaults: DEFAULTS,
  limits: { images: 8, steps: 100 },
};

/** Bodies, and the classes and numbers of their images. */
const WANTED: readonly (readonly [unknown, number[], number[]])[] = [
  [{}, [0], [0]],
  [{ count: 3 }, [0, 1, 2], [0, 1, 2]],
  [{ classes: "light" }, [1], [0]],
  [{ classes: "light,0-1" }, [1, 0, 1], [0, 1, 2]],
  [{ classes: ["Odd", 1, "red, green", "0-1"] }, [2, 1, 3, 0, 1], [
    0,
    1,
    2,
    3,
    4,
  ]],
  [{ classes: [2], count: 2 }, [2, 2], [0, 1]],
  [{ classes: "light", seeds: "5,17-18" }, [1, 1, 1], [5, 17, 18]],
  [{ classes: "dark,odd", seeds: [9, 4294967295] }, [0, 2], [9, 4294967295]],
  [{ classes: "balanced", count: 2 }, [0, 1], [0, 1]],
];

for (const [body, classes, indices] of WANTED) {
  Deno.test(`wantedImages() of ${JSON.stringify(body)}`, () => {
    const wanted = wantedImages(body, CONTEXT);
    assert.deepEqual([...wanted.classes], classes);
    assert.deepEqual([...wanted.indices], indices);
    assert.deepEqual(wanted.sampling, DEFAULTS);
    assert.equal(wanted.seed, 0);
    assert.equal(wanted.grid, false);
    assert.equal(wanted.previews, 0);
  });
}

Deno.test("wantedImages() draws uniform classes by seed and number", () => {
  const of = (
    body: object,
  ) => [...wantedImages({ classes: "uniform", ...body }, CONTEXT).classes];
  const all = of({ count: 8, seed: 3 });
  assert.deepEqual(of({ seeds: "5", seed: 3 }), [all[5]]);
  assert.notDeepEqual(of({ count: 8, seed: 4 }), all);
});

Deno.test("wantedImages() puts what is said in the place of defaults", () => {
  const body = { steps: "50:5", solver: "euler-maruyama", cfg: 1.5, seed: 7 };
  const { sampling, seed } = wantedImages(body, CONTEXT);
  const { seed: _, ...changed } = body;
  assert.deepEqual(sampling, { ...DEFAULTS, ...changed });
  assert.equal(seed, 7);
});

/** Bodies, and why they are refused. */
const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [[], /expected object, found \[\]/],
  [null, /expected object, found null/],
  [{ colour: 1 }, /unrecognized key: "colour"/],
  [{ preset: "tiny" }, /unrecognized key: "preset"/],
  [{ noise: "/etc/passwd" }, /unrecognized key: "noise"/],
  [{ classes: "none" }, /class "none": the model has no class/],
  [{ classes: [] }, /classes: /],
  [{ classes: "4" }, /expected numbers from 0 to 3/],
  [{ classes: "0-3,0-3,0-3" }, /12 images for one request: expected at most 8/],
  [{ count: 9 }, /9 images for one request: expected at most 8/],
  [{ count: 0 }, /count: .*found 0/],
  [{ count: 2.5 }, /count: expected int, found 2.5/],
  [{ seeds: "0-8" }, /--seeds "0-8".* of at most 8/],
  [{ seeds: "0-9999999" }, /--seeds/],
  [{ seeds: "0-4,4" }, /4 stands there twice/],
  [{ seeds: [4294967296] }, /expected numbers from 0 to 4294967295/],
  [{ seeds: "0-7,8-9" }, /10 images/],
  [{ seeds: "0-1", count: 3 }, /--count 3 images of 2 --seeds/],
  [{ seed: -1 }, /seed: .*found -1/],
  [{ steps: 101 }, /steps: expected at most 100, found 101/],
  [{ steps: "1:101" }, /steps: expected at most 100, found 1:101/],
  [{ cfg: 0.5 }, /cfg: .*found 0.5/],
  [{ cfg: null }, /cfg: expected number, found null/],
  [{ solver: "heun" }, /solver: .*found "heun"/],
  [{ classes: "a".repeat(5000) }, /classes: /],
  [{ grid: "yes" }, /grid: expected boolean/],
  [{ previews: 17 }, /previews: .*found 17/],
  [{ previews: -1 }, /previews: .*found -1/],
];

for (const [body, message] of REFUSED) {
  const text = JSON.stringify(body).slice(0, 60);
  Deno.test(`wantedImages() refuses ${text}`, () => {
    assert.throws(() => wantedImages(body, CONTEXT), {
      name: "UserError",
      message,
    });
  });
}
