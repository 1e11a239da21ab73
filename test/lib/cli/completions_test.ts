import assert from "node:assert/strict";
import { join } from "node:path";

const CLI = join(import.meta.dirname!, "example_cli.ts");
const RUN = ["run", "-A", "--no-check", CLI];

async function output(
  program: string,
  args: readonly string[],
  { env = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<{ code: number; out: string; err: string }> {
  const command = new Deno.Command(program, {
    args: [...args],
    env,
    ...(cwd !== undefined && { cwd }),
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

function cli(...args: string[]) {
  return output(Deno.execPath(), [...RUN, ...args]);
}

Deno.test("completions writes a script for every shell, and knows no others", async () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { code, out, err } = await cli("completions", shell);
    assert.equal(code, 0, err);
    assert.match(out, /spherear/);
  }
  const { code, err } = await cli("completions", "tcsh");
  assert.equal(code, 2);
  assert.match(err, /bash, zsh, fish, powershell/);
});

/** A bash without any package, in which `spherear` is the example's program. */
async function inBash(lines: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const program = join(folder, "spherear");
  const quoted = [Deno.execPath(), ...RUN].map((word) => `'${word}'`);
  await Deno.writeTextFile(program, `#!/bin/sh\n${quoted.join(" ")} "$@"\n`);
  await Deno.chmod(program, 0o755);
  await Deno.writeTextFile(join(folder, "my images.safetensors"), "");
  const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
  const script = `source <(spherear completions bash)
source <(spherear completions bash)
complete_words() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spherear
  printf '%s\\n' "\${COMPREPLY[@]}"
}
${lines}`;
  const args = ["--norc", "--noprofile", "-c", script];
  const { code, out, err } = await output("bash", args, { env, cwd: folder });
  await Deno.remove(folder, { recursive: true });
  assert.equal(code, 0, err);
  assert.equal(err, "");
  return out;
}

const windows = Deno.build.os === "windows";

Deno.test({
  name: "completions of bash can be sourced twice, without bash-completion",
  ignore: windows,
  async fn() {
    const out = await inBash(`
complete_words spherear brighten --mo
complete_words spherear brighten --mode ""
complete_words spherear brighten --mode = fa
complete_words spherear bri
complete_words spherear brighten --images "my\\ im" --co
complete_words spherear brighten --images '$(touch pwned)' --forc
ls`);
    assert.deepEqual(out.trim().split("\n"), [
      "--mode",
      "slow",
      "fast",
      "fast",
      "brighten",
      "",
      "--force",
      "my images.safetensors",
      "spherear",
    ]);
  },
});

Deno.test({
  name: "completions of bash leave files to readline where files are wanted",
  ignore: windows,
  async fn() {
    const out = await inBash(`
complete -p spherear
complete_words spherear brighten --images ""`);
    assert.match(out, /^complete -o bashdefault -o default -F _spherear/);
    assert.equal(out.trim().split("\n").length, 1);
  },
});

Deno.test("complete proposes commands, flags and choices, and says where files fit", async () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [["ta"], ["tally", ":4"]],
    [["brighten", "--images", ""], [":0"]],
    [["brighten", "--images", "--st"], [":0"]],
    [["brighten", "-o", "a"], [":0"]],
    [["brighten", "--steps", ""], [":4"]],
    [["brighten", "--mode=s"], ["slow", ":4"]],
    [["brighten", "--dr"], ["--dry-run", ":4"]],
    [["brighten", "--force", "--dr"], ["--dry-run", ":4"]],
    [["nope", ""], [":4"]],
    [["echo", "a", ""], [":0"]],
    [["completions", "z"], ["zsh", ":4"]],
    [[], [
      "make",
      "brighten",
      "tally",
      "echo",
      "runs",
      "completions",
      "help",
      ":4",
    ]],
  ];
  await Promise.all(cases.map(async ([words, expected]) => {
    const { out } = await cli("complete", "--", ...words);
    const found = out.trimEnd().split("\n").map((line) => line.split("\t")[0]);
    assert.deepEqual(found, expected, words.join(" "));
  }));
});
