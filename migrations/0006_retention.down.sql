drop table loose_blobs;
alter table tasks drop column task_ttl, drop column result_ttl, drop column expires_at;
