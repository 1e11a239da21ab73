import { join, parse } from "node:path";
import {
  type ArtifactReader,
  asArtifact,
  isFolderPath,
  SafetensorsStream,
  UserError,
} from "../artifact/mod.ts";
import {
  defaultFileName,
  flagName,
  type InputPort,
  type InputSource,
  isNeeded,
  isReplaced,
  kindsOf,
  type Logger,
  type OutputPort,
  type OutputTarget,
  type Stage,
} from "../pipeline/mod.ts";

/** Paths by input or output name, as given on the command line. */
export type GivenPaths = Readonly<Record<string, string | undefined>>;

/** How one command reads and writes. */
export interface Wiring {
  readonly inputs: Readonly<Record<string, InputSource>>;
  readonly outputs: Readonly<Record<string, OutputTarget>>;
}

/**
 * Finds the inputs of a stage: paths, or artifacts from standard input.
 *
 * An input that is `-`, or required and not given while standard input is a
 * pipe, takes the first artifact of its kind from there.
 *
 * @throws {UserError} naming the input that is missing
 */
export async function wireInputs(
  stage: Stage,
  given: GivenPaths,
  log: Logger,
): Promise<Wiring["inputs"]> {
  const inputs: Record<string, InputSource> = {};
  const waiting: [string, InputPort][] = [];
  for (const [name, port] of Object.entries(stage.inputs)) {
    const path = given[name];
    if (path !== undefined && path !== "-") inputs[name] = path;
    else if (path === "-" || isNeeded(port, (other) => given[other])) {
      waiting.push([name, port]);
    }
  }
  const [first] = waiting;
  if (first === undefined) return inputs;
  const asked = waiting.some(([name]) => given[name] === "-");
  if (Deno.stdin.isTerminal() && !asked) throw missingInput(stage, first);
  log.debug(`Reading ${waiting.map(([name]) => name).join(", ")} from a pipe`);
  return { ...inputs, ...await readPipe(stage, waiting) };
}

async function readPipe(
  stage: Stage,
  waiting: readonly [string, InputPort][],
): Promise<Record<string, ArtifactReader>> {
  const stream = new SafetensorsStream(Deno.stdin.readable);
  const found: Record<string, ArtifactReader> = {};
  while (true) {
    const next = waiting.find(([name]) => found[name] === undefined);
    if (next === undefined) return found;
    const file = await stream.next();
    if (file === undefined) throw missingInput(stage, next);
    const artifact = asArtifact(file);
    const fit = waiting.find(([name, port]) =>
      found[name] === undefined && kindsOf(port).includes(artifact.kind)
    );
    if (fit === undefined) {
      const wanted = kindsOf(next[1]).join(" or ");
      throw new UserError(
        `Cannot use ${artifact.name}: expected kind ${wanted}, ` +
          `found "${artifact.kind}"`,
      );
    }
    found[fit[0]] = artifact;
  }
}

function missingInput(
  { name: stage }: Stage,
  [name, port]: readonly [string, InputPort],
): UserError {
  const kind = kindsOf(port).join(" or ");
  const { unless } = port;
  const instead = unless === undefined ? "" : `, --${flagName(unless)} FILE`;
  return new UserError(
    `Cannot run ${stage}: input "${name}" is missing: give ` +
      `--${flagName(name)} FILE (${kind})${instead} or a pipe`,
  );
}

/**
 * Finds the outputs of a stage: paths, or a pipe on standard output for the
 * first one, unless others take its place. Others that are needed go beside
 * the first.
 *
 * @throws {UserError} where the output would go to a terminal
 */
export function wireOutputs(
  stage: Stage,
  given: GivenPaths,
  { json }: { json: boolean },
): Wiring["outputs"] {
  const outputs: Record<string, OutputTarget> = {};
  const [first = ""] = Object.keys(stage.outputs);
  const main = given[first] === "-" ? undefined : given[first];
  for (const [index, name] of Object.keys(stage.outputs).entries()) {
    const port = stage.outputs[name]!;
    const path = given[name];
    const flag = index === 0 ? "-o" : `--${flagName(name)}`;
    const free = index === 0 && !json && !Deno.stdout.isTerminal();
    if (path !== undefined && path !== "-") outputs[name] = path;
    else if (path === "-") outputs[name] = Deno.stdout.writable;
    else if (isReplaced(port, (other) => given[other] !== undefined)) continue;
    else if (free) outputs[name] = Deno.stdout.writable;
    else if (port.optional) continue;
    else if (index > 0 && main !== undefined) {
      outputs[name] = besidePath(main, name, port);
    } else {
      const others = (port.unless ?? []).map((other) => `--${flagName(other)}`);
      throw new UserError(
        `Cannot run ${stage.name}: output "${name}" has no place: ` +
          `give ${[flag, ...others].join(" or ")} FILE`,
      );
    }
  }
  return outputs;
}

/** `out/a.safetensors` gives `out/a-heldout.safetensors`, `out/a/` `out/a-heldout/`. */
function besidePath(main: string, name: string, port: OutputPort): string {
  const { dir, name: stem } = parse(main);
  const label = `${stem}-${flagName(name)}`;
  return isFolderPath(main) && port.kind !== "file"
    ? join(dir, label, "/")
    : join(dir, defaultFileName(label, port));
}
