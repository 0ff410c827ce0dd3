create function public.reject(
    -- the id of content or a post
    target uuid,
    -- why, for the history
    note text default null
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.set_approval(reject.target, 'rejected', reject.note);
$$;
comment on function public.reject is
'Reject content or a post: it can neither be scheduled nor posted. For editors and owners.';
revoke execute on function public.reject from public, anon;
grant execute on function public.reject to authenticated, service_role;
