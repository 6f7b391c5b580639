-- A text belongs to the bytes that it was read from, whichever image has them.
alter table texts add column image_digest text;
update texts set image_digest = tasks.image_digest from tasks where tasks.id = texts.task_id;

-- Words as they were written, in any language: 'simple' takes no endings off.
alter table texts add column words tsvector not null default '';
update texts set words = to_tsvector('simple', left((
  select string_agg(word #>> '{}', ' ')
  from jsonb_path_query(recognition::jsonb, '$.pages[*].blocks[*].paragraphs[*].lines[*].words[*].text') as word), 100000))
where recognition::jsonb @? '$.pages[*].blocks[*]';

create index texts_words on texts using gin (words);
create index texts_image on texts (owner, image_digest);
