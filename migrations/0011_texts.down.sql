-- Outcomes that are texts cannot be led to any more: their tasks go too.
delete from tasks where outcome_kind = 'text' and outcome_id is not null;
alter table tasks drop column outcome_kind;
drop table corrections;
drop table texts;
