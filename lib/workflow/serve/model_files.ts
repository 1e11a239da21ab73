import {
  type ArtifactKind,
  type ArtifactReader,
  openArtifact,
  UserError,
} from "../../artifact/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";
import { givenModels } from "../fetch/mod.ts";

/** Files of a model, as they are given: one for both halves, or one each. */
export interface GivenFiles {
  readonly model?: string | undefined;
  readonly ar?: string | undefined;
  readonly svae?: string | undefined;
}

/** What each file may be. */
const KINDS: Readonly<Record<keyof GivenFiles, readonly ArtifactKind[]>> = {
  model: ["model"],
  ar: ["ar"],
  svae: ["svae", "model"],
};

/** Those files, opened. */
export type OpenFiles = Readonly<
  Record<keyof GivenFiles, ArtifactReader | undefined>
>;

/**
 * Opens the files of a model, lets them be used, and closes them.
 *
 * @throws {UserError} where one cannot be had, or is of another kind
 */
export async function withModelFiles<T>(
  given: GivenFiles,
  tools: Pick<CommandContext, "remoteFiles">,
  use: (files: OpenFiles) => Promise<T>,
): Promise<T> {
  if ((given.model ?? given.ar) === undefined) {
    throw new UserError("Cannot serve: expected --model, or --ar and --svae");
  }
  const open: ArtifactReader[] = [];
  async function opened(
    name: keyof GivenFiles,
  ): Promise<ArtifactReader | undefined> {
    const word = given[name];
    if (word === undefined) return undefined;
    const [path] = await givenModels([word], tools);
    const reader = await openArtifact(path!);
    open.push(reader);
    const kinds = KINDS[name];
    if (kinds.includes(reader.kind)) return reader;
    throw new UserError(
      `Cannot use "${reader.name}": expected kind ${kinds.join(" or ")}, ` +
        `found "${reader.kind}"`,
    );
  }
  try {
    return await use({
      model: await opened("model"),
      ar: await opened("ar"),
      svae: await opened("svae"),
    });
  } finally {
    for (const reader of open) reader.close();
  }
}
