import assert from "node:assert/strict";
import { resolvePreset } from "../../../../lib/preset/checked.ts";
import {
  describePreset,
  explainPreset,
} from "../../../../lib/workflow/presets/explain.ts";

async function described(preset: string, set: string[] = []) {
  return describePreset(
    explainPreset(await resolvePreset({ preset, set })),
    false,
  );
}

Deno.test("describePreset() has a line for every number, with its source", async () => {
  const set = ["vaeTraining.klWeight=0.25"];
  const lines = (await described("imagenet256-b", set)).split("\n");
  assert.equal(lines[0], "imagenet256-b: SphereAR-B on ImageNet at 256 px");
  assert.match(lines[1]!, /FID 1\.92, IS 277\.8.*\(paper, Table 1\)$/);
  const line = (path: string) =>
    lines.find((one) => one.trim().startsWith(`${path} `))?.trim();
  assert.match(line("ar.dim")!, /^ar\.dim +768 +paper, Section 4\.1$/);
  assert.match(
    line("vae.cnn_chs")!,
    /\[64,64,128,256,512\] +paper, Appendix D/,
  );
  assert.match(
    line("vaeTraining.klWeight")!,
    /0\.25 +option, --set vaeTraining\.klWeight$/,
  );
});

Deno.test("explainPreset() counts parameters about as the paper does", async () => {
  // Millions as the paper has them, within two in a hundred.
  const counts = [["b", 208], ["l", 479], ["h", 943]] as const;
  for (const [letter, millions] of counts) {
    const preset = `imagenet256-${letter}`;
    const { parameters } = explainPreset(await resolvePreset({ preset }));
    const { vae = NaN, ar = NaN, arClass = NaN } = parameters;
    // A thousand classes and the null class.
    const found = (ar + 1001 * arClass) / 1e6;
    if (!(Math.abs(found / millions - 1) <= 0.02)) assert.fail(`${found}`);
    if (!(Math.abs(vae / 1e6 - 75) <= 0.5)) assert.fail(`${vae}`);
  }
});

Deno.test("explainPreset() counts what is there", async () => {
  const resolved = await resolvePreset({ preset: "imagenet256-svae" });
  assert.deepEqual(Object.keys(explainPreset(resolved).parameters), ["vae"]);
});
