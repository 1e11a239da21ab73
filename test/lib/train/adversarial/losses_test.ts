import assert from "node:assert/strict";
import {
  ADVERSARIAL_LOSSES,
  type AdversarialLossName,
} from "../../../../lib/train/mod.ts";
import { grad } from "../../../../lib/tensor/mod.ts";
import { compute, testEngines, vector } from "../../sphere/_engines.ts";

const REAL = [-0.5, 0.25, 3];
const FAKE = [-2, 0.5];

interface Expected {
  readonly generator: number;
  /** Slopes of the generator's loss by the logits. */
  readonly slopes: readonly number[];
  readonly discriminator: number;
}

/** ln(1 + e^x). */
function softplus(x: number): number {
  return Math.log(1 + Math.exp(x));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** -ln sigmoid(real), and -ln(1 - sigmoid(fake)). */
const CROSS_ENTROPY = (softplus(0.5) + softplus(-0.25) + softplus(-3)) / 6 +
  (softplus(-2) + softplus(0.5)) / 4;

const EXPECTED: Readonly<Record<AdversarialLossName, Expected>> = {
  hinge: {
    generator: 0.75,
    slopes: [-0.5, -0.5],
    // max(0, 1 - real): 1.5, 0.75, 0; max(0, 1 + fake): 0, 1.5.
    discriminator: 2.25 / 6 + 1.5 / 4,
  },
  vanilla: {
    generator: (Math.log(1 - sigmoid(-2)) + Math.log(1 - sigmoid(0.5))) / 2,
    slopes: FAKE.map((x) => -sigmoid(x) / 2),
    discriminator: CROSS_ENTROPY,
  },
  "non-saturating": {
    generator: -(Math.log(sigmoid(-2)) + Math.log(sigmoid(0.5))) / 2,
    slopes: FAKE.map((x) => (sigmoid(x) - 1) / 2),
    discriminator: CROSS_ENTROPY,
  },
};

for (const [name, expected] of Object.entries(EXPECTED)) {
  testEngines(`the ${name} loss is its formula`, async (engine) => {
    const loss = ADVERSARIAL_LOSSES[name as AdversarialLossName];
    const found = await compute({
      inputs: { real: vector(REAL), fake: vector(FAKE) },
      build: ({ real, fake }) => {
        const generator = loss.generator(fake!);
        return {
          generator,
          slopes: grad(generator, [fake!])[0]!,
          discriminator: loss.discriminator({ real: real!, fake: fake! }),
        };
      },
    }, engine);
    const tolerance = engine.name === "reference" ? 1e-14 : 1e-6;
    for (const [what, values] of Object.entries(expected)) {
      [values].flat().forEach((value, i) => {
        const error = Math.abs(found[what]![i]! - value);
        assert.ok(error <= tolerance, `${what}: ${found[what]} for ${value}`);
      });
    }
  });
}
