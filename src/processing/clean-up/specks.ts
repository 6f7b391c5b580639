import { type Component, componentsOf, type Runs } from './components.js';
import { type Plane } from './plane.js';
import { letterHeightOf } from './text-size.js';

export interface Specks {
  readonly components: readonly Component[];
  /** Of each: is it to go? */
  readonly isSpeck: Uint8Array;
  readonly runs: Runs;
}

/**
 * What is too small to be print. Measured by the letters of the same page: a dot on an i is about a fifth as high as a letter, and
 * so is a full stop. Near letters only half the size is taken for dirt: that is where accents and thin strokes that broke are.
 * @param size share of the letters' height
 */
export function specksOf(ink: Plane, size: number): Specks {
  const { runs, components } = componentsOf(ink);
  const letter = letterHeightOf(components);
  const isSpeck = new Uint8Array(components.length);
  if (letter === undefined) return { components, isSpeck, runs };
  const largest = size * letter;
  const isNear = neighbourhood(components, ink, letter);
  for (const [index, component] of components.entries()) {
    const side = Math.max(component.right - component.left, component.bottom - component.top);
    isSpeck[index] = side <= (isNear(component) ? largest / 2 : largest) ? 1 : 0;
  }
  return { components, isSpeck, runs };
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
