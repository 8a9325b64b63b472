with scoped as (
    select
        reports.*,
        {{ programme_of('reports.area_id') }} as programme,
        {{ beside('reports.unit', 'reports.area_id') }} not in {{ named_by_rule('units_of_things') }} as is_of_people
    from {{ ref('fct_volunteering') }} as reports
    inner join {{ ref('dim_area') }} as areas on reports.area_id = areas.area_id
    where
        {{ beside("'fct_volunteering'", 'reports.area_id') }} in {{ named_by_rule('marts') }}
        and reports.period >= {{ number_of_rule('first_period', programme_of('reports.area_id')) }}
        and areas.area_level in {{ named_by_rule('open_levels') }}
),

ranked as (
    select
        *,
        lag(organisation_count) over (
            partition by counting_unit, scope, method, period order by organisation_count nulls last, area_id nulls last
        ) as next_smaller_count,
        row_number() over (
            partition by counting_unit, scope, method, period order by organisation_count nulls last, area_id nulls last
        ) as size_rank
    from scoped
),

-- a district alone in being hidden would be the city less the others, so the next smallest is hidden with it
judged as (
    select
        ranked.*,
        case
            when value is null then null
            when organisation_count < {{ number_of_rule('minimum_organisations') }} then 'few_organisations'
            when size_rank = 2 and next_smaller_count < {{ number_of_rule('minimum_organisations') }} then 'protected'
            when is_of_people and value < {{ number_of_rule('minimum_count') }} then 'protected'
        end as hidden_reason
    from ranked
)

select
    area_id,
    period,
    counting_unit,
    scope,
    method,
    case
        when hidden_reason is not null then null
        when is_of_people then {{ t_double(printed_count('value')) }}
        else {{ rnd('value', 2) }}
    end as value,
    unit,
    case when hidden_reason is null then status else 'hidden' end as status,
    organisation_count,
    missing_organisation_count,
    reference_on,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
