-- Bytes that an owner has stored, as images and texts: the sum of these rows. A change adds a row, so that two that store at the same
-- time do not wait for each other; the sweep makes one of many.
create table storage_usage (
  owner  text not null,
  bytes  bigint not null
);

create index storage_usage_owner on storage_usage (owner) include (bytes);

-- For each statement, whatever it does: a million rows cost one per owner.
create function note_stored() returns trigger language plpgsql as $$
begin
  insert into storage_usage (owner, bytes) select owner, sum(bytes) from stored group by owner;
  return null;
end $$;

create function note_gone() returns trigger language plpgsql as $$
begin
  insert into storage_usage (owner, bytes) select owner, -sum(bytes) from gone group by owner;
  return null;
end $$;

create function note_replaced() returns trigger language plpgsql as $$
begin
  insert into storage_usage (owner, bytes)
  select owner, sum(bytes) from (
    select owner, bytes from stored union all select owner, -bytes from gone
  ) as changes group by owner having sum(bytes) <> 0;
  return null;
end $$;

create trigger note_stored after insert on images
  referencing new table as stored for each statement execute function note_stored();
create trigger note_replaced after update on images
  referencing old table as gone new table as stored for each statement execute function note_replaced();
create trigger note_gone after delete on images
  referencing old table as gone for each statement execute function note_gone();

create trigger note_stored after insert on texts
  referencing new table as stored for each statement execute function note_stored();
create trigger note_gone after delete on texts
  referencing old table as gone for each statement execute function note_gone();

insert into storage_usage (owner, bytes)
select owner, sum(bytes) from (
  select owner, bytes from images union all select owner, bytes from texts
) as stored group by owner;
