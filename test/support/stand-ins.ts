/** What differs from run to run, and what stands for it in a recording. What is no word of the answer stays as it is. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-11-25T12:00:00.000Z'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '2026-11-25T12:00:00Z'],
  [/\b[0-9a-f]{64}\b/g, '75f17de201dbb9cbc34bffe84744658d59aefb235f63f4381d64079fea4061c3'],
  [/sha-256=:[\w+/]{43}=:/g, 'sha-256=:dfF94gHbucs0v/6EdEZY1ZrvsjX2P0OB1kB5/qQGHD0=:'],
  [/"hash":"[0-9a-f]{16}"/g, '"hash":"f29bce3c5f00cb18"'],
  // Written by libraries that change: its size is not what is shown.
  [/"bytes":\d+/g, '"bytes":8192'],
  // Learnt from what such work has taken on this machine.
  [/"p50":[\d.]+,"p90":[\d.]+/g, '"p50":0.08,"p90":0.15'],
  // Others may be waiting.
  [/"ahead":\d+/g, '"ahead":0'],
  [/<p50>[\d.]+<\/p50><p90>[\d.]+<\/p90>/g, '<p50>0.08</p50><p90>0.15</p90>'],
  [/^Retry-After: \d+$/gm, 'Retry-After: 1'],
  [/("?seconds"?|"?durationMs"?|"?milliseconds"?):[\d.]+/g, '$1:12'],
  [/dur=[\d.]+/g, 'dur=12.3'],
  [/^webhook-timestamp: \d+$/gm, 'webhook-timestamp: 1795608000'],
];

/** One for all the texts of a case: what is the same in two of them stays the same. */
export class StandIns {
  private readonly ids = new Map<string, string>();
  private readonly tags = new Map<string, string>();

  /** @param origins what stands for an origin, by the origin */
  constructor(private readonly origins: Readonly<Record<string, string>>) {}

  in(text: string): string {
    let result = text;
    for (const [origin, name] of Object.entries(this.origins)) result = result.replaceAll(origin, name);
    result = result
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) =>
        numbered(this.ids, id, (number) => `01a21400-0000-7000-8000-${String(number).padStart(12, '0')}`),
      )
      .replaceAll(/"[\w-]{27}"/g, (tag) => numbered(this.tags, tag, (number) => `"tag-${number}"`));
    return rules.reduce((changed, [pattern, stand]) => changed.replaceAll(pattern, stand), result);
  }
}

function numbered(known: Map<string, string>, text: string, make: (number: number) => string): string {
  const stand = known.get(text) ?? make(known.size + 1);
  known.set(text, stand);
  return stand;
}
