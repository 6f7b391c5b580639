-- A note is an entry of a list that an image has, and goes with it. It has no URI of its own.
create table notes (
  image_id    uuid not null references images on delete cascade,
  -- Its place in the list, counted from 1.
  number      integer not null check (number > 0),
  owner       text not null default 'local',
  text        text not null,
  author      text,
  created_at  timestamptz not null,
  primary key (image_id, number)
);
