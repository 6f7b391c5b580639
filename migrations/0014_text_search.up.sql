-- A text belongs to the bytes that it was read from, whichever image has them.
alter table texts add column image_digest text;
update texts set image_digest = tasks.image_digest from tasks where tasks.id = texts.task_id;

-- Where a word ends PostgreSQL asks the locale, and in C all beyond ASCII is a letter: “house” would not be house. So its
-- punctuation, signs and blanks (Unicode: P, S, Z) become blanks. The joiners U+200C and U+200D stand within words.
create function plain_words(written text) returns text language sql immutable strict parallel safe return regexp_replace(
  written,
  '[\u00a0-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u200b\u2010-\u206f\u20a0-\u20cf\u2190-\u2bff' ||
  '\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufffd]+',
  ' ', 'g');

-- Words as they were written, in any language: 'simple' takes no endings off.
alter table texts add column words tsvector not null default '';
update texts set words = to_tsvector('simple', plain_words(left((
  select string_agg(word #>> '{}', ' ')
  from jsonb_path_query(recognition::jsonb, '$.pages[*].blocks[*].paragraphs[*].lines[*].words[*].text') as word), 100000)))
where recognition::jsonb @? '$.pages[*].blocks[*]';

create index texts_words on texts using gin (words);
create index texts_image on texts (owner, image_digest);
