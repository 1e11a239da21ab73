import { isAbsolute, join, relative, resolve } from "node:path";
import {
  type ArtifactReader,
  type JsonRecord,
  UserError,
  withoutSlash,
} from "../artifact/mod.ts";
import { isRemoteWord } from "../official/mod.ts";
import { placedOptions } from "./option_paths.ts";
import { checkOptions, flagName } from "./options.ts";
import type { PipelineSpec, StageSpec } from "./pipeline_file.ts";
import {
  type InputPort,
  isPlain,
  type OutputPort,
  type Share,
  type Stage,
} from "./stage.ts";

/**
 * Where a stage reads: a path, a word that stands for a file of others, or an
 * artifact from a pipe.
 */
export type InputSource = string | ArtifactReader;

/** Where a stage writes: a path, or a pipe. */
export type OutputTarget = string | WritableStream<Uint8Array>;

/** One run of a stage with everything settled. */
export interface PlannedStep {
  /** Name in the pipeline; a stage may stand there twice. */
  readonly id: string;
  /** Where a file says it, for messages: `"p.toml": stages.vae`. */
  readonly where?: string;
  readonly stage: Stage;
  /** Checked options. */
  readonly options: JsonRecord;
  readonly seed: number;
  readonly inputs: Readonly<Record<string, InputSource>>;
  readonly outputs: Readonly<Record<string, OutputTarget>>;
  /** Steps whose outputs it reads. */
  readonly after: readonly string[];
  /** Which part of the work is this process's; all of it by default. */
  readonly share?: Share;
}

/** Steps in an order in which each comes after what it reads. */
export interface Plan {
  /** Where the ledger is kept. */
  readonly folder: string | undefined;
  readonly steps: readonly PlannedStep[];
}

/** Finds a stage by the name or path in `uses`. */
export type StageLookup = (uses: string) => Promise<Stage | undefined>;

/**
 * Settles a pipeline: finds the stages, checks options and wiring, and sorts.
 *
 * @throws {UserError} naming the file, the key, what was expected and what was found
 */
export async function planPipeline(
  spec: PipelineSpec,
  lookup: StageLookup,
): Promise<Plan> {
  const found = new Map<string, Stage>();
  for (const [id, step] of Object.entries(spec.stages)) {
    const uses = step.uses ?? id;
    const where = `${spec.name}: stages.${id}`;
    const stage = await looked(lookup(uses), `${where}.uses`);
    if (stage === undefined) {
      throw new UserError(`${where}: no stage is called "${uses}"`);
    }
    found.set(id, stage);
  }
  const steps = Object.entries(spec.stages).map(([id, step]) =>
    planStep(step, { id, stage: found.get(id)!, spec, found })
  );
  refuseSharedOutputs(steps, spec.name);
  return { folder: spec.folder, steps: sortSteps(steps, spec.name) };
}

/** What a lookup finds; @throws {UserError} saying where the stage was asked for */
async function looked<T>(finding: Promise<T>, where: string): Promise<T> {
  try {
    return await finding;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${where}: ${error.message}`, { cause: error });
  }
}

interface StepContext {
  readonly id: string;
  readonly stage: Stage;
  readonly spec: PipelineSpec;
  readonly found: ReadonlyMap<string, Stage>;
}

function planStep(step: StageSpec, context: StepContext): PlannedStep {
  const { id, stage, spec } = context;
  const where = `${spec.name}: stages.${id}`;
  const after = new Set<string>();
  const inputs: Record<string, string> = {};
  refuseUnknown(step.inputs, stage.inputs, `${where}.inputs`);
  refuseUnknown(step.outputs, stage.outputs, `${where}.outputs`);
  for (const [name, port] of Object.entries(stage.inputs)) {
    const reference = givenFor(name, step.inputs);
    if (reference === undefined) {
      if (!isNeeded(port, (other) => givenFor(other, step.inputs))) continue;
      const wanted = `expected "stage.output" or a path`;
      throw new UserError(`${where}.inputs.${name}: ${wanted}, found nothing`);
    }
    const from = referenced(reference, { ...context, where, name, port });
    inputs[name] = from.path;
    if (from.id !== undefined) after.add(from.id);
  }
  const checked = checkOptions(stage.options, {
    given: step.options ?? {},
    where: `${where}.options`,
  });
  const place = { schema: stage.options, base: spec.base };
  const options = placedOptions(checked, place);
  const seed = step.seed ?? spec.seed;
  const outputs = outputPaths(context);
  const settled = { options, seed, inputs, outputs, after: [...after] };
  return { id, where, stage, ...settled };
}

function refuseUnknown(
  given: JsonRecord | undefined,
  ports: Readonly<Record<string, unknown>>,
  where: string,
): void {
  const names = Object.keys(ports);
  for (const name of Object.keys(given ?? {})) {
    if (names.some((port) => port === name || flagName(port) === name)) {
      continue;
    }
    const known = names.map(flagName).join(", ");
    const list = known === "" ? "it has none" : `expected one of ${known}`;
    throw new UserError(`${where}: unknown name "${name}": ${list}`);
  }
}

/** Whether a stage needs an input, by what is given for other inputs. */
export function isNeeded(
  { optional = false, unless }: InputPort,
  given: (input: string) => unknown,
): boolean {
  return !optional && (unless === undefined || given(unless) === undefined);
}

/** A value given under a port's name or under its flag. */
function givenFor(
  name: string,
  given: Readonly<Record<string, string>> | undefined,
): string | undefined {
  return given?.[name] ?? given?.[flagName(name)];
}

interface ReferenceContext extends StepContext {
  readonly where: string;
  readonly name: string;
  readonly port: InputPort;
}

/** Turns `stage.output`, a word or a path into a path or the word, checking that the kinds fit. */
function referenced(
  reference: string,
  { where, name, port, spec, found }: ReferenceContext,
): { readonly path: string; readonly id?: string } {
  if (isRemoteWord(reference)) return { path: reference };
  const [, id, output] = /^([\w-]+)\.([\w-]+)$/.exec(reference) ?? [];
  const isFile = output === "safetensors" ||
    // A stage has an output of this name, too.
    output === "npz" && !found.has(id!);
  if (id === undefined || output === undefined || isFile) {
    return { path: resolve(spec.base, reference) };
  }
  const key = `${where}.inputs.${name}`;
  const source = found.get(id);
  if (source === undefined) {
    throw new UserError(`${key}: no stage "${id}" in this pipeline`);
  }
  const kind = source.outputs[output]?.kind;
  if (kind === undefined) {
    const known = Object.keys(source.outputs).join(", ");
    throw new UserError(
      `${key}: stage "${id}" has no output "${output}", only ${known}`,
    );
  }
  // What is no artifact may be what a port takes besides: it is opened to see.
  const isForeign = port.foreign !== undefined && isPlain(kind);
  if (!isForeign && !kindsOf(port).some((wanted) => wanted === kind)) {
    const wanted = kindsOf(port).join(" or ");
    throw new UserError(
      `${key}: expected ${wanted}, "${reference}" is ${kind}`,
    );
  }
  const path = outputPath(output, { id, stage: source, spec });
  return { path, id };
}

/** The kinds that an input takes. */
export function kindsOf(port: InputPort): readonly string[] {
  return typeof port.kind === "string" ? [port.kind] : port.kind;
}

/** Whether an output that is not asked for is left out, since another one is. */
export function isReplaced(
  { unless = [] }: OutputPort,
  asked: (output: string) => boolean,
): boolean {
  return unless.some(asked);
}

function outputPaths(
  context: Omit<StepContext, "found">,
): Record<string, string> {
  const { id, stage, spec } = context;
  const given = spec.stages[id]?.outputs;
  const asked = (name: string) =>
    givenFor(name, given) !== undefined || isRead(spec, id, name);
  const wanted = Object.entries(stage.outputs).filter(([name, port], index) =>
    asked(name) ||
    (index === 0 || !port.optional) && !isReplaced(port, asked)
  );
  return Object.fromEntries(
    wanted.map(([name]) => [name, outputPath(name, context)]),
  );
}

function isRead(spec: PipelineSpec, id: string, output: string): boolean {
  return Object.values(spec.stages).some(({ inputs = {} }) =>
    Object.values(inputs).includes(`${id}.${output}`)
  );
}

function outputPath(
  name: string,
  { id, stage, spec }: Omit<StepContext, "found">,
): string {
  const given = givenFor(name, spec.stages[id]?.outputs);
  if (given !== undefined) {
    const where = `${spec.name}: stages.${id}.outputs.${name}`;
    return placeInFolder(given, { folder: spec.folder, where });
  }
  const main = Object.keys(stage.outputs)[0] === name;
  const file = defaultFileName(
    main ? id : `${id}-${flagName(name)}`,
    stage.outputs[name]!,
  );
  return join(spec.folder, file);
}

/**
 * A path below the run folder.
 *
 * @throws {UserError} where it leads elsewhere, or to the folder itself
 */
function placeInFolder(
  given: string,
  { folder, where }: { folder: string; where: string },
): string {
  const inside = relative(folder, resolve(folder, given));
  const leaves = inside === "" || inside.split(/[\\/]/)[0] === "..";
  if (!leaves && !isAbsolute(given) && !isAbsolute(inside)) {
    return join(folder, given);
  }
  throw new UserError(
    `${where}: expected a path inside of the run folder, found "${given}"`,
  );
}

/** File name of an output for which none was chosen. */
export function defaultFileName(
  stem: string,
  port: Pick<OutputPort, "kind" | "extension">,
): string {
  const extension = port.kind === "file" ? port.extension : "safetensors";
  return extension === undefined ? stem : `${stem}.${extension}`;
}

function refuseSharedOutputs(
  steps: readonly PlannedStep[],
  name: string,
): void {
  const owners = new Map<OutputTarget, string>();
  for (const { id, outputs } of steps) {
    for (const [output, target] of Object.entries(outputs)) {
      const path = typeof target === "string" ? withoutSlash(target) : target;
      const owner = owners.get(path);
      const here = `stages.${id}.outputs.${output}`;
      if (owner !== undefined) {
        throw new UserError(`${name}: ${owner} and ${here} are both "${path}"`);
      }
      owners.set(path, here);
    }
  }
}

/** Depth-first order; keeps the file's order where it is free. */
function sortSteps(
  steps: readonly PlannedStep[],
  name: string,
): readonly PlannedStep[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const sorted = new Set<PlannedStep>();
  function visit(step: PlannedStep, path: readonly string[]): void {
    if (sorted.has(step)) return;
    if (path.includes(step.id)) {
      const cycle = [...path.slice(path.indexOf(step.id)), step.id].join(
        " -> ",
      );
      throw new UserError(`${name}: stages wait for each other: ${cycle}`);
    }
    for (const id of step.after) visit(byId.get(id)!, [...path, step.id]);
    sorted.add(step);
  }
  for (const step of steps) visit(step, []);
  return [...sorted];
}
