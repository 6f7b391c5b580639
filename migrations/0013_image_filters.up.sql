-- Parts of names and labels are found by their trigrams. PostgreSQL's own extension, which the owner of a database may install.
create extension if not exists pg_trgm;

create index images_name_parts on images using gin (name gin_trgm_ops) where name is not null;

-- A line for each label, as album=summer.
create function label_lines(labels jsonb) returns text
  language sql immutable strict parallel safe
  return (select string_agg(chr(10) || key || '=' || value || chr(10), '') from jsonb_each_text(labels));

create index images_label_parts on images using gin (label_lines(labels) gin_trgm_ops) where labels <> '{}';

create index images_bytes on images (owner, bytes);
create index images_width on images (owner, width);
create index images_height on images (owner, height);
create index images_created on images (owner, created_at);
create index images_modified on images (owner, updated_at);
create index images_media_type on images (owner, media_type, id desc);
