import { join } from "node:path";
import { engineAvailable } from "../engines.ts";
import { Devtools } from "./devtools.ts";
import { BrowserPage } from "./page.ts";

/** What gives Debian's Chromium a GPU without one: SwiftShader. */
const GPU_FLAGS = ["--enable-unsafe-webgpu", "--enable-features=Vulkan"];

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--remote-debugging-port=0",
  "--no-first-run",
  "--disable-extensions",
  "--disable-background-networking",
  "--hide-scrollbars",
];

/** The program, by its name on the path or SPHEREAR_CHROMIUM. */
function program(): string {
  return Deno.env.get("SPHEREAR_CHROMIUM") ?? "chromium";
}

/** @throws {Error} where there is no Chromium */
export async function requireChromium(): Promise<void> {
  const { success } = await new Deno.Command(program(), {
    args: ["--version"],
    stdout: "null",
    stderr: "null",
  }).output().catch(() => ({ success: false }));
  if (!success) {
    throw new Error(`No "${program()}" here (install Debian's chromium)`);
  }
}

/** A Chromium of its own, with a profile that goes away with it. */
export class Chromium implements AsyncDisposable {
  readonly #devtools: Devtools;
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;

  private constructor(
    devtools: Devtools,
    process: Deno.ChildProcess,
    profile: string,
  ) {
    this.#devtools = devtools;
    this.#process = process;
    this.#profile = profile;
  }

  /** @param options.gpu whether pages are given one */
  static async start(
    { gpu = true }: { readonly gpu?: boolean } = {},
  ): Promise<Chromium> {
    const profile = await Deno.makeTempDir({ prefix: "spherear-chromium-" });
    const process = new Deno.Command(program(), {
      args: [
        ...FLAGS,
        ...gpu ? GPU_FLAGS : ["--disable-features=WebGPU"],
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const address = await addressIn(profile);
    return new Chromium(await Devtools.connect(address), process, profile);
  }

  /** Opens a page of its own. */
  async open(address: string): Promise<BrowserPage> {
    const { targetId } = await this.#devtools.send("Target.createTarget", {
      url: "about:blank",
    });
    const page = await BrowserPage.attach(this.#devtools, targetId);
    await page.go(address);
    return page;
  }

  /** Kills the process that has the GPU; the browser starts another one. */
  async crashGpu(): Promise<void> {
    // It goes without an answer.
    await this.#devtools.send("Browser.crashGpuProcess").catch(() => {});
  }

  /** Seconds of processors that its processes have used so far. */
  async processorSeconds(): Promise<number> {
    const { processInfo } = await this.#devtools.send(
      "SystemInfo.getProcessInfo",
    );
    return processInfo.reduce(
      (sum: number, { cpuTime }: { cpuTime: number }) => sum + cpuTime,
      0,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#devtools.send("Browser.close").catch(() => {});
    await this.#process.status;
    await this.#devtools.close();
    await Deno.remove(this.#profile, { recursive: true }).catch(() => {});
  }
}

/** Milliseconds that Chromium may take to start. */
const START_MS = 30_000;

/** The address of the browser, which it writes into its profile. */
async function addressIn(profile: string): Promise<string> {
  const file = join(profile, "DevToolsActivePort");
  for (let waited = 0; waited < START_MS; waited += 50) {
    const text = await Deno.readTextFile(file).catch(() => "");
    const [port, path] = text.split("\n");
    if (path) return `ws://127.0.0.1:${port}${path}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("Chromium did not start");
}

/**
 * The body of a test in a browser of its own; ignored where there is none:
 *
 * `Deno.test({ name, ...await inBrowser(async (browser) => { … }) })`
 *
 * @throws {Error} where SPHEREAR_REQUIRE_ENGINES names a missing browser
 */
export async function inBrowser(
  run: (browser: Chromium) => Promise<void>,
  options: { readonly gpu?: boolean } = {},
): Promise<Pick<Deno.TestDefinition, "fn" | "ignore">> {
  const { available } = await engineAvailable("browser");
  return {
    ignore: !available,
    fn: async () => {
      await using browser = await Chromium.start(options);
      await run(browser);
    },
  };
}
