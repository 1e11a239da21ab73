import type { z } from "zod";
import type {
  ArtifactFacts,
  ArtifactKind,
  ArtifactReader,
  AtomicFile,
  AtomicFolder,
  JsonRecord,
  SafetensorsWriter,
  ShardedWriter,
  TensorSpec,
  WritableTensor,
} from "../artifact/mod.ts";
import type { Collective } from "../parallel/mod.ts";
import type { Engine } from "../tensor/engine.ts";
import type { Estimate, EstimateTools } from "./estimate.ts";
import type { Examples } from "./example.ts";
import type { Logger } from "./logger.ts";
import type { Progress } from "./progress.ts";
import type { RecipeMetadata } from "./recipe.ts";

/** What a stage reads under one name. */
export interface InputPort {
  /** The kind that the artifact must have, or several that all serve. */
  readonly kind: ArtifactKind | readonly ArtifactKind[];
  /** One line for `--help`. */
  readonly help: string;
  /** True where the stage also runs without it. */
  readonly optional?: boolean;
  /**
   * True where no output depends on it, as none does on images that a training
   * is only validated on: it is no part of the recipe.
   */
  readonly aside?: boolean;
  /** Name of an input that replaces this one: needed where that is not given. */
  readonly unless?: string;
  /**
   * Opens a file of another format as an artifact of one of the kinds; undefined
   * where it is none of those that it knows.
   */
  readonly foreign?: (path: string) => Promise<ArtifactReader | undefined>;
}

/** What an output may be. */
export type OutputKind = ArtifactKind | "file" | "folder";

/** Whether an output cannot carry its recipe itself. */
export function isPlain(
  kind: OutputKind | undefined,
): kind is "file" | "folder" {
  return kind === "file" || kind === "folder";
}

/** What a stage writes under one name. */
export interface OutputPort {
  /**
   * The artifact's kind, `"file"` for anything else (a picture, a page), or
   * `"folder"` for many of them.
   */
  readonly kind: OutputKind;
  /** One line for `--help`. */
  readonly help: string;
  /** True where the stage writes it only when it is asked for. */
  readonly optional?: boolean;
  /** Names of outputs of which any replaces this one, where that is asked for. */
  readonly unless?: readonly string[];
  /** Extension of the default file name of a `"file"` output, such as `png`. */
  readonly extension?: string;
}

/** What a stage may write beside an output. */
export type BesidePort =
  & Pick<OutputPort, "extension">
  & { readonly kind: ArtifactKind | "file" };

/** The inputs of a stage by name. */
export type InputPorts = Readonly<Record<string, InputPort>>;

/** The outputs of a stage by name. */
export type OutputPorts = Readonly<Record<string, OutputPort>>;

/** What goes into an artifact; the runner adds kind, format, recipe and inputs. */
export interface ArtifactContent<T extends TensorSpec = WritableTensor> {
  /** Tensors by name. */
  readonly tensors: Readonly<Record<string, T>>;
  /** What a reader of this kind needs: sizes of a model, names of classes. */
  readonly config?: JsonRecord;
}

/** One output, opened: everything written through it appears whole or not at all. */
export interface OutputSlot {
  /** The declared kind. */
  readonly kind: OutputKind;
  /** Where it goes, or `undefined` where it goes to standard output. */
  readonly path: string | undefined;
  /** Whether an artifact goes into a folder: its path ends so, or one is there. */
  readonly inFolder: boolean;
  /**
   * Opens the artifact that an earlier run with this very recipe left here;
   * `undefined` where there is none, or everything is to be made again.
   */
  earlier(): Promise<ArtifactReader | undefined>;
  /**
   * Opens the artifact that an earlier run left here whose recipe differs from
   * this run's in some options alone, by dotted paths such as `training.steps`.
   */
  former(paths: readonly string[]): Promise<ArtifactReader | undefined>;
  /**
   * Another artifact or file beside this output, `NAME.LABEL.safetensors` or with
   * the port's extension, with the same recipe; the step is done whether it is
   * there or not.
   *
   * @param port of this output's kind unless given
   * @throws {UserError} where this output goes to a pipe
   */
  beside(label: string, port?: BesidePort): OutputSlot;
  /**
   * Makes sure that this output may be written, before long work.
   *
   * @throws {UserError} where it is beside an output and others made what is there
   */
  requireFree(): Promise<void>;
  /**
   * Removes what a run of this stage left beside an output, if it is there.
   *
   * @throws {UserError} where others made it
   */
  remove(): Promise<void>;
  /** What an artifact says of its making, for files that say it their own way. */
  made(): RecipeMetadata;
  /** Leaves what {@linkcode earlier} found: it is this run's output too. */
  keep(): void;
  /**
   * Writes the artifact with its recipe.
   *
   * @throws {TypeError} when the output is not declared as an artifact
   */
  write(content: ArtifactContent): Promise<void>;
  /**
   * Starts an artifact whose tensors come in pieces; commit ends it.
   *
   * @throws {TypeError} when the output is not declared as an artifact
   */
  create(content: ArtifactContent<TensorSpec>): Promise<SafetensorsWriter>;
  /**
   * Starts an artifact whose rows lie in the shards of a folder; the content's
   * tensors are those that are in none. Finished files become shards by a link.
   *
   * @throws {TypeError} where the output is no artifact, or goes into no folder
   */
  createShards(content: ArtifactContent): Promise<ShardedWriter>;
  /**
   * Writes the bytes or text of a `"file"` output.
   *
   * @throws {TypeError} when the output is not declared as a `"file"`
   */
  writeFile(data: Uint8Array | string): Promise<void>;
  /**
   * Starts a `"file"` output that is written in pieces; commit ends it.
   *
   * @throws {UserError} where it goes to a pipe, which has no places to return to
   * @throws {TypeError} when the output is not declared as a `"file"`
   */
  createFile(): Promise<AtomicFile>;
  /**
   * Starts a `"folder"` output; commit ends it. A folder that holds nothing but
   * files of such names is replaced.
   *
   * @throws {UserError} where it goes to a pipe, or holds other files
   * @throws {TypeError} when the output is not declared as a `"folder"`
   */
  createFolder(names: RegExp): Promise<AtomicFolder>;
}

/** One of several processes that do a stage's work together. */
export interface Share {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly world: number;
}

/**
 * Sizes of an input by the names of its kind's axes; undefined where it is not
 * given or not there yet.
 */
export type SizesOf<I extends InputPorts = InputPorts> = (
  input: keyof I,
) => Promise<Readonly<Record<string, number>> | undefined>;

/** What options may depend on as the recipe records them. */
export interface SettledStep<
  I extends InputPorts = InputPorts,
  P extends OutputPorts = OutputPorts,
> {
  readonly sizesOf: SizesOf<I>;
  /** Whether an output is asked for. */
  writes(output: keyof P): boolean;
}

/** What a stage says of its result, as plain JSON: figures with names. */
export type StageSummary = JsonRecord;

type Inputs<I extends InputPorts, R> = {
  readonly [K in keyof I]: I[K] extends
    | { readonly optional: true }
    | { readonly unless: string } ? R | undefined
    : R;
};

type OpenInputs<I extends InputPorts> = Inputs<I, ArtifactReader>;

/** What a stage estimates by: its inputs need not be there yet. */
export interface EstimateContext<O = unknown, I extends InputPorts = InputPorts>
  extends EstimateTools {
  readonly options: O;
  readonly seed: number;
  readonly inputs: Inputs<I, ArtifactFacts>;
  /** Whether an input is given, be it there yet or not. */
  takes(input: keyof I): boolean;
  /** Whether an output is asked for. */
  writes(output: string): boolean;
}

type OpenOutputs<P extends OutputPorts> = {
  readonly [K in keyof P]: P[K] extends
    | { readonly optional: true }
    | { readonly unless: readonly string[] } ? OutputSlot | undefined
    : OutputSlot;
};

/** Everything that a stage may touch while it runs: it never reads argv, environment or clock. */
export interface StageContext<
  O = unknown,
  I extends InputPorts = InputPorts,
  P extends OutputPorts = OutputPorts,
> {
  /** The options, checked by the stage's schema. */
  readonly options: O;
  /** The opened inputs, of the declared kinds. */
  readonly inputs: OpenInputs<I>;
  /** The outputs to write, each exactly once. */
  readonly outputs: OpenOutputs<P>;
  /** Seed of every random stream of this run. */
  readonly seed: number;
  /**
   * This process's share of the work, 0 of 1 unless the stage declares
   * `shares`. Shares have one scratch folder and nothing else in common; where
   * work of others is missing, a share leaves all outputs unwritten.
   */
  readonly share: Share;
  /**
   * The processes that do this run together, this one alone unless the stage
   * declares `together`. All have one scratch folder; outputs are rank 0's.
   * The signal may be set on some of them: `onAnyRank` says so to all, which
   * then save and throw a `StopError`.
   */
  readonly ranks: Collective;
  /** The engine that the user chose, opened at the first call. */
  engine(): Promise<Engine>;
  /** Progress with rate and time left, on standard error. */
  readonly progress: Progress;
  /** Messages for people, on standard error. */
  readonly log: Logger;
  /**
   * Set at the first ^C: finish the step, save state under `scratch()`, then
   * `signal.throwIfAborted()`.
   */
  readonly signal: AbortSignal;
  /**
   * A path for state that a cut run resumes from. It belongs to exactly this
   * recipe (stage version, options, seed, inputs), survives until the outputs
   * are written, and its folder exists.
   */
  scratch(name: string): string;
}

/**
 * One step of the work, as a plugin: commands, flags, `--help`, completions,
 * pipeline files and `--dry-run` are derived from this value.
 *
 * Declaring must be cheap, because every command loads declarations: import
 * only `zod`, `lib/pipeline`, `lib/preset` and types at the top of the file,
 * and the rest inside `run` with `await import(…)`.
 */
export interface Stage<
  S extends z.ZodObject = z.ZodObject,
  I extends InputPorts = InputPorts,
  P extends OutputPorts = OutputPorts,
> {
  /** Kebab-case name, also the command's. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Command lines for `--help`. */
  readonly examples: Examples;
  /** Raised when the same options and inputs would give another output. */
  readonly version: number;
  /** What it reads. */
  readonly inputs: I;
  /** What it writes; the first one is the main one (`-o`). */
  readonly outputs: P;
  /** Schema of the options; every field is described and has a default where one makes sense. */
  readonly options: S;
  /** True where several processes may share its work; it gets `--rank` and `--world`. */
  readonly shares?: boolean;
  /** True where processes that a launcher of MPI has started run it together. */
  readonly together?: boolean;
  /**
   * Why processes have nothing to share with these options; left out where they
   * always have.
   */
  alone?(options: z.infer<S>): Promise<string | undefined>;
  /**
   * The options as the recipe records them, where a short one such as a
   * preset's name stands for many numbers: all of them, so that a changed
   * preset is noticed, and as they are on these inputs and outputs.
   */
  settle?(
    options: z.infer<S>,
    step: SettledStep<I, P>,
  ): JsonRecord | Promise<JsonRecord>;
  /**
   * A digest of what the outputs depend on besides options and inputs, such as
   * a folder of pictures; part of the recipe where there is one.
   */
  fingerprint?(options: z.infer<S>): Promise<string | undefined>;
  /**
   * Refuses what `run` would refuse before its work, for dry runs: what the
   * schema of the options does not see, and inputs that do not fit them.
   */
  check?(
    context: Pick<
      StageContext<z.infer<S>, I, P>,
      "options" | "inputs" | "seed"
    >,
  ): Promise<void>;
  /**
   * What it would do and leave, counted without doing it; `undefined` where that
   * cannot be known before. Left out by stages whose work is small.
   *
   * @throws {UserError} where options do not fit what the inputs will be
   */
  estimate?(
    context: EstimateContext<z.infer<S>, I>,
  ): Promise<Estimate | undefined>;
  /** Does the work; what it returns is shown to the user (`--json` as it is). */
  run(context: StageContext<z.infer<S>, I, P>): Promise<StageSummary | void>;
}

/** Returns the stage as it is, with the types of its options and ports inferred. */
export function defineStage<
  S extends z.ZodObject,
  const I extends InputPorts,
  const P extends OutputPorts,
>(stage: Stage<S, I, P>): Stage<S, I, P> {
  return stage;
}
