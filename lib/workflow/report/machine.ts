import { arch, cpus, platform, release, totalmem } from "node:os";

const GIBIBYTE = 2 ** 30;

/** The machine that runs this, for people: processor, memory, system. */
export function describeMachine(): Record<string, string> {
  const processors = cpus();
  const model = processors[0]?.model.trim() || "unknown processor";
  return {
    Processor: `${model}, ${processors.length} threads`,
    Memory: `${(totalmem() / GIBIBYTE).toFixed(1)} GiB`,
    System: `${platform()} ${release()}, ${arch()}`,
    Deno: `${Deno.version.deno}, V8 ${Deno.version.v8}`,
  };
}
