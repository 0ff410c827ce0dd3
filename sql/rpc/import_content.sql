create function public.import_content(
    workspace_id uuid,
    -- [{"content": "Spring sale", "source_key": "shop-17"}]: columns of content_assets that a person may write
    assets jsonb
)
    -- {"written": ids of the rows that were added or changed,
    -- "kept": ids of known rows whose category a person decided otherwise; it stays,
    -- "ids": one an asset, in the order given; null for one with neither id nor source_key}
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    element record;
    code text;
    told text;
    advice text;
    note text;
begin
    return private.write_content(import_content.workspace_id, import_content.assets);
exception
    when integrity_constraint_violation or data_exception then
        -- one by one, to say which it was
        for element in
            select value, ordinality
            from jsonb_array_elements(import_content.assets) with ordinality
        loop
            begin
                perform private.write_content(import_content.workspace_id, jsonb_build_array(element.value));
            exception
                when integrity_constraint_violation or data_exception then
                    get stacked diagnostics
                        code = returned_sqlstate,
                        told = message_text,
                        advice = pg_exception_hint,
                        note = pg_exception_detail;
                    raise exception using
                        errcode = code,
                        message = format('row %s: %s', element.ordinality, told),
                        hint = advice,
                        detail = note;
            end;
        end loop;
        raise;
end
$$;
comment on function public.import_content is
'Add content, all rows or none; a row whose source_key is known is updated when its text or campaign is another.

One given without a campaign stays where it is.

Labels given here count as a person''s. A known row takes the category where no person decided one, or together with
another text; but not the very one that a person replaced. What is refused is told with the place of its row,
from 1.';
revoke execute on function public.import_content from public, anon;
grant execute on function public.import_content to authenticated, service_role;
