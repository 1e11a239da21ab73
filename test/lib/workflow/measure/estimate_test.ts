import assert from "node:assert/strict";
import type { ArtifactFacts } from "../../../../lib/artifact/mod.ts";
import type { ProgramRuns } from "../../../../lib/tensor/mod.ts";
import { estimateEvaluation } from "../../../../lib/workflow/measure/estimate.ts";

const NETWORK: ArtifactFacts = {
  name: "classifier",
  kind: "classifier",
  form: undefined,
  config: { image_size: 8, channels: [4], features: 6, num_classes: 3 },
  sizes: {},
};

/** A set of pixels of this many images. */
function pixels(images: number): ArtifactFacts {
  const sizes = { images, height: 8, width: 8 };
  return { name: "set", kind: "samples", form: undefined, config: {}, sizes };
}

function pictures(config: ArtifactFacts["config"]): ArtifactFacts {
  const sizes = { images: 4 };
  return { name: "val/", kind: "images", form: "index", config, sizes };
}

const STATISTICS: ArtifactFacts = {
  name: "statistics",
  kind: "statistics",
  form: undefined,
  config: {},
  sizes: {},
};

/** What is estimated of some sets, in calls of four images. */
function estimate(
  given: Partial<Record<string, ArtifactFacts>>,
  later: readonly string[] = [],
) {
  const inputs = {
    samples: undefined,
    reconstructions: undefined,
    reference: undefined,
    network: undefined,
    ...given,
  };
  const takes = (name: string) => name in given || later.includes(name);
  return estimateEvaluation({ inputs, batch: 4, takes });
}

function runsOf(work: readonly ProgramRuns[] = []): number {
  return work.reduce((sum, { runs }) => sum + runs, 0);
}

Deno.test("estimateEvaluation() counts calls of the network for each set", async () => {
  const both = await estimate({
    samples: pixels(9),
    reference: pixels(1_000),
    network: NETWORK,
  });
  assert.equal(both!.amount, "9 images by 1,000 images");
  assert.equal(runsOf(both!.work), 3 + 250);
  assert.ok(both!.work!.every(({ flops }) => flops > 0));
});

Deno.test("estimateEvaluation() counts no features that are there", async () => {
  const known = await estimate({
    samples: pixels(9),
    reconstructions: { ...pixels(5), kind: "features" },
    reference: STATISTICS,
    network: NETWORK,
  });
  assert.equal(known!.amount, "9 images and 5 images by statistics");
  assert.equal(runsOf(known!.work), 3);
  const taken = await estimate({
    samples: { ...pixels(9), kind: "features" },
    reference: STATISTICS,
  });
  assert.deepEqual(taken!.work, []);
});

Deno.test("estimateEvaluation() cuts pictures to the size of what they are compared with", async () => {
  const network = NETWORK;
  const [samples, reference] = [pixels(4), pictures({})];
  const cut = await estimate({ samples, reference, network });
  assert.equal(runsOf(cut!.work), 1 + 1);
  // Headers of pictures alone say how large these are.
  assert.equal(
    await estimate({ samples: reference, reference: samples, network }),
    undefined,
  );
});

Deno.test("estimateEvaluation() knows nothing before its inputs say something", async () => {
  const given = { samples: pixels(4), reference: STATISTICS };
  assert.equal(await estimate(given, ["network"]), undefined);
  assert.equal(
    await estimate({ samples: pixels(4), network: NETWORK }, ["reference"]),
    undefined,
  );
});
