import type { JsonRecord } from "../../artifact/mod.ts";
import type { ArtifactContent, OutputSlot } from "../../pipeline/mod.ts";
import { logTensors, type Pause, type Trained } from "../../train/mod.ts";

/** Where a training's weights go, and what their artifact says beside them. */
export interface Product {
  readonly output: OutputSlot;
  /** Sizes of the model. */
  readonly config: JsonRecord;
}

/** The artifact of a training's result: the first player's weights, and the log. */
export function contentOf(
  { weights, log }: Trained,
  config: JsonRecord,
): ArtifactContent {
  const [trained] = Object.values(weights);
  return { tensors: { ...trained, ...logTensors(log) }, config };
}

/** Options that a run may change and still go on from what a shorter one kept. */
export const GROWING = ["training.steps"];

/** What is left at a step is called so beside the output. */
export function stepLabel(step: number): string {
  return `step-${step}`;
}

/**
 * Writes the weights beside the output now and then, as the training would if
 * it ended there.
 *
 * @param options.last how many milestones stay; all unless given
 * @throws {UserError} at once where one would replace what others made
 */
export async function milestones(
  { output, config }: Product,
  { every, last, steps }: {
    readonly every: number;
    readonly last?: number | undefined;
    readonly steps: number;
  },
): Promise<Pause> {
  const slotOf = (step: number) => output.beside(stepLabel(step));
  for (let step = every; step < steps; step += every) {
    await slotOf(step).requireFree();
  }
  return {
    due: (step) => step % every === 0 && step < steps,
    async run(moment) {
      const { step } = moment;
      const content = contentOf(await moment.result(), { ...config, step });
      await slotOf(step).write(content);
      if (last === undefined || step <= last * every) return;
      await slotOf(step - last * every).remove();
    },
  };
}
