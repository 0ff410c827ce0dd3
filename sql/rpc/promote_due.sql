create function public.promote_due()
    -- the word that became a tag; null: none is due
    returns text
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    due uuid;
begin
    -- one at a time: its content is locked before the workspace, as everybody does
    select label_proposals.id into due
    from public.label_proposals
    inner join public.workspaces on label_proposals.workspace_id = workspaces.id
    inner join public.label_proposal_uses as used on label_proposals.id = used.proposal_id
    where
        label_proposals.kind = 'tag'
        and label_proposals.state = 'open'
        and workspaces.promote_after is not null
    group by label_proposals.id, workspaces.promote_after
    having count(*) >= workspaces.promote_after
    order by label_proposals.id
    limit 1;
    if due is null then
        return null;
    end if;
    -- a person may refuse it at this very moment
    perform label_proposals.id
    from public.label_proposals
    where
        label_proposals.id = due
        and label_proposals.state = 'open'
    for no key update;
    if not found then
        return null;
    end if;
    return private.promote_proposal(due);
end
$$;
comment on function public.promote_due is
'Make a tag of a word that machines met as often as workspaces.promote_after says, one a call. For workers.';
revoke execute on function public.promote_due from public, anon, authenticated;
grant execute on function public.promote_due to service_role;
