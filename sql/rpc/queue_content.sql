create function public.queue_content(
    -- assets or campaigns; ids the caller may not write are left out
    target_ids uuid[]
)
    -- how many were queued
    returns integer
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.queue_content(queue_content.target_ids);
$$;
comment on function public.queue_content is
'Have assets and campaigns labeled again.

Labels set by a person stay; the others are decided anew.';
revoke execute on function public.queue_content from public, anon;
grant execute on function public.queue_content to authenticated, service_role;
