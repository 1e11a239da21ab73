/** A size for people, such as `1.5 GiB`. */
export function byteText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.floor(Math.log2(Math.max(1, bytes)) / 10);
  const unit = Math.min(units.length - 1, power);
  const value = bytes / 1024 ** unit;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
