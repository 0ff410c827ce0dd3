create function private.promote_proposal(proposal_id uuid)
    -- name of the label
    returns text
    language plpgsql
    volatile
    security definer  -- proposals are written by functions only; membership is checked
    set search_path = ''
as $$
declare
    wanted public.label_proposals;
    label text;
begin
    select label_proposals.* into wanted
    from public.label_proposals
    where label_proposals.id = promote_proposal.proposal_id;
    if wanted.id is null then
        raise exception using
            errcode = 'PT404',
            message = format('no proposal %s', coalesce(promote_proposal.proposal_id::text, 'null')),
            hint = 'see: campaignbase tags proposals';
    end if;
    perform private.check_editor(wanted.workspace_id);
    -- the content in which it was met gets it; rows first, as everybody locks them
    perform private.queue_content(
        array(
            select label_proposal_uses.content_asset_id
            from public.label_proposal_uses
            where label_proposal_uses.proposal_id = wanted.id
            order by label_proposal_uses.content_asset_id
        )
    );
    if wanted.kind = 'tag' then
        -- meanwhile a tag, or another name of one
        label := private.find_tag(wanted.workspace_id, wanted.folded_name);
        if label is null then
            insert into public.tags (workspace_id, name)
            values (wanted.workspace_id, wanted.name)
            on conflict do nothing;
        end if;
    else
        insert into public.categories (workspace_id, name)
        values (wanted.workspace_id, wanted.name)
        on conflict do nothing;
    end if;
    delete from public.label_proposals where label_proposals.id = wanted.id;
    return coalesce(label, wanted.name);
end
$$;
comment on function private.promote_proposal is 'What public.promote_proposal does, for an editor or the service.';
revoke execute on function private.promote_proposal from public, anon;
grant execute on function private.promote_proposal to authenticated, service_role;
