import type { CompileOptions, Engine, Executable } from "./engine.ts";
import type { Program } from "./program.ts";

/** A program with what it is compiled with. */
export interface ToCompile extends CompileOptions {
  readonly program: Program;
}

/**
 * Prepares several programs: all at once where the engine gains by that, else
 * one after another, which takes less memory.
 *
 * @returns executables, in the order of the programs
 */
export async function compileAll(
  engine: Engine,
  programs: readonly ToCompile[],
): Promise<Executable[]> {
  const compile = ({ program, ...options }: ToCompile) =>
    engine.compile(program, options);
  if (engine.compilesTogether) {
    return await allOrNone(engine, programs.map(compile));
  }
  const executables: Executable[] = [];
  for (const each of programs) executables.push(await compile(each));
  return executables;
}

/** What was compiled together, freed where one of them failed. */
async function allOrNone(
  engine: Engine,
  compiling: readonly Promise<Executable>[],
): Promise<Executable[]> {
  const settled = await Promise.allSettled(compiling);
  const failed = settled.find(({ status }) => status === "rejected");
  if (failed === undefined) return await Promise.all(compiling);
  for (const each of settled) {
    if (each.status === "fulfilled") engine.dispose(each.value);
  }
  throw (failed as PromiseRejectedResult).reason;
}
