import assert from "node:assert/strict";
import { engineAvailable } from "../engines.ts";
import { spherear } from "./run_cli.ts";

interface Report {
  readonly machine: { readonly deno: string; readonly cores: number };
  readonly findings: readonly {
    readonly name: string;
    readonly works: boolean;
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly fix?: string;
  }[];
}

async function report(env: Record<string, string> = {}): Promise<Report> {
  const { out, err } = await spherear(["doctor", "--json"], { env });
  assert.notEqual(out, "", err);
  return JSON.parse(out);
}

Deno.test("doctor describes the machine and says what to do", async () => {
  const { machine, findings } = await report();
  assert.equal(machine.deno, Deno.version.deno);
  assert.ok(machine.cores >= 1);
  assert.ok(findings.length >= 4);
  for (const { name, works, fix } of findings) {
    assert.ok(works || fix !== undefined, `${name} has no advice`);
  }
});

Deno.test("doctor does not crash without a Vulkan driver", async () => {
  const { findings } = await report({ VK_ICD_FILENAMES: "/nowhere.json" });
  const gpu = findings.find(({ name }) => name === "WebGPU adapter");
  assert.ok(gpu?.works || /mesa-vulkan-drivers/.test(gpu?.fix ?? ""));
});

const webgpu = await engineAvailable("webgpu");

Deno.test({
  name: "doctor finds the WebGPU adapter",
  ignore: !webgpu.available,
  async fn() {
    const { findings } = await report();
    const gpu = findings.find(({ name }) => name === "WebGPU adapter");
    assert.equal(gpu?.works, true);
    const engine = findings.find(({ name }) => name.startsWith("GPU engine"));
    assert.equal(engine?.works, true);
    const { facts = {} } = engine!;
    for (const key of ["bufferMiB", "bindingMiB", "sharedKiB"]) {
      assert.ok(facts[key] as number > 0, key);
    }
    assert.ok(facts.peakGigaflopsPerSecond as number > 0);
    assert.ok(facts.peakGigabytesPerSecond as number > 0);
    const products = Object.entries(facts)
      .filter(([key]) => key.startsWith("product ["));
    assert.ok(products.length > 0);
    for (const [key, variant] of products) {
      assert.match(
        String(variant),
        /^(tiled|broadcast) .*, (by rule|measured)$/,
        key,
      );
    }
  },
});

Deno.test("--device gpu fails with one clear line", async () => {
  const { code, err } = await spherear(["verify", "--device", "gpu", "/none"]);
  assert.equal(code, 2, err);
  assert.equal(err.match(/^Error: /gm)?.length, 1, err);
});
