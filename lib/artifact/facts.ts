import type { ArtifactContents, ArtifactReader } from "./artifact.ts";
import { checkForm, checkTensors } from "./check_tensors.ts";
import { TO_FILE_DTYPE } from "./dtype.ts";
import type { HostTensor } from "../tensor/host_tensor.ts";
import { tensorBytes } from "./safetensors_reader.ts";
import type { TensorSpec } from "./safetensors_writer.ts";

/** What an artifact says of itself, whether it is there or will be. */
export type ArtifactFacts = Pick<
  ArtifactReader,
  "name" | "kind" | "form" | "config" | "sizes"
>;

/** An artifact that is not there yet. */
export interface PlannedArtifact extends ArtifactFacts {
  /** Bytes of its tensors. */
  readonly bytes: number;
}

/**
 * What an artifact will say of itself.
 *
 * @param name what people call it, for messages
 * @throws {UserError} when the declared tensors do not fit the kind
 */
export function plannedArtifact(
  name: string,
  { kind, tensors, config }: ArtifactContents<TensorSpec>,
): PlannedArtifact {
  const infos = new Map(
    Object.entries(tensors).map(([key, { dtype, shape }]) => {
      const stored = TO_FILE_DTYPE[dtype as HostTensor["dtype"]] ?? dtype;
      return [key, { dtype: stored, shape }];
    }),
  );
  const form = checkForm(config, { kind, file: name });
  const bytes = [...infos.values()]
    .reduce((sum, info) => sum + tensorBytes(info as never), 0);
  const sizes = checkTensors(infos, { kind, form, file: name });
  return { name, kind, form, config, sizes, bytes };
}
