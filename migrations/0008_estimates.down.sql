drop index tasks_pending;
alter table tasks drop column queued_at, drop column ahead, drop column wait, drop column p90;
drop table workers;
drop table durations;
