import {
  type ArtifactContents,
  createArtifact,
  type SafetensorsWriter,
  type TensorSpec,
  writeArtifact,
  writeBytesAtomic,
} from "../artifact/mod.ts";
import type { OutputTarget } from "./plan.ts";
import type { RecipeMetadata } from "./recipe.ts";
import type { ArtifactContent, OutputPort, OutputSlot } from "./stage.ts";

/** What a slot needs to know. */
export interface SlotOptions {
  /** Name of stage and output, for messages. */
  readonly name: string;
  readonly port: OutputPort;
  readonly target: OutputTarget;
  /** The recipe at the moment of writing: the engine may open late. */
  readonly made: () => RecipeMetadata;
}

/** An output that adds the recipe to whatever the stage writes. */
export class RecipeSlot implements OutputSlot {
  readonly kind: OutputPort["kind"];
  readonly path: string | undefined;
  private readonly options: SlotOptions;
  private written = false;

  constructor(options: SlotOptions) {
    this.options = options;
    this.kind = options.port.kind;
    const { target } = options;
    this.path = typeof target === "string" ? target : undefined;
  }

  /** Whether the stage has written this output. */
  get done(): boolean {
    return this.written;
  }

  async write(content: ArtifactContent): Promise<void> {
    await writeArtifact(this.options.target, this.contents(content));
    this.written = true;
  }

  async create(
    content: ArtifactContent<TensorSpec>,
  ): Promise<SafetensorsWriter> {
    const contents = this.contents(content);
    const writer = await createArtifact(this.options.target, contents);
    return {
      writeRows: (name, rows) => writer.writeRows(name, rows),
      abort: () => writer.abort(),
      commit: async () => {
        await writer.commit();
        this.written = true;
      },
    };
  }

  async writeFile(data: Uint8Array | string): Promise<void> {
    const { name, target } = this.options;
    if (this.kind !== "file") {
      throw new TypeError(
        `Cannot write plain bytes to ${name}: it is declared as ${this.kind}`,
      );
    }
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data;
    if (typeof target === "string") await writeBytesAtomic(target, bytes);
    else await writeStream(target, bytes);
    this.written = true;
  }

  private contents<T extends TensorSpec>(
    { tensors, config = {} }: ArtifactContent<T>,
  ): ArtifactContents<T> {
    if (this.kind === "file") {
      throw new TypeError(
        `Cannot write an artifact to ${this.options.name}: ` +
          `it is declared as a file`,
      );
    }
    return { kind: this.kind, tensors, config, ...this.options.made() };
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
