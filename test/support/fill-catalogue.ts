/**
 * Statements that make as many images, of one owner, and a text for every second of them. Hashes, sizes and times are spread evenly;
 * names and labels are counted; a text has 30 of 10,000 words, and one that nearly all have.
 */
export function fillCatalogue(rows: number): string[] {
  return [
    `insert into images (id, owner, name, labels, digest, bytes, media_type, width, height, pages, hash, created_at, updated_at)
     select uuidv7(), 'local', 'IMG_' || n || '.jpeg', jsonb_build_object('album', 'album ' || n, 'by', 'person ' || n % 100),
            encode(sha256(n::text::bytea), 'hex'), n, (array['image/jpeg', 'image/png', 'image/webp'])[1 + n % 3],
            100 + n % 5000, 100 + n % 4000, 1, hashtextextended(n::text, 0),
            timestamptz '2020-01-01' + n * (interval '6 years' / ${rows}), now()
     from generate_series(1, ${rows}) as n`,
    `insert into texts (id, owner, task_id, image_digest, recognition, digest, bytes, findings, expires_at, words)
     select uuidv7(), 'local', uuidv7(), encode(sha256(n::text::bytea), 'hex'), '{"languages":[],"pages":[]}', '', 1, '{}',
            now() + interval '1 day',
            to_tsvector('simple', case when n % 10 = 0 then '' else 'common ' end ||
              (select string_agg('word' || abs(hashtextextended(n::text, word)) % 10000, ' ') from generate_series(1, 30) as word))
     from generate_series(2, ${rows}, 2) as n`,
    // What autovacuum would do in time: statistics for the planner, and GIN's pending entries into their place.
    'vacuum analyze images',
    'vacuum analyze texts',
  ];
}
