import type { Dataset, OpenOptions } from "./dataset.ts";
import type { EncodedPictures } from "./encoded.ts";
import type { DatasetSize } from "./size.ts";
import type { Store } from "./store.ts";
import type { Watch } from "./watch.ts";

/** What people say of one dataset besides its kind. */
export interface GivenDataset {
  /** What stands behind the colon; empty for kinds that take nothing. */
  readonly argument: string;
  /** File with the labels, for kinds whose pictures come without. */
  readonly labels?: string | undefined;
  /** Is told how far reading of archives has come. */
  readonly watch?: Watch | undefined;
}

/**
 * A kind of dataset: a file in `kinds/` and a line of the table. Light, since
 * every command loads the table: what decodes pictures is imported on opening.
 */
export interface DatasetKind {
  /** What `--dataset` says, before a colon where something follows. */
  readonly name: string;
  /** Word for what follows the colon, such as `PATH`; left out for nothing. */
  readonly argument?: string;
  /** What it is, for `--help`; a few words. */
  readonly help: string;
  /**
   * What opening takes: packages that may be fetched, folders that are listed,
   * or archives whose every header is read. A dry run opens only what is listed.
   */
  readonly opening: "fetches" | "lists" | "indexes";
  /** How its pictures are kept unless people say otherwise. */
  readonly store: Store;
  /** Whether `--labels` says what its pictures show. */
  readonly takesLabels?: boolean;
  /**
   * Opens it for decoding, every entry known.
   *
   * @throws {UserError} when it cannot be opened
   */
  open(given: GivenDataset & OpenOptions): Promise<Dataset>;
  /**
   * Its pictures as files hold them, none of them read; left out by kinds whose
   * pictures are no files.
   *
   * @throws {UserError} when it cannot be opened
   */
  encoded?(given: GivenDataset): Promise<EncodedPictures>;
  /**
   * How large it is: counted where that takes listing folders, and otherwise as
   * it was published, or about, by the bytes of its files.
   *
   * @throws {UserError} when it cannot be read
   */
  size(given: GivenDataset): Promise<DatasetSize>;
  /**
   * What its pictures depend on besides the options, cheap enough for asking
   * whether anything changed.
   *
   * @throws {UserError} when it cannot be read
   */
  fingerprint(given: GivenDataset): Promise<string>;
}

/** A kind whose pictures are files, complete but for how it is opened. */
export function encodedKind(
  kind: Omit<DatasetKind, "open" | "encoded"> & {
    encoded: NonNullable<DatasetKind["encoded"]>;
  },
): DatasetKind {
  return {
    ...kind,
    async open(given) {
      const { decodedDataset } = await import("./decoded.ts");
      return await decodedDataset(await kind.encoded(given), given);
    },
  };
}
