import type { RandomStream } from "../../lib/random/mod.ts";
import { rawAnswer } from "../lib/serve/_server.ts";
import { ATTACKS } from "./attacks.ts";
import { type Expected, withoutRecipe } from "./expected.ts";

/** What a client knows. */
export interface ClientContext {
  readonly url: string;
  readonly port: number;
  readonly expected: readonly Expected[];
  readonly classes: number;
  readonly draws: RandomStream;
}

/** What came of one thing that a client did. */
export interface Outcome {
  /** Images that were compared. */
  readonly images: number;
  /** What was wrong; nothing where all is well. */
  readonly faults: readonly string[];
  /** Whether the server was busy, and said so. */
  readonly isBusy?: boolean;
}

/** Things that clients do, by name; each as often as it stands there. */
export const DEEDS: Readonly<
  Record<string, (c: ClientContext) => Promise<Outcome>>
> = {
  json: takeJson,
  png: takePng,
  events: takeEvents,
  leave: leaveEarly,
  attack,
  read: readPages,
};

const GOOD: Outcome = { images: 0, faults: [] };
const BUSY: Outcome = { images: 0, faults: [], isBusy: true };

/** A request for some images, and what their files must be. */
function wanted(
  { expected, classes, draws }: ClientContext,
  { most, more = {} }: { readonly most: number; readonly more?: object },
) {
  const { setting, files } = expected[draws.integer(expected.length)]!;
  const count = 1 + draws.integer(Math.min(most, files.length));
  const first = draws.integer(files.length - count + 1);
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  const labels = seeds.map((seed) => seed % classes);
  return {
    body: JSON.stringify({ ...setting.body, ...more, seeds, classes: labels }),
    files: seeds.map((seed) => files[seed]!),
  };
}

function ask(
  { url }: ClientContext,
  { body, type, signal }: {
    readonly body: string;
    readonly type: string;
    readonly signal?: AbortSignal;
  },
): Promise<Response> {
  return fetch(`${url}/api/samples`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: type },
    body,
    ...signal && { signal },
  });
}

/** What an answer that is not 200 comes to. */
async function refusal(response: Response): Promise<Outcome> {
  const text = await response.text();
  if (response.status === 429 && response.headers.has("retry-after")) {
    return BUSY;
  }
  return { images: 0, faults: [`${response.status} ${text}`] };
}

function compared(
  found: readonly Uint8Array[],
  files: readonly Uint8Array[],
): Outcome {
  const faults: string[] = [];
  if (found.length !== files.length) faults.push(`${found.length} images`);
  found.forEach((png, i) => {
    const bare = withoutRecipe(png);
    const file = files[i]!;
    const isSame = bare.length === file.length &&
      bare.every((byte, k) => byte === file[k]);
    if (!isSame) faults.push("a wrong image");
  });
  return { images: found.length, faults };
}

async function takeJson(client: ClientContext): Promise<Outcome> {
  const { body, files } = wanted(client, { most: 6 });
  const response = await ask(client, { body, type: "application/json" });
  if (response.status !== 200) return await refusal(response);
  const { images } = await response.json() as { images: { png: string }[] };
  return compared(images.map(({ png }) => Uint8Array.fromBase64(png)), files);
}

async function takePng(client: ClientContext): Promise<Outcome> {
  const { body, files } = wanted(client, { most: 1 });
  const response = await ask(client, { body, type: "image/png" });
  if (response.status !== 200) return await refusal(response);
  return compared([new Uint8Array(await response.arrayBuffer())], files);
}

/** Previews that clients ask for at most. */
const MOST_PREVIEWS = 4;

async function takeEvents(client: ClientContext): Promise<Outcome> {
  const previews = client.draws.integer(MOST_PREVIEWS + 1);
  const { body, files } = wanted(client, { most: 6, more: { previews } });
  const response = await ask(client, { body, type: "text/event-stream" });
  if (response.status !== 200) return await refusal(response);
  const found: Uint8Array[] = [];
  const faults: string[] = [];
  let shown = 0;
  let last = "";
  for (const event of (await response.text()).trim().split("\n\n")) {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
    last = name ?? event;
    if (name === "preview") shown++;
    if (name !== "image") continue;
    const { place, png } = JSON.parse(data!) as { place: number; png: string };
    found[place] = Uint8Array.fromBase64(png);
  }
  if (last !== "done") faults.push(`the last event is ${last}`);
  if (shown > previews * files.length) faults.push(`${shown} previews`);
  const outcome = compared(found, files);
  return { ...outcome, faults: [...faults, ...outcome.faults] };
}

/** Goes away at any moment, before the answer or in the middle of it. */
async function leaveEarly(client: ClientContext): Promise<Outcome> {
  const { body } = wanted(client, { most: 6 });
  const types = ["application/json", "text/event-stream"];
  const type = types[client.draws.integer(types.length)]!;
  const signal = AbortSignal.timeout(1 + client.draws.integer(800));
  try {
    await (await ask(client, { body, type, signal })).arrayBuffer();
  } catch (error) {
    if ((error as Error).name !== "TimeoutError") throw error;
  }
  return GOOD;
}

async function attack({ port, draws }: ClientContext): Promise<Outcome> {
  const { name, request, status } = ATTACKS[draws.integer(ATTACKS.length)]!;
  const answer = await rawAnswer(port, request);
  const [, code] = /^HTTP\/1\.[01] (\d{3}) /.exec(answer) ?? [];
  const found = code === undefined ? "closed" : Number(code);
  const isGood = status.includes(found);
  return isGood ? GOOD : { images: 0, faults: [`${name}: ${found}`] };
}

async function readPages({ url, draws }: ClientContext): Promise<Outcome> {
  const paths = ["/", "/style.css", "/api", "/api/model", "/healthz"];
  const path = paths[draws.integer(paths.length)]!;
  const response = await fetch(url + path);
  await response.arrayBuffer();
  return response.status === 200
    ? GOOD
    : { images: 0, faults: [`${path}: ${response.status}`] };
}
