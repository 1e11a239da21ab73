import { UserError } from "../artifact/mod.ts";

/**
 * Asks WebGPU for an adapter; `undefined` where there is none.
 *
 * The Vulkan loader prints a complaint where XDG_RUNTIME_DIR is not set, as in
 * containers, so it gets a value first.
 *
 * @throws {Error} where the driver fails
 */
export async function findAdapter(): Promise<GPUAdapter | undefined> {
  if (Deno.build.os === "linux" && !Deno.env.get("XDG_RUNTIME_DIR")) {
    Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
  }
  return await navigator.gpu?.requestAdapter() ?? undefined;
}

/**
 * The adapter that WebGPU gives here.
 *
 * @throws {UserError} where there is none
 */
export async function requireAdapter(): Promise<GPUAdapter> {
  const adapter = await findAdapter();
  if (adapter !== undefined) return adapter;
  throw new UserError(
    "No WebGPU adapter was found (spherear doctor says more)",
  );
}
