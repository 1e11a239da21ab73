/**
 * An element of the page.
 *
 * @throws {TypeError} where the page has none of that type: our own fault
 */
export function find<T extends Element>(
  selector: string,
  type: abstract new () => T,
): T {
  const found = document.querySelector(selector);
  if (found instanceof type) return found;
  throw new TypeError(`internal: the page has no ${type.name} ${selector}`);
}

/** What elements are made with. */
interface Making {
  readonly class?: string;
  readonly text?: string;
  /** Attributes by name. */
  readonly set?: Readonly<Record<string, string | number>>;
  readonly children?: readonly Node[];
  readonly onClick?: () => void;
}

/** Makes an element. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  making: Making = {},
): HTMLElementTagNameMap[K] {
  return finished(document.createElement(tag), making);
}

/** Makes an element of a drawing. */
export function draw<K extends keyof SVGElementTagNameMap>(
  tag: K,
  making: Making = {},
): SVGElementTagNameMap[K] {
  const space = "http://www.w3.org/2000/svg";
  return finished(document.createElementNS(space, tag), making);
}

function finished<E extends Element>(
  element: E,
  { class: name, text, set = {}, children = [], onClick }: Making,
): E {
  if (name !== undefined) element.setAttribute("class", name);
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(set)) {
    element.setAttribute(key, String(value));
  }
  element.append(...children);
  if (onClick !== undefined) element.addEventListener("click", onClick);
  return element;
}
