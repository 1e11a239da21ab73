import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { z } from "zod";
import {
  type ArtifactReader,
  ioError,
  type JsonRecord,
  UserError,
} from "../../../artifact/mod.ts";
import {
  type Container,
  type ContainerForm,
  CONTAINERS,
  sampledFingerprint,
} from "../../../container/mod.ts";
import { issueLine } from "../../../pipeline/mod.ts";

/** Samples that are read of all containers together, and of each at least. */
const SAMPLES = 64;
const LEAST_SAMPLES = 2;

// deno-lint-ignore no-control-regex
const PATH = z.string().max(4096).regex(/^[^\x00-\x1f\x7f]+$/, {
  error: "expected text without control characters",
});
const FILE = {
  path: PATH,
  size: z.int().min(0),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
};

/** What a configuration says of a container, by its form. */
const STORED = {
  file: z.strictObject({ form: z.literal("file"), ...FILE }),
  folder: z.strictObject({ form: z.literal("folder"), path: PATH }),
  table: z.strictObject({ form: z.literal("table"), column: PATH, ...FILE }),
} as const satisfies Readonly<Record<ContainerForm, z.ZodType>>;

const LIST = z.array(z.discriminatedUnion("form", [
  STORED.file,
  STORED.folder,
  STORED.table,
]));

/** A container of an index, with what tells whether it has changed. */
export type IndexContainer = z.infer<typeof LIST>[number];

/**
 * Containers as the configuration of an index says them. Paths are relative to
 * the folder in which the artifact lies where they lead into it, so that both
 * can be moved together, and absolute otherwise.
 *
 * @param artifact where it is written; undefined for a pipe
 * @throws {UserError} when one cannot be read
 */
export async function storedContainers(
  containers: readonly Container[],
  artifact: string | undefined,
): Promise<readonly JsonRecord[]> {
  const stored: JsonRecord[] = [];
  for (const { form, path, column } of containers) {
    stored.push({
      form,
      path: storedPath(path, artifact),
      ...column !== undefined && { column },
      ...CONTAINERS[form].isFile && await stampOf(path, containers.length),
    });
  }
  return stored;
}

/**
 * The containers of an index, which are as they were when it was made.
 *
 * @throws {UserError} naming the container that is not there or has changed
 */
export async function indexContainers(
  reader: ArtifactReader,
): Promise<readonly IndexContainer[]> {
  const stored = parseContainers(reader);
  const containers: IndexContainer[] = [];
  for (const each of stored) {
    const container = { ...each, path: wholePath(each.path, reader) };
    if ("digest" in container) {
      await requireSame(container, { reader, count: stored.length });
    }
    containers.push(container);
  }
  return containers;
}

/** A container that an index names, and what has become of it. */
export interface ContainerState {
  readonly container: IndexContainer;
  /** Whether something is there, of the size that it had. */
  readonly state: "there" | "missing" | "of another size";
}

/**
 * What an index says of its containers, whether they are there or not; none is
 * read.
 *
 * @throws {UserError} naming the file and what is wrong
 */
export async function containerStates(
  reader: Pick<ArtifactReader, "name" | "config">,
): Promise<readonly ContainerState[]> {
  const states: ContainerState[] = [];
  for (const each of parseContainers(reader)) {
    const container = { ...each, path: wholePath(each.path, reader) };
    const found = await Deno.stat(container.path).catch(() => undefined);
    const same = !("size" in container) || found?.size === container.size;
    const state = same ? "there" : "of another size";
    states.push({ container, state: found === undefined ? "missing" : state });
  }
  return states;
}

/** @throws {UserError} naming the file and what is wrong */
function parseContainers(
  { name, config }: Pick<ArtifactReader, "name" | "config">,
): readonly IndexContainer[] {
  const { containers } = config;
  const parsed = LIST.safeParse(containers);
  if (parsed.success) return parsed.data;
  const under = ["config", "containers"];
  throw new UserError(
    `Cannot use "${name}": ${issueLine(parsed.error, containers, { under })}`,
  );
}

async function requireSame(
  { path, size, digest }: Extract<IndexContainer, { digest: string }>,
  { reader, count }: {
    readonly reader: ArtifactReader;
    readonly count: number;
  },
): Promise<void> {
  const action = `Cannot use "${reader.name}": its container "${path}"`;
  const { isFile, size: found } = await statOf(path, action);
  if (!isFile) {
    // Opening a pipe would wait for whoever writes to it.
    throw new UserError(`${action} is no file`);
  }
  if (found !== size) {
    throw new UserError(
      `${action} has changed: expected ${size} bytes, found ${found}`,
    );
  }
  const stamp = await stampOf(path, count);
  if (stamp.digest === digest) return;
  throw new UserError(
    `${action} has changed: expected samples of digest ${digest}, found ` +
      stamp.digest,
  );
}

/** @throws {UserError} beginning with what could not be done */
async function statOf(path: string, action: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    throw ioError(error, action);
  }
}

/** Size and samples of a file, of fewer places where there are many of them. */
async function stampOf(
  path: string,
  count: number,
): Promise<{ readonly size: number; readonly digest: string }> {
  const samples = Math.max(LEAST_SAMPLES, Math.ceil(SAMPLES / count));
  const digest = await sampledFingerprint([path], { samples });
  return { size: (await Deno.stat(path)).size, digest };
}

function storedPath(path: string, artifact: string | undefined): string {
  const whole = resolve(path);
  if (artifact === undefined) return whole;
  const inside = relative(dirname(resolve(artifact)), whole);
  return leadsOut(inside) || isAbsolute(inside) ? whole : inside;
}

function wholePath(
  stored: string,
  { name }: Pick<ArtifactReader, "name">,
): string {
  if (isAbsolute(stored)) return stored;
  if (!leadsOut(stored)) return join(dirname(resolve(name)), stored);
  throw new UserError(
    `Cannot use "${name}": config.containers: expected absolute paths and ` +
      `those below its folder, found ${JSON.stringify(stored)}`,
  );
}

function leadsOut(path: string): boolean {
  return path === "" || path.split(/[\\/]/).includes("..");
}
