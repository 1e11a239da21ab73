import assert from "node:assert/strict";
import { Sampler } from "../../../lib/sample/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import { MODEL, OPTIONS, request, tokensOf, VALUES } from "./_runs.ts";

await testOnEngines({
  "Sampler takes the guidance of a request where it has some itself": async (
    engine,
  ) => {
    const guidance = { cfg: 4, schedule: "constant" } as const;
    const options = { ...OPTIONS, images: 2 };
    const sampler = await Sampler.create(engine, MODEL, options);
    const found = await sampler.sample({ ...request(2), guidance });
    const none = { cfg: 1, schedule: "constant" } as const;
    await assert.rejects(sampler.sample({ ...request(2), guidance: none }), {
      name: "RangeError",
      message: /expected guidance where the sampler has it alone/,
    });
    sampler.dispose();
    const expected = await tokensOf({ engine, batch: 2, count: 2, guidance });
    assertClose(found, expected, { what: "tokens", tolerance: 0 });
  },

  "Sampler gives an image its bytes at any place of a batch, whoever shares it":
    async (engine) => {
      const batch = 5;
      const sampler = await Sampler.create(engine, MODEL, {
        ...OPTIONS,
        images: batch,
      });
      const rowOf = async (place: number, others: number) => {
        const { data } = await sampler.sample({
          ...request(batch),
          classes: Int32Array.from(
            { length: batch },
            (_, i) => i === place ? 1 : others,
          ),
          indices: Uint32Array.from(
            { length: batch },
            (_, i) => i === place ? 17 : 100 * others + i,
          ),
        });
        return data.slice(place * VALUES, (place + 1) * VALUES);
      };
      const first = await rowOf(0, 0);
      for (let place = 1; place < batch; place++) {
        assert.deepEqual(await rowOf(place, 2), first, `place ${place}`);
      }
      sampler.dispose();
    },
});
