import { type DeviceTensor, zeros } from "../../lib/tensor/mod.ts";
import { openGpu } from "../engines.ts";
import { operand, rivalProgram } from "./programs.ts";
import type { Rival } from "./rival.ts";

/** This project's GPU engine. */
export async function openOurs(): Promise<Rival> {
  const engine = await openGpu();
  const probe = await engine.upload(zeros("f32", []));
  return {
    description: `spherear, ${engine.info.description}`,
    async prepare(work, sizes) {
      const program = rivalProgram(work, sizes);
      const executable = await engine.compile(program);
      const state: Record<string, DeviceTensor> = {};
      for (const [name, { value }] of Object.entries(program.state)) {
        state[name] = await engine.upload(operand(name, value.shape));
      }
      const run = () => engine.run(executable, { state });
      return {
        async run(times) {
          for (let i = 0; i < times; i++) await run();
          await engine.download(probe);
        },
        async result() {
          const [first] = Object.values(await run());
          return (await engine.download(first!)).data;
        },
        close() {
          for (const each of [executable, ...Object.values(state)]) {
            engine.dispose(each);
          }
        },
      };
    },
    close: () => engine.close(),
  };
}
