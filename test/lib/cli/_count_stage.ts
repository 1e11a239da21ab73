import { z } from "zod";
import { UserError } from "../../../lib/artifact/mod.ts";
import { onAnyRank, StopError } from "../../../lib/parallel/mod.ts";
import { defineStage, type StageContext } from "../../../lib/pipeline/mod.ts";

const OPTIONS = {
  steps: z.int().default(3).describe("how many steps"),
  delayMs: z.number().default(0).describe("milliseconds per step"),
  failAt: z.int().default(-1).describe("step at which a rank fails"),
  failRank: z.int().default(1).describe("the rank that does"),
  compute: z.boolean().default(false).describe("open the engine"),
};

type Context = Pick<
  StageContext<z.infer<z.ZodObject<typeof OPTIONS>>>,
  "options" | "ranks" | "signal" | "scratch" | "log"
>;

/** Adds the ranks' numbers of all steps, and keeps the sum when it is stopped. */
async function count(
  { options, ranks, signal, scratch, log }: Context,
): Promise<number> {
  const file = scratch("state.json");
  const kept = await Deno.readTextFile(file).catch(() => "[0, 0]");
  let [step, sum] = JSON.parse(kept) as [number, number];
  for (; step < options.steps; step++) {
    if (step === options.failAt && ranks.rank === options.failRank) {
      throw new UserError("Cannot write: no room on the disk");
    }
    await new Promise((done) => setTimeout(done, options.delayMs));
    const all = Array.from({ length: ranks.size }, () => new Uint8Array(1));
    await ranks.gather(Uint8Array.of(ranks.rank + step), all);
    sum += all.reduce((whole, [one]) => whole + one!, 0);
    log.info(`step ${step} of rank ${ranks.rank}`);
    if (await onAnyRank(ranks, signal.aborted)) {
      if (ranks.rank === 0) {
        await Deno.writeTextFile(file, JSON.stringify([step + 1, sum]));
      }
      throw new StopError();
    }
  }
  return sum;
}

/** A stage that ranks run together, for tests. */
export const stage = defineStage({
  name: "count",
  summary: "Count together",
  examples: [{ does: "all by default", args: "" }],
  version: 1,
  inputs: {},
  outputs: { sum: { kind: "file", help: "the sum", extension: "txt" } },
  options: z.object(OPTIONS),
  together: true,
  async run({ outputs, engine, ...context }) {
    if (context.options.compute) await engine();
    const sum = await count(context);
    if (context.ranks.rank === 0) await outputs.sum.writeFile(`${sum}\n`);
    return { sum };
  },
});
