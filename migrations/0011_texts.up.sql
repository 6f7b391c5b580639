-- A text is what was read from an image: the outcome of a task whose last operation is ocr.
create table texts (
  id           uuid primary key,
  owner        text not null default 'local',
  task_id      uuid not null,
  -- Pages, blocks, paragraphs, lines and words; all representations but the PDF are made of it. json: it is never searched.
  recognition  json not null,
  -- The searchable PDF: the pages as they were read, with their text. It is made with the recognition, and lies in the blob store.
  digest       text not null,
  bytes        bigint not null,
  -- What operations have found out about the image before it was read, by operation: {"deskew": {"angle": 3.2}}.
  findings     jsonb not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null
);

create index texts_digest on texts (digest);
create index texts_expiry on texts (expires_at);

-- What people say a text should have been. It is written over the API and never read; it goes with its text.
create table corrections (
  id          uuid primary key default uuidv7(),
  text_id     uuid not null references texts on delete cascade,
  owner       text not null default 'local',
  -- Counted from 1; a line within its page, a word within its line. Null: the whole that is named by the others.
  page        integer check (page > 0),
  line        integer check (line > 0),
  word        integer check (word > 0),
  correct     text not null,
  created_at  timestamptz not null default now(),
  check (page is not null or line is null),
  check (line is not null or word is null)
);

create index corrections_text on corrections (text_id);

-- What the outcome is; it means nothing while there is none.
alter table tasks add column outcome_kind text not null default 'image' check (outcome_kind in ('image', 'text'));
