const names =
  'black|white|gray|grey|silver|red|maroon|yellow|olive|lime|green|aqua|teal|blue|navy|fuchsia|purple|orange';

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
