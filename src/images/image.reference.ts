const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const pattern = new RegExp(`^(?:(?:/images/)?(${uuid})|/images/(${uuid})/content)$`, 'i');

/** The id in the path of an image or in its URI at this origin, or the id itself; undefined for what names no image here. */
export function imageIdIn(reference: string, origin: string): string | undefined {
  const path = reference.startsWith(`${origin}/`) ? reference.slice(origin.length) : reference;
  const [, own, ofContent] = pattern.exec(path) ?? [];
  return (own ?? ofContent)?.toLowerCase();
}
