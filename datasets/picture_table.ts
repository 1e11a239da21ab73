import { NameColumn, NumberColumn } from "../lib/container/mod.ts";

/** Where one picture lies. */
export interface PictureRow {
  /** Index of the file or folder that it lies in. */
  readonly container: number;
  /** First byte there; of a table, the row. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** Index of its class, or of what becomes one. */
  readonly label: number;
  /** Its name, unique in the dataset. */
  readonly id: string;
}

/**
 * Where encoded pictures lie, a row each in columns: a million of them take
 * some 60 MB, and no object.
 */
export class PictureTable {
  private readonly containers = new NumberColumn((n) => new Uint32Array(n));
  private readonly offsets = new NumberColumn((n) => new Float64Array(n));
  private readonly lengths = new NumberColumn((n) => new Float64Array(n));
  private readonly labels = new NumberColumn((n) => new Int32Array(n));
  private readonly ids = new NameColumn();
  /** Row of each index; undefined while both are the same. */
  private order: Uint32Array | undefined;

  /** How many pictures there are. */
  get count(): number {
    return this.ids.length;
  }

  /** Adds a picture, before the table is sorted. */
  add({ container, offset, length, label, id }: PictureRow): void {
    this.containers.push(container);
    this.offsets.push(offset);
    this.lengths.push(length);
    this.labels.push(label);
    this.ids.push(id);
  }

  /**
   * Gives classes their labels, and sorts by them and then by id, ids by their
   * bytes.
   *
   * @param labels the label of each class by its index so far
   */
  sort(labels: readonly number[]): void {
    for (let row = 0; row < this.count; row++) {
      this.labels.set(row, labels[this.labels.at(row)]!);
    }
    const order = Uint32Array.from({ length: this.count }, (_, i) => i);
    this.order = order.sort((a, b) =>
      this.labels.at(a) - this.labels.at(b) || this.ids.compare(a, b)
    );
  }

  /** The picture at an index, from 0 to `count - 1`. */
  at(index: number): PictureRow {
    const row = this.rowOf(index);
    return {
      container: this.containers.at(row),
      offset: this.offsets.at(row),
      length: this.lengths.at(row),
      label: this.labels.at(row),
      id: this.ids.at(row),
    };
  }

  /** Label of the picture at an index, without its other columns. */
  label(index: number): number {
    return this.labels.at(this.rowOf(index));
  }

  /** Id of the picture at an index, without its other columns. */
  id(index: number): string {
    return this.ids.at(this.rowOf(index));
  }

  private rowOf(index: number): number {
    if (!(Number.isInteger(index) && index >= 0 && index < this.count)) {
      throw new RangeError(
        `internal: picture ${index} of ${this.count} does not exist`,
      );
    }
    return this.order?.[index] ?? index;
  }
}
