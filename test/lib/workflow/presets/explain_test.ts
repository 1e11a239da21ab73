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
