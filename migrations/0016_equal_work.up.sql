-- What a task makes, in a digest: equal digests, equal outcomes (src/tasks/work-digest.ts). Null: accepted before there were any.
alter table tasks add column work_digest text;

-- Who does the work: the task itself for all that ask for the same meanwhile, another one that it follows, or (null) itself,
-- alone.
alter table tasks add column leader uuid;

-- The bytes that the outcome had when it was made: whoever replaces them makes another image of it.
alter table tasks add column outcome_digest text;

-- Of equal work that is asked for at the same time one task does it: the index decides.
create unique index tasks_leading on tasks (work_digest) where state = 'pending' and leader = id;
create index tasks_following on tasks (leader) where state = 'pending' and leader <> id;
-- The task that has made it already.
create index tasks_done on tasks (work_digest, id desc) where state = 'ok';
