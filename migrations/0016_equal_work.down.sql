-- Tasks that follow have no job of their own: they end as cancelled, for nobody would do their work.
update tasks set state = 'cancelled', completed_at = now() where state = 'pending' and leader <> id;
drop index tasks_done, tasks_following, tasks_leading;
alter table tasks drop column outcome_digest, drop column leader, drop column work_digest;
