/** CSS Color 4, 6.1: the sixteen of HTML 4, grey as both sides of the Atlantic spell it, and orange. */
const named: Readonly<Record<string, string>> = {
  ...{ black: '#000000', white: '#ffffff', gray: '#808080', grey: '#808080', silver: '#c0c0c0' },
  ...{ red: '#ff0000', maroon: '#800000', yellow: '#ffff00', olive: '#808000', lime: '#00ff00', green: '#008000' },
  ...{ aqua: '#00ffff', teal: '#008080', blue: '#0000ff', navy: '#000080', fuchsia: '#ff00ff', purple: '#800080' },
  ...{ orange: '#ffa500' },
};

const names = Object.keys(named).join('|');

/** The parameter `background` where it may be transparent. CSS notations that need no parser: hexadecimal and a few names. */
export const colourSchema = {
  type: 'string',
  pattern: `^(#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|transparent|${names})$`,
  maxLength: 11, // the longest name, "transparent"
  examples: ['#ff8800', '#ff880080', 'white', 'transparent'],
} as const;

/** The same where the outcome is opaque. */
export const opaqueColourSchema = {
  type: 'string',
  pattern: `^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})|${names})$`,
  maxLength: 7, // "#rrggbb" and "fuchsia"
  examples: ['#ff8800', 'white'],
} as const;

/** Whether a parameter takes a colour. */
export function isColour({ pattern }: { readonly pattern?: string }): boolean {
  return pattern === colourSchema.pattern || pattern === opaqueColourSchema.pattern;
}

/** One notation for one colour: #rrggbb, or #rrggbbaa where something shines through. */
export function canonicalColour(colour: string): string {
  if (colour === 'transparent') return '#00000000';
  const digits = (named[colour] ?? colour).slice(1).toLowerCase();
  const long = digits.length < 6 ? digits.replaceAll(/./g, '$&$&') : digits;
  return `#${long.replace(/^(.{6})ff$/, '$1')}`;
}

/** Does it hide what is under it? */
export function isOpaque(colour: string): boolean {
  if (colour === 'transparent') return false;
  const alpha = /^#(?:[0-9a-f]{3}([0-9a-f])|[0-9a-f]{6}([0-9a-f]{2}))$/i.exec(colour);
  return alpha === null || /^ff?$/i.test(alpha[1] ?? alpha[2] ?? '');
}

/** Does painting with it leave a grey image grey? */
export function isNeutral(colour: string): boolean {
  if (/^(black|white|gray|grey|silver|transparent)$/.test(colour)) return true;
  const [, red, green, blue] = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/i.exec(colour) ??
    /^#(..)(..)(..)(?:..)?$/.exec(colour) ?? [undefined, '', colour, ''];
  return red?.toLowerCase() === green?.toLowerCase() && green?.toLowerCase() === blue?.toLowerCase();
}
