import assert from "node:assert/strict";
import { memoryGroup } from "../../../../lib/parallel/mod.ts";
import { Measures } from "../../../../lib/train/parallel/measures.ts";
import { SMALL, SQUARES } from "../../../../lib/train/parallel/rank_share.ts";
import { Wire } from "../../../../lib/train/parallel/wire.ts";
import { numbers, WatchedEngine } from "./_watched_engine.ts";

const UNITS = 8;
const SIZES = { units: UNITS, players: 2, small: 3 };

/** What two players have measured of a unit, and what a rank has summed. */
function squaresOf(unit: number, step: number): number[] {
  return [100 * step + unit, 100 * step + unit + 0.5];
}

function smallOf(rank: number, step: number): number[] {
  return [step, rank, 10 * rank];
}

for (const ranks of [2, 4]) {
  Deno.test(`share() tells all of ${ranks} ranks what each unit is, in one order`, async () => {
    const all = await Promise.all(
      memoryGroup(ranks).map(async (collective) => {
        const engine = new WatchedEngine();
        const wire = await Wire.open(collective, engine);
        return { engine, measures: new Measures({ engine, wire }, SIZES) };
      }),
    );
    // Memory of the first step serves the second.
    for (const step of [1, 2]) {
      const shared = await Promise.all(
        all.map(async ({ engine, measures }, rank) => {
          const own = Array.from({ length: UNITS }, (_, unit) => unit)
            .filter((unit) => unit % ranks === rank)
            .flatMap((unit) => squaresOf(unit, step));
          return await measures.share(
            await engine.upload(numbers(own, [UNITS / ranks, 2])),
            await engine.upload(numbers(smallOf(rank, step), [1, 3])),
          );
        }),
      );
      const units = Array.from(
        { length: UNITS },
        (_, unit) => squaresOf(unit, step),
      );
      const small = all.map((_, rank) => smallOf(rank, step));
      for (const found of shared) {
        assert.deepEqual(found, {
          [SQUARES]: numbers(units.flat(), [UNITS, 2]),
          [SMALL]: numbers(small.flat(), [ranks, 3]),
        });
      }
    }
  });
}

Deno.test("share() of one rank leaves all where it lies", async () => {
  const engine = new WatchedEngine();
  const wire = await Wire.open(memoryGroup(1)[0]!, engine);
  const measures = new Measures({ engine, wire }, SIZES);
  const squares = await engine.upload(numbers(new Array(16).fill(1), [8, 2]));
  const small = await engine.upload(numbers([1, 2, 3], [1, 3]));
  engine.reads.length = 0;
  const found = await measures.share(squares, small);
  assert.equal(found[SQUARES], squares);
  assert.equal(found[SMALL], small);
  assert.equal(engine.reads.length, 0);
});
