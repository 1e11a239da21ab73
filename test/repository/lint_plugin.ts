/**
 * Our own lint rules. A test runs them over every file and not `deno lint`,
 * which died of a segmentation fault in one run of ten with a plugin (2.9.6).
 */

/** Files that may look at the environment: the edges of the program. */
const ENVIRONMENT_EDGES = [
  /(^|\/)cli\.ts$/,
  /\/lib\/cli\//,
  /\/lib\/engine\//,
  /\/test\//,
  /\/bench\//,
];

/** Lines of the longest function: one screen. */
const MAX_FUNCTION_LINES = 60;

const CONTRACTION = /\b\w+n't\b|\b(?:it|that|there|what)'s\b|\bI'm\b|'re\b/i;

const errorMessage: Deno.lint.Rule = {
  create(context) {
    return {
      NewExpression(node) {
        if (node.callee.type !== "Identifier") return;
        if (!/Error$/.test(node.callee.name)) return;
        const [message] = node.arguments;
        const ends = message && literalEnds(message);
        if (!ends) return;
        const problem = messageProblem(ends);
        if (problem !== undefined) context.report({ node, message: problem });
      },
    };
  },
};

interface LiteralEnds {
  readonly first: string;
  readonly last: string;
  readonly texts: readonly string[];
}

/** The literal parts of a string, a template, or a sum of them. */
function literalEnds(
  node: Deno.lint.Expression | Deno.lint.SpreadElement,
): LiteralEnds | undefined {
  if (node.type === "Literal" && typeof node.value === "string") {
    return { first: node.value, last: node.value, texts: [node.value] };
  }
  if (node.type === "TemplateLiteral") {
    const texts = node.quasis.map(({ cooked }) => cooked ?? "");
    return { first: texts[0]!, last: texts.at(-1)!, texts };
  }
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const left = literalEnds(node.left as Deno.lint.Expression);
    const right = literalEnds(node.right);
    return {
      first: left?.first ?? "",
      last: right?.last ?? "",
      texts: [...(left?.texts ?? []), ...(right?.texts ?? [])],
    };
  }
  return undefined;
}

function messageProblem(
  { first, last, texts }: LiteralEnds,
): string | undefined {
  if (first.startsWith("internal: ")) return undefined;
  if (/^[a-z]/.test(first)) return "Error messages start with a capital";
  if (/(^|[^.])\.$/.test(last)) return "Error messages have no final period";
  if (texts.some((text) => CONTRACTION.test(text))) {
    return "Error messages have no contractions";
  }
  return undefined;
}

const noAsAny: Deno.lint.Rule = {
  create(context) {
    return {
      TSAsExpression(node) {
        if (node.typeAnnotation.type !== "TSAnyKeyword") return;
        context.report({ node, message: "Name the type instead of `as any`" });
      },
    };
  },
};

const noTsIgnore: Deno.lint.Rule = {
  create(context) {
    return {
      Program(node) {
        for (const comment of context.sourceCode.getAllComments()) {
          if (!/^\s*@ts-(ignore|nocheck)\b/.test(comment.value)) continue;
          const message = "Mend the type instead of silencing it";
          context.report({ node, range: comment.range, message });
        }
      },
    };
  },
};

const noTopLevelArrow: Deno.lint.Rule = {
  create(context) {
    function check(statement: Deno.lint.Statement): void {
      const declaration = statement.type === "ExportNamedDeclaration"
        ? statement.declaration
        : statement;
      if (declaration?.type !== "VariableDeclaration") return;
      for (const node of declaration.declarations) {
        if (node.init?.type !== "ArrowFunctionExpression") continue;
        const message = "Declare top-level functions with `function`";
        context.report({ node, message });
      }
    }
    return {
      Program(node) {
        for (const statement of node.body) {
          check(statement as Deno.lint.Statement);
        }
      },
    };
  },
};

const noEnvironment: Deno.lint.Rule = {
  create(context) {
    const path = context.filename.replaceAll("\\", "/");
    if (ENVIRONMENT_EDGES.some((edge) => edge.test(path))) return {};
    return {
      MemberExpression(node) {
        const { object, property } = node;
        if (object.type !== "Identifier" || property.type !== "Identifier") {
          return;
        }
        if (!["Deno", "process"].includes(object.name)) return;
        if (property.name !== "env") return;
        const message = "Only cli.ts, lib/cli, engines and tests read the " +
          "environment";
        context.report({ node, message });
      },
    };
  },
};

const functionSize: Deno.lint.Rule = {
  create(context) {
    type FunctionNode =
      | Deno.lint.FunctionDeclaration
      | Deno.lint.FunctionExpression
      | Deno.lint.ArrowFunctionExpression;
    function check(node: FunctionNode): void {
      const text = context.sourceCode.getText(node);
      const lines = text.split("\n").length;
      if (lines <= MAX_FUNCTION_LINES) return;
      const message = `Split this function: ${lines} lines, at most ` +
        `${MAX_FUNCTION_LINES}`;
      context.report({ node, message });
    }
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "spherear",
  rules: {
    "error-message": errorMessage,
    "no-as-any": noAsAny,
    "no-ts-ignore": noTsIgnore,
    "no-top-level-arrow": noTopLevelArrow,
    "no-environment": noEnvironment,
    "function-size": functionSize,
  },
};

export default plugin;
