import { join } from "node:path";
import process from "node:process";

const SOURCE = join(import.meta.dirname!, "peer", "fake_intel.c");

/** A preload library, or why there is none. */
export type FakeIntel =
  | { readonly library: string }
  | { readonly missing: string };

/**
 * Compiles the library that makes MKL use its AVX-512 kernels on every CPU: on
 * AMD it does not, and Intel users of torch would see other ratios.
 */
export async function compileFakeIntel(folder: string): Promise<FakeIntel> {
  if (process.platform !== "linux") {
    return { missing: "tuned torch needs Linux" };
  }
  const library = join(folder, "fake_intel.so");
  try {
    const { success } = await new Deno.Command("cc", {
      args: ["-shared", "-fPIC", "-o", library, SOURCE],
      stdout: "null",
      stderr: "null",
    }).output();
    if (success) return { library };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return { missing: "tuned torch needs a C compiler called cc" };
}
