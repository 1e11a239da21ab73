import assert from "node:assert/strict";
import {
  compileAll,
  type Engine,
  type Executable,
  program,
} from "../../../lib/tensor/mod.ts";

const PROGRAMS = ["a", "b", "c"].map((name) => ({
  program: program(name, { inputs: {}, state: {}, outputs: {} }),
}));

/** An engine that notes when it starts and ends a program, and refuses some. */
function notingEngine(
  { compilesTogether, refused }: {
    compilesTogether?: boolean;
    refused?: string;
  },
) {
  const noted: string[] = [];
  const engine = {
    compilesTogether,
    async compile(program: Executable["program"]) {
      noted.push(`start ${program.name}`);
      await Promise.resolve();
      if (program.name === refused) throw new Error(`No ${refused}`);
      noted.push(`end ${program.name}`);
      return { program };
    },
    dispose: ({ program }: Executable) => noted.push(`free ${program.name}`),
  } as unknown as Engine;
  return { engine, noted };
}

function names(executables: Executable[]): string[] {
  return executables.map(({ program }) => program.name);
}

Deno.test("compileAll() prepares programs one after another", async () => {
  const { engine, noted } = notingEngine({});
  assert.deepEqual(names(await compileAll(engine, PROGRAMS)), ["a", "b", "c"]);
  assert.deepEqual(noted.slice(0, 3), ["start a", "end a", "start b"]);
});

Deno.test("compileAll() hands all over at once where the engine gains by it", async () => {
  const { engine, noted } = notingEngine({ compilesTogether: true });
  assert.deepEqual(names(await compileAll(engine, PROGRAMS)), ["a", "b", "c"]);
  assert.deepEqual(noted.slice(0, 3), ["start a", "start b", "start c"]);
});

Deno.test("compileAll() frees what was compiled where one program fails", async () => {
  const { engine, noted } = notingEngine({
    compilesTogether: true,
    refused: "b",
  });
  await assert.rejects(compileAll(engine, PROGRAMS), /^Error: No b$/);
  assert.deepEqual(noted.slice(-2), ["free a", "free c"]);
});
