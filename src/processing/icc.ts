/** What an ICC profile says of itself. */
export interface ColourProfile {
  readonly description?: string;
  /** Of the pixels: RGB, CMYK, GRAY, Lab. */
  readonly space?: string;
  readonly version?: string;
}

const headerBytes = 128;
/** Tags of a profile are a dozen or two. */
const tagsMax = 200;
const lengthMax = 200;

/** Reads the header and the description of a profile (ICC.1:2022 7.2, 9.2.41; of version 2, ICC.1:2001 6.5.17). null for what is none. */
export function colourProfileOf(profile: Buffer): ColourProfile | null {
  if (profile.length < headerBytes + 4 || profile.toString('latin1', 36, 40) !== 'acsp') return null;
  const description = descriptionIn(profile);
  const space = printable(profile.toString('latin1', 16, 20));
  return {
    ...(description !== '' && { description }),
    ...(space !== '' && { space }),
    version: `${profile.readUInt8(8)}.${profile.readUInt8(9) >> 4}`,
  };
}

function descriptionIn(profile: Buffer): string {
  const count = Math.min(profile.readUInt32BE(headerBytes), tagsMax);
  for (let entry = headerBytes + 4; entry < headerBytes + 4 + count * 12 && entry + 12 <= profile.length; entry += 12) {
    if (profile.toString('latin1', entry, entry + 4) !== 'desc') continue;
    const at = profile.readUInt32BE(entry + 4);
    const tag = profile.subarray(at, at + profile.readUInt32BE(entry + 8));
    return tag.toString('latin1', 0, 4) === 'mluc' ? firstLanguage(tag) : asciiIn(tag);
  }
  return '';
}

/** `mluc` (ICC.1:2022 10.15): UTF-16 in several languages, the first of which is as good as any. */
function firstLanguage(tag: Buffer): string {
  if (tag.length < 28) return '';
  const at = tag.readUInt32BE(24);
  const text = tag.subarray(at, at + Math.min(tag.readUInt32BE(20), 2 * lengthMax));
  return printable(new TextDecoder('utf-16be').decode(text));
}

/** `desc` of version 2: a count, and so many bytes of ASCII. */
function asciiIn(tag: Buffer): string {
  if (tag.length < 12) return '';
  return printable(tag.toString('latin1', 12, 12 + Math.min(tag.readUInt32BE(8), lengthMax)));
}

const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ').trim();
