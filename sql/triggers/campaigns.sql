create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.campaigns
for each row execute function private.tg__fill_workspace();

create trigger _150_check_plan
before insert or update of optimal_times, target_platforms on public.campaigns
for each row execute function private.tg_campaigns__check_plan();

create trigger _200_mark_human
before insert or update on public.campaigns
for each row execute function private.tg_campaigns__mark_human();

create trigger _300_check_embedding
before insert or update of embedding on public.campaigns
for each row
when (abs(extensions.vector_norm(new.embedding) - 1) > 0.01)
execute function private.tg__check_embedding();

create trigger _400_set_updated_at
before update on public.campaigns
for each row execute function private.tg__set_updated_at();

create trigger _500_enqueue
after insert or update of name, content_style, visual_style, hashtag_strategy, cta_pattern on public.campaigns
for each row execute function private.tg_campaigns__enqueue();

create trigger _510_dequeue
after delete on public.campaigns
referencing old table as old_rows
for each statement execute function private.tg__dequeue('categorize_campaign');

create trigger _600_record_human
after insert or update on public.campaigns
for each row execute function private.tg_campaigns__record_human();
