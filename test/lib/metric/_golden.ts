import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import type { HostTensor } from "../../../lib/tensor/mod.ts";

/** A recording, read whole. */
export interface Golden {
  /** Its figures by name. */
  readonly config: Readonly<Record<string, number>>;
  /** A tensor that must be there. */
  tensor(name: string): HostTensor;
}

/** Opens a recording of `test/golden`. */
export async function openGolden(name: string): Promise<Golden> {
  const url = new URL(`../../golden/${name}.safetensors`, import.meta.url);
  const file = await openSafetensors(fileURLToPath(url));
  try {
    const tensors = new Map<string, HostTensor>();
    for (const key of file.tensors.keys()) {
      tensors.set(key, await file.read(key));
    }
    return {
      config: JSON.parse(file.metadata.config!),
      tensor: (key) => tensors.get(key) ?? assert.fail(`no ${key}`),
    };
  } finally {
    file.close();
  }
}

/** Fails where two numbers differ by more than the tolerance, or are NaN. */
export function near(found: number, expected: number, tolerance: number): void {
  if (!(Math.abs(found - expected) <= tolerance)) {
    assert.fail(`expected ${expected} within ${tolerance}, found ${found}`);
  }
}
