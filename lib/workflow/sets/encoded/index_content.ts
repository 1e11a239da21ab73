import type { JsonRecord, WritableTensor } from "../../../artifact/mod.ts";
import type { Container } from "../../../container/mod.ts";
import { hostTensor } from "../../../tensor/mod.ts";
import { columnsOf, type PictureSpec } from "./columns.ts";
import { storedContainers } from "./containers.ts";

/** Pictures that stay where they lie. */
export interface IndexedPictures {
  readonly count: number;
  /** What they lie in. */
  readonly containers: readonly Container[];
  /** Which container a picture lies in, by its index, and where there. */
  at(index: number): PictureSpec & { readonly container: number };
}

/**
 * What an images artifact of the form `index` holds of its pictures, all but
 * their labels.
 *
 * @param artifact where it is written; undefined for one that is in no file
 * @throws {UserError} where a container cannot be read, or a picture not be used
 */
export async function indexContent(
  { count, containers, at }: IndexedPictures,
  artifact: string | undefined,
): Promise<{
  readonly tensors: Readonly<Record<string, WritableTensor>>;
  readonly config: JsonRecord;
}> {
  const which = Uint32Array.from(
    { length: count },
    (_, index) => at(index).container,
  );
  return {
    tensors: {
      ...columnsOf(count, at),
      containers: hostTensor("u32", [count], which),
    },
    config: {
      form: "index",
      containers: await storedContainers(containers, artifact),
    },
  };
}
