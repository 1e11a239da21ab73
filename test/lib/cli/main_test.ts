import assert from "node:assert/strict";
import { findAdapter } from "../../../lib/cli/mod.ts";
import { join } from "node:path";

const CLI = join(import.meta.dirname!, "example_cli.ts");

interface Result {
  readonly code: number;
  readonly out: string;
  readonly bytes: Uint8Array;
  readonly err: string;
}

function start(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Deno.ChildProcess {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CLI, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...options,
  });
  return command.spawn();
}

async function run(
  args: readonly string[],
  { stdin = new Uint8Array(0), cwd }: { stdin?: Uint8Array; cwd?: string } = {},
): Promise<Result> {
  const child = start(args, cwd === undefined ? {} : { cwd });
  const writer = child.stdin.getWriter();
  await writer.write(stdin).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    bytes: stdout,
    out: decoder.decode(stdout),
    err: decoder.decode(stderr),
  };
}

Deno.test("help shows commands, flags, defaults and choices", async () => {
  const top = await run(["--help"]);
  assert.equal(top.code, 0);
  assert.match(top.out, /make \[options\] +Make grey images/);
  const { code, out } = await run(["brighten", "--help"]);
  assert.equal(code, 0);
  assert.match(out, /--images <file> +what to brighten \(images or samples\)/);
  assert.match(out, /--delay-ms <number> .*\(default: 0\)/);
  assert.match(out, /--mode <choice> .*choices: "slow", "fast"/);
  assert.match(out, /--no-tint/);
  assert.match(out, /--weights <list> .*\(default: 1,2\)/);
  assert.equal((await run(["--version"])).out, "1.2.3\n");
});

Deno.test("wrong use gives one line and status 2", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["nope"], /^Unknown command 'nope'/],
    [["maek"], /Did you mean make\?/],
    [["make", "--cuont", "3"], /^Unknown option '--cuont'.*--count/],
    [["make", "--count", "x"], /count.*'x'.*number/i],
    [["make", "--count", "0"], /count: too small.*found 0/],
    [["make", "--count", "1.5"], /count: .*int.*found 1\.5/],
    [["make", "--seed", "-1"], /seed.*from 0 to 9007199254740991$/],
    [["make", "--seed", `1${"0".repeat(20)}`], /from 0 to 9007199254740991$/],
    [
      ["brighten", "--images", `/${"a".repeat(9000)}`],
      /^.{100,200}\[\.\.\.\].{100,250}too long$/,
    ],
    [["make", "--device", "tpu"], /device.*auto, gpu, cpu, reference/],
    [["brighten", "--mode", "warp"], /mode.*slow, fast/],
    [
      ["brighten", "--images", "/no/where", "-o", "x"],
      /"\/no\/where": no such/,
    ],
    [["brighten", "-o", "x"], /input "images" is missing: give --images FILE/],
    [["make", "--json"], /output "images" has no place: give -o FILE/],
    [["echo", "engine", "--device", "cpu"], /--device cpu: it is not here/],
    [["make", "-o", ""], /Cannot write "": expected the path of a file/],
    [["make", "-o", "/proc/x/y"], /Cannot write "\/proc\/x\/y"/],
    [
      ["brighten", "--images", "a\x1b[2J\r\u202eb"],
      /a\\u\{1b\}\[2J\\u\{d\}\\u/,
    ],
  ];
  await Promise.all(cases.map(async ([args, message]) => {
    const { code, err } = await run(args);
    const lines = err.trim().split("\n").filter((line) =>
      !/ runs: /.test(line)
    );
    assert.equal(lines.length, 1, err);
    assert.match(lines[0]!, message);
    assert.equal(code, 2, err);
  }));
});

const software = (await findAdapter())?.info.isFallbackAdapter ?? false;

Deno.test({
  name: "--device gpu says where the only GPU is software",
  ignore: !software,
  async fn() {
    const { code, err } = await run(["echo", "engine", "--device", "gpu"]);
    const [first, second] = err.trim().split("\n");
    assert.match(first!, /^The only GPU here is software: .* --device cpu$/);
    assert.match(second!, /it is not built$/);
    assert.equal(code, 2);
    const { err: other } = await run(["echo", "engine", "--device", "cpu"]);
    assert.doesNotMatch(other, /software/);
  },
});

Deno.test("a bug of ours shows its stack and gives status 1", async () => {
  const { code, err } = await run(["echo", "bug"]);
  assert.equal(code, 1);
  assert.match(
    err,
    /^Internal error, please report it: .*A bug of ours\n +at /,
  );
  assert.equal((await run(["echo", "fail"])).code, 1);
});

Deno.test("commands get their words, options and common options", async () => {
  const { out } = await run(["echo", "a", "b", "--loud", "--seed", "5"]);
  assert.deepEqual(JSON.parse(out), {
    args: ["a", "b"],
    options: { loud: true },
    seed: 5,
    device: "auto",
  });
});

Deno.test("a command may have seeds of its own, and share its work", async () => {
  const shared = ["--rank", "1", "--world", "2"];
  const { out } = await run(["runs", "--seed", "1,2", ...shared]);
  assert.deepEqual(JSON.parse(out), {
    options: { seed: "1,2" },
    seed: 0,
    share: { rank: 1, world: 2 },
  });
  const { code, err } = await run(["echo", ...shared]);
  assert.equal(code, 2);
  assert.match(err, /^Unknown option '--rank'/);
});

Deno.test("artifacts go through pipes", async () => {
  const made = await run(["make", "--grey-value", "10"]);
  assert.equal(made.code, 0, made.err);
  const args = ["brighten", "--steps", "2"];
  const brighter = await run(args, { stdin: made.bytes });
  assert.equal(brighter.code, 0, brighter.err);
  assert.equal(brighter.bytes.at(-12 * 2), 12);
  const broken = await run(args, { stdin: made.bytes.subarray(0, 200) });
  assert.equal(broken.code, 2);
  assert.match(broken.err, /standard input, file 1": /);
});

Deno.test("the second command of a pipe runs though it leaves no file", async () => {
  const made = await run(["make"]);
  const args = ["tally", "--json"];
  const { out, err } = await run(args, { stdin: made.bytes });
  assert.equal(JSON.parse(out).summary.images, 2, err);
});

Deno.test("a stage is done the second time, and --force runs it", async () => {
  const cwd = await Deno.makeTempDir();
  const args = ["make", "-o", "a.safetensors", "--json"];
  const first = JSON.parse((await run(args, { cwd })).out);
  assert.equal(first.state, "ran");
  const second = JSON.parse((await run(args, { cwd })).out);
  assert.equal(second.state, "done");
  const third = JSON.parse((await run([...args, "--force"], { cwd })).out);
  assert.equal(third.state, "ran");
  await Deno.remove(cwd, { recursive: true });
});

/** What a process says on standard error. */
class ErrorOutput {
  text = "";
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(child: Deno.ChildProcess) {
    this.#reader = child.stderr.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  /** Waits until the process has said something. */
  async waitFor(words: string): Promise<void> {
    while (!this.text.includes(words)) {
      if (await this.#more()) continue;
      throw new Error(`Process ended without "${words}": ${this.text}`);
    }
  }

  /** All of it, once the process has ended. */
  async all(): Promise<string> {
    while (await this.#more());
    return this.text;
  }

  async #more(): Promise<boolean> {
    const { value = "", done } = await this.#reader.read();
    this.text += value;
    return !done;
  }
}

Deno.test({
  name: "^C stops after the step, and the same command goes on",
  ignore: Deno.build.os === "windows",
  async fn() {
    const cwd = await Deno.makeTempDir();
    await run(["make", "-o", "a.safetensors"], { cwd });
    const args = ["brighten", "--images", "a.safetensors"]
      .concat("-o", "b.safetensors", "--steps", "20")
      .concat("--delay-ms", "1", "--wait-for", "signal");
    const child = start(args, { cwd });
    const said = new ErrorOutput(child);
    await said.waitFor("step 2");
    child.kill("SIGINT");
    await said.all();
    await child.stdout.cancel();
    assert.equal((await child.status).code, 130);
    const files = [...Deno.readDirSync(cwd)].map(({ name }) => name);
    assert.ok(!files.includes("b.safetensors"));
    await Deno.writeTextFile(join(cwd, "signal"), "");
    const { out, code } = await run([...args, "--json"], { cwd });
    assert.equal(code, 0);
    assert.equal(JSON.parse(out).summary.resumedAt, 3);
    await Deno.remove(cwd, { recursive: true });
  },
});

Deno.test({
  name: "^C twice stops at once",
  ignore: Deno.build.os === "windows",
  async fn() {
    const args = ["brighten", "--images", "-", "-o", "-"];
    // Longer than any test takes: it stops before the first step is over.
    const child = start([...args, "--delay-ms", "60000"]);
    const said = new ErrorOutput(child);
    const made = await run(["make"]);
    const writer = child.stdin.getWriter();
    await writer.write(made.bytes);
    await writer.close();
    await said.waitFor("runs:");
    child.kill("SIGINT");
    // What comes in half a second is one ^C, counted from when it is heard.
    await said.waitFor("Stopping after this step");
    await new Promise((resolve) => setTimeout(resolve, 600));
    child.kill("SIGINT");
    assert.doesNotMatch(await said.all(), /step 1/);
    await child.stdout.cancel();
    assert.equal((await child.status).code, 130);
  },
});
