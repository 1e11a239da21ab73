/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  /** Takes text as HTML: whatever stood outside must be escaped before. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold: markup stays, everything else is escaped. */
export type Content =
  | Markup
  | string
  | number
  | undefined
  | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text with every character that HTML gives a meaning replaced. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** Template tag: `` html`<p>${text}</p>` `` escapes what it is given. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly Content[]
): Markup {
  let text = parts[0]!;
  values.forEach((value, index) => {
    text += render(value) + parts[index + 1]!;
  });
  return new Markup(text);
}

function render(value: Content): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(render).join("");
  return escapeHtml(String(value));
}
