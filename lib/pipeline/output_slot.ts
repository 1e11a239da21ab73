import {
  type ArtifactContents,
  type ArtifactKind,
  type ArtifactReader,
  type AtomicFile,
  type AtomicFolder,
  createArtifact,
  createAtomic,
  createAtomicFolder,
  createSharded,
  ioError,
  isFolder,
  type SafetensorsWriter,
  type ShardedWriter,
  type TensorSpec,
  UserError,
  withoutSlash,
  writeArtifact,
  writeBytesAtomic,
} from "../artifact/mod.ts";
import { defaultFileName, type OutputTarget } from "./plan.ts";
import type { RecipeMetadata } from "./recipe.ts";
import type {
  ArtifactContent,
  BesidePort,
  OutputKind,
  OutputPort,
  OutputSlot,
} from "./stage.ts";

/** What a slot needs to know. */
export interface SlotOptions {
  /** Name of stage and output, for messages. */
  readonly name: string;
  readonly port: Pick<OutputPort, "kind">;
  readonly target: OutputTarget;
  /** The recipe at the moment of writing: the engine may open late. */
  readonly made: () => RecipeMetadata;
  /** Opens what an earlier run with the same recipe left there, up to some options. */
  readonly open: (
    paths: readonly string[],
  ) => Promise<ArtifactReader | undefined>;
  /** An output of the same recipe at another path. */
  readonly another: (path: string, port: BesidePort) => OutputSlot;
  /** @throws {UserError} where others made what is there; runs before each write. */
  readonly guard?: () => Promise<void>;
  /** Writes a file that cannot carry its recipe, so that it is known whose it is. */
  readonly noting?: (write: () => Promise<void>) => Promise<void>;
}

/** An output that adds the recipe to whatever the stage writes. */
export class RecipeSlot implements OutputSlot {
  readonly kind: OutputKind;
  readonly path: string | undefined;
  private readonly options: SlotOptions;
  private written = false;

  constructor(options: SlotOptions) {
    this.options = options;
    this.kind = options.port.kind;
    const { target } = options;
    this.path = typeof target === "string" ? target : undefined;
  }

  get inFolder(): boolean {
    return this.path !== undefined && isFolder(this.path);
  }

  /** Whether the stage has written this output. */
  get done(): boolean {
    return this.written;
  }

  earlier(): Promise<ArtifactReader | undefined> {
    return this.options.open([]);
  }

  former(paths: readonly string[]): Promise<ArtifactReader | undefined> {
    return this.options.open(paths);
  }

  beside(
    label: string,
    port: BesidePort = { kind: this.kind as ArtifactKind },
  ): OutputSlot {
    if (this.path === undefined) {
      throw new UserError(
        `Cannot write "${label}" beside ${this.options.name}: it goes to a ` +
          "pipe, expected a file",
      );
    }
    const stem = withoutSlash(this.path).replace(/\.safetensors$/, "");
    const path = defaultFileName(`${stem}.${label}`, port);
    return this.options.another(path, port);
  }

  made(): RecipeMetadata {
    return this.options.made();
  }

  keep(): void {
    this.written = true;
  }

  async requireFree(): Promise<void> {
    await this.options.guard?.();
  }

  async remove(): Promise<void> {
    await this.requireFree();
    if (this.path !== undefined) await removeFile(this.path);
  }

  async write(content: ArtifactContent): Promise<void> {
    const contents = this.contents(content);
    await this.noted(() => writeArtifact(this.options.target, contents));
  }

  async create(
    content: ArtifactContent<TensorSpec>,
  ): Promise<SafetensorsWriter> {
    const contents = this.contents(content);
    const writer = await createArtifact(this.options.target, contents);
    return {
      order: writer.order,
      writeRows: (name, rows) => writer.writeRows(name, rows),
      ...this.ends(writer),
    };
  }

  async createShards(content: ArtifactContent): Promise<ShardedWriter> {
    const contents = this.contents(content);
    if (this.path === undefined || !this.inFolder) {
      throw new TypeError(
        `Cannot write ${this.options.name} in shards: expected a folder`,
      );
    }
    const writer = await createSharded(this.path, contents);
    return { add: (file) => writer.add(file), ...this.ends(writer) };
  }

  async writeFile(data: Uint8Array | string): Promise<void> {
    const { target } = this.options;
    this.requireKind("file");
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data;
    await this.noted(() =>
      typeof target === "string"
        ? writeBytesAtomic(target, bytes)
        : writeStream(target, bytes)
    );
  }

  async createFile(): Promise<AtomicFile> {
    const file = await createAtomic(this.place("file"));
    return {
      write: (bytes, at) => file.write(bytes, at),
      ...this.ends(file),
    };
  }

  async createFolder(names: RegExp): Promise<AtomicFolder> {
    const folder = await createAtomicFolder(this.place("folder"), names);
    return {
      path: folder.path,
      write: (file, bytes) => folder.write(file, bytes),
      link: (file, from) => folder.link(file, from),
      ...this.ends(folder),
    };
  }

  /** The ends of an open file, noting when it is there. */
  private ends(
    open: { commit(): Promise<void>; abort(): Promise<void> },
  ): { commit(): Promise<void>; abort(): Promise<void> } {
    return {
      abort: () => open.abort(),
      commit: async () => {
        await this.noted(() => open.commit());
      },
    };
  }

  /** Puts something in this output's place, where it may be put. */
  private async noted(write: () => Promise<void>): Promise<void> {
    await this.requireFree();
    await (this.options.noting?.(write) ?? write());
    this.written = true;
  }

  /** The path of an output that must have one. */
  private place(kind: "file" | "folder"): string {
    this.requireKind(kind);
    if (this.path !== undefined) return this.path;
    throw new UserError(
      `Cannot write ${this.options.name} to a pipe: expected a ${kind}`,
    );
  }

  private requireKind(kind: OutputKind): void {
    if (this.kind === kind) return;
    throw new TypeError(
      `Cannot write ${this.options.name} as ${kind}: ` +
        `it is declared as ${this.kind}`,
    );
  }

  private contents<T extends TensorSpec>(
    { tensors, config = {} }: ArtifactContent<T>,
  ): ArtifactContents<T> {
    if (this.kind === "file" || this.kind === "folder") {
      throw new TypeError(
        `Cannot write an artifact to ${this.options.name}: ` +
          `it is declared as a ${this.kind}`,
      );
    }
    return { kind: this.kind, tensors, config, ...this.options.made() };
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw ioError(error, `Cannot remove "${path}"`);
  }
}

async function writeStream(
  stream: WritableStream<Uint8Array>,
  bytes: Uint8Array,
): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(bytes);
  } finally {
    writer.releaseLock();
  }
}
