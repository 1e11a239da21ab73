import type { Directions } from "../../wish/sphere.ts";
import { draw } from "../dom.ts";

/** Size of the drawing, and of the half circle in it. */
const WIDTH = 350;
const HEIGHT = 198;
const RADIUS = 140;
const CENTRE = { x: WIDTH / 2, y: 172 };

/** Angles that are written at the rim. */
const MARKS = [0, 45, 90, 135, 180];

/** A point at an angle from the token before, at a share of the sphere's radius. */
function pointAt(degrees: number, share: number): { x: number; y: number } {
  const angle = Math.PI - degrees * Math.PI / 180;
  return {
    x: CENTRE.x + RADIUS * share * Math.cos(angle),
    y: CENTRE.y - RADIUS * share * Math.sin(angle),
  };
}

/**
 * Tokens as spokes of a half circle: how far each turned from the one before is
 * its angle, how long it is its length. On a sphere all of them reach the rim.
 *
 * @param chosen the token that is told apart, if any
 */
export function fanOf(
  { norms, turns }: Directions,
  { radius, chosen }: { readonly radius: number; readonly chosen?: number },
): SVGSVGElement {
  const rim = `M ${CENTRE.x - RADIUS} ${CENTRE.y} ` +
    `A ${RADIUS} ${RADIUS} 0 0 1 ${CENTRE.x + RADIUS} ${CENTRE.y}`;
  const spokes = turns.map((turn, i) => {
    const end = pointAt(turn, norms[i + 1]! / radius);
    const name = i + 1 === chosen ? "spoke chosen" : "spoke";
    const { x, y } = CENTRE;
    return draw("g", {
      class: name,
      children: [
        draw("line", { set: { x1: x, y1: y, x2: end.x, y2: end.y } }),
        draw("circle", { set: { cx: end.x, cy: end.y, r: 4 } }),
      ],
    });
  });
  // What is told apart lies above the others.
  spokes.sort((a, b) => a.classList.length - b.classList.length);
  return draw("svg", {
    class: "fan",
    set: {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": fanWords({ norms, turns }),
    },
    children: [
      draw("path", { class: "rim", set: { d: rim } }),
      ...marks(),
      ...spokes,
    ],
  });
}

function marks(): SVGElement[] {
  return MARKS.map((degrees) => {
    const { x, y } = pointAt(degrees, 1.13);
    return draw("text", {
      text: `${degrees}°`,
      set: { x, y, "text-anchor": "middle" },
    });
  });
}

/** What the drawing shows, in words. */
export function fanWords({ norms, turns }: Directions): string {
  const least = Math.round(Math.min(...turns));
  const most = Math.round(Math.max(...turns));
  const [short, long] = [Math.min(...norms), Math.max(...norms)]
    .map((norm) => norm.toFixed(3));
  const lengths = short === long ? `all ${short} long` : `${short} to ${long}`;
  return `${norms.length} pieces, ${lengths}; from one to the next they turn ` +
    `by ${least}° to ${most}°`;
}
