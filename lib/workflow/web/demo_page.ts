import { createHash } from "node:crypto";
import { UserError } from "../../artifact/mod.ts";
import type { OpenWebModel } from "./open_model.ts";
import { pageFiles } from "./page_files.ts";
import { writeShards } from "./write_shards.ts";

/** Bytes of a model that one page may hold: as text, more is no string any more. */
const MOST_BYTES = 256 * 2 ** 20;

/** What the page of a site loads, and what stands for it in a page of one file. */
const LINKS = {
  style: '<link rel="stylesheet" href="style.css">',
  code: '<script type="module" src="page.js"></script>',
  policy: /(http-equiv="Content-Security-Policy"\s+content=)"[^"]*"/,
} as const;

/**
 * A page in one file that asks nobody for anything: its code, its worker and the
 * model are inside.
 *
 * @throws {UserError} where the model is too large for that
 */
export async function demoPage(
  model: OpenWebModel,
  { name }: { readonly name: string },
): Promise<string> {
  const shards = new Map<string, Uint8Array>();
  let bytes = 0;
  const described = await writeShards(model, {
    name,
    write: (file, shard) => {
      bytes += shard.length;
      shards.set(file, shard);
      return bytes <= MOST_BYTES ? Promise.resolve() : Promise.reject(
        new UserError(
          "Cannot put the model into one page: expected at most " +
            `${MOST_BYTES} bytes; --format web writes a folder`,
        ),
      );
    },
  });
  const files = await pageFiles();
  const style = files.get("style.css")!;
  const code = inScript(files.get("page.js")!);
  const parts = [
    dataScript("application/json", inJson(described), {
      id: "embedded-model",
    }),
    dataScript("text/plain", inScript(files.get("worker.js")!), {
      id: "embedded-worker",
    }),
    ...[...shards].map(([file, shard]) =>
      dataScript("text/plain", shard.toBase64(), {
        class: "shard",
        "data-file": file,
      })
    ),
  ];
  return files.get("index.html")!
    .replace(LINKS.policy, (_, start) => `${start}"${policyOf(code, style)}"`)
    .replace(LINKS.style, () => `<style>${style}</style>`)
    .replace(LINKS.code, "")
    .replace(
      "</body>",
      () =>
        `${parts.join("\n")}\n<script type="module">${code}</script>\n</body>`,
    );
}

/** Nothing but this code and style, no address but a worker of the page's own. */
function policyOf(code: string, style: string): string {
  const hash = (text: string) =>
    `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(code)} blob:`,
    `style-src ${hash(style)}`,
    "img-src blob: data:",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** A script that holds data. */
function dataScript(
  type: string,
  text: string,
  attributes: Readonly<Record<string, string>>,
): string {
  const given = Object.entries({ type, ...attributes })
    .map(([name, value]) => `${name}="${value}"`);
  return `<script ${given.join(" ")}>${text}</script>`;
}

/** JSON that does not end the script that it is in. */
function inJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** Code that does not end the script that it is in: in its strings it says the same. */
function inScript(text: string): string {
  return text.replaceAll("</script", "<\\/script")
    .replaceAll("<!--", "<\\!--");
}
