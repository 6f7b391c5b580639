import { type Component, componentsOf } from './components.js';
import { type Plane } from './plane.js';
import { letterHeightOf } from './text-size.js';

/**
 * What is too small to be print. Measured by the letters of the same page: a dot on an i is about a fifth as high as a letter, and
 * so is a full stop. Near letters only half the size is taken for dirt: that is where accents and thin strokes that broke are.
 * @param size share of the letters' height
 */
export function specksOf(ink: Plane, size: number): Component[] {
  const { components } = componentsOf(ink);
  const letter = letterHeightOf(components);
  if (letter === undefined) return [];
  const isNear = neighbourhood(components, ink, letter);
  return components.filter((component) => {
    const side = Math.max(component.right - component.left, component.bottom - component.top);
    return side <= size * letter * (isNear(component) ? 0.5 : 1);
  });
}

/** Is something of half a letter's height within about one letter's height? By a grid, whose cells are told of the print in them. */
function neighbourhood(components: readonly Component[], { width, height }: Plane, letter: number) {
  const cell = Math.max(1, letter / 2);
  const [across, down] = [Math.ceil(width / cell) + 1, Math.ceil(height / cell) + 1];
  const print = new Uint8Array(across * down);
  for (const { left, right, top, bottom } of components) {
    if (bottom - top < letter / 2) continue;
    for (let row = Math.floor(top / cell); row <= (bottom - 1) / cell; row += 1) {
      print.fill(1, row * across + Math.floor(left / cell), row * across + Math.floor((right - 1) / cell) + 1);
    }
  }
  return ({ left, top }: Component): boolean => {
    const [column, row] = [Math.floor(left / cell), Math.floor(top / cell)];
    for (let y = Math.max(0, row - 1); y <= Math.min(down - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(across - 1, column + 1); x += 1) {
        if (print[y * across + x] === 1) return true;
      }
    }
    return false;
  };
}
