create function private.refuse_proposal(proposal_id uuid)
    -- the word
    returns text
    language plpgsql
    volatile
    security definer  -- proposals are written by functions only; membership is checked
    set search_path = ''
as $$
declare
    wanted public.label_proposals;
begin
    select label_proposals.* into wanted
    from public.label_proposals
    where label_proposals.id = refuse_proposal.proposal_id;
    if wanted.id is null then
        raise exception using
            errcode = 'PT404',
            message = format('no proposal %s', coalesce(refuse_proposal.proposal_id::text, 'null')),
            hint = 'see: campaignbase tags proposals';
    end if;
    perform private.check_editor(wanted.workspace_id);
    update public.label_proposals
    set
        state = 'refused',
        updated_at = clock_timestamp()
    where label_proposals.id = wanted.id;
    delete from public.label_proposal_uses where label_proposal_uses.proposal_id = wanted.id;
    return wanted.name;
end
$$;
comment on function private.refuse_proposal is 'What public.refuse_proposal does, for an editor or the service.';
revoke execute on function private.refuse_proposal from public, anon;
grant execute on function private.refuse_proposal to authenticated, service_role;
