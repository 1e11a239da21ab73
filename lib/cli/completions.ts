import { Argument, type Command } from "commander";
import { proposalLines } from "./proposals.ts";

/** Writes the script that teaches a shell the words of a program. */
type ScriptWriter = (program: string) => Promise<string | void>;

/** The library writes the scripts of three shells; that of bash is ours. */
const SHELLS: Readonly<Record<string, ScriptWriter>> = {
  bash: (program) => Promise.resolve(bashScript(program)),
  zsh: (program) => writeScript("zsh", program),
  fish: (program) => writeScript("fish", program),
  powershell: (program) => writeScript("powershell", program),
};

/** Adds `completions <shell>` and the hidden `complete -- …` that scripts call. */
export function addCompletions(
  program: Command,
  print: (text: string) => void,
): void {
  program.command("completions")
    .description("Write the completion script of a shell")
    .addArgument(
      new Argument("<shell>", "which shell").choices(Object.keys(SHELLS)),
    )
    .exitOverride()
    .action(async (shell: string) => {
      const script = await SHELLS[shell]!(program.name());
      if (script !== undefined) print(script);
    });
  program.command("complete", { hidden: true })
    .argument("[words...]", "words of a command line, the last one unfinished")
    .exitOverride()
    .action((words: readonly string[]) => {
      print(proposalLines(program, words).join("\n"));
    });
}

/** The library prints by itself. */
async function writeScript(shell: string, program: string): Promise<void> {
  const { script } = await import("@bomb.sh/tab");
  script(shell, program, program);
}

/**
 * A script for bash 4 and newer, without the package bash-completion.
 *
 * Where nothing is proposed readline completes names of files, unless the
 * answer forbids it.
 */
function bashScript(program: string): string {
  const call = `_${program.replaceAll("-", "_")}`;
  return `# bash completion of ${program}
${call}() {
  local line directive=0
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(${program} complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if ((directive & 4)); then compopt +o default +o bashdefault 2>/dev/null; fi
}
complete -o bashdefault -o default -F ${call} ${program}`;
}
