// Imported for its place on disk only: it does not load the addon.
import "onnxruntime-node/dist/version.js";
import process from "node:process";

/** Version of the package that carries the library. */
export const LIBRARY_VERSION = "1.30.0";

const FILES: Readonly<Record<string, string>> = {
  "linux-x64": "linux/x64/libonnxruntime.so.1",
  "linux-arm64": "linux/arm64/libonnxruntime.so.1",
  "darwin-arm64": "darwin/arm64/libonnxruntime.1.dylib",
  "win32-x64": "win32/x64/onnxruntime.dll",
  "win32-arm64": "win32/arm64/onnxruntime.dll",
};

/**
 * Path of the onnxruntime library inside the installed package.
 *
 * @throws {Error} when the package has none for this platform
 */
export function libraryPath(): string {
  const platform = `${process.platform}-${process.arch}`;
  const file = FILES[platform];
  if (file === undefined) {
    throw new Error(`Cannot find onnxruntime: none is built for ${platform}`);
  }
  const version = import.meta.resolve("onnxruntime-node/dist/version.js");
  const url = new URL(`../bin/napi-v6/${file}`, version);
  const path = decodeURIComponent(url.pathname);
  return process.platform === "win32" ? path.slice(1) : path;
}
