create function public.require_approval(
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
    select private.set_approval(require_approval.target, 'required', require_approval.note);
$$;
comment on function public.require_approval is
'Let content or a post wait for a person: until it is approved it can neither be scheduled nor posted.

For editors and owners.';
revoke execute on function public.require_approval from public, anon;
grant execute on function public.require_approval to authenticated, service_role;
