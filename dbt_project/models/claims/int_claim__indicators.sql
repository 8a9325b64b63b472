{{ config(materialized='view') }}

-- values of a period; changes between two periods, which are independent (limits by MOVER); and for rankings the
-- smallest distance to any other area of the level, positive where the claim holds
with evaluations as (
    select * from {{ ref('int_claim__evaluated') }} where metric_kind = 'indicator'
),

cities as (
    select distinct city_id from {{ ref('dim_area') }}
),

valued as (
    select
        valued.indicator_id, valued.definition_version, valued.period, valued.variant_id, valued.role,
        valued.area_id, valued.value, valued.lower, valued.upper, valued.n, valued.is_full_count, valued.unit,
        valued.coverage_pct, valued.status, areas.area_level,
        -- also a value without limits: a sum that leaves out a figure there is
        case
            when valued.value is null then coalesce(valued.denominator, 1) <> 0
            else valued.lower is null or valued.upper is null
        end as is_withheld,
        case
            when valued.role is not null then valued.role
            when cities.city_id is not null then 'city'
            else valued.area_id
        end as area,
        case
            when valued.status = 'suppressed' or valued.n < {{ minimum_answers() }} then 'small_n'
            when valued.coverage_pct < {{ minimum_coverage_pct() }} or valued.status = 'incomplete' then 'incomplete'
            when valued.value is null then 'no_data'
            when valued.lower is null or valued.upper is null then 'withheld'
            when valued.status = 'estimated' then 'only_estimated'
        end as unusable_reason
    from {{ ref('fct_indicator_value') }} as valued
    left join (select distinct area_id, area_level from {{ ref('dim_area') }}) as areas
        on valued.area_id = areas.area_id
    left join cities on valued.area_id = cities.city_id
    where
        (valued.area_kind = 'area' and valued.territory = 'as_then')
        or (valued.role in ('programme', 'rest') and valued.territory = 'today')
),

variants as (
    select variant_id from {{ ref('stg_programme_variant') }} where purpose = 'programme'
),

wanted as (
    select evaluations.*, variants.variant_id
    from evaluations
    inner join variants on {{ same_programme('evaluations.claim_id', 'variants.variant_id') }}
    where evaluations.area in ('programme', 'rest')
    union all
    select evaluations.*, {{ t_text('null') }} as variant_id
    from evaluations
    where evaluations.area not in ('programme', 'rest')
),

blocked as (
    {{ across_a_break() }}
),

ended as (
    select
        wanted.claim_id, wanted.evaluation, wanted.period, wanted.claim_type, wanted.variant_id,
        wanted.to_on as measured_on, wanted.baseline_period, wanted.direction, wanted.comparator, wanted.metric_of,
        wanted.definition_version, valued.area, valued.area_level, valued.value, valued.lower, valued.upper, valued.n,
        valued.is_full_count, valued.unit,
        case when valued.indicator_id is null then 'no_data' else valued.unusable_reason end as unusable_reason
    from wanted
    left join valued
        on wanted.metric_of = valued.indicator_id
        and wanted.definition_version = valued.definition_version
        and wanted.area = valued.area
        and wanted.period = valued.period
        and (wanted.variant_id is null or wanted.variant_id = valued.variant_id)
),

changed as (
    select
        ended.*,
        begun.value as baseline_value,
        case
            when ended.claim_type in ('direction', 'growth') and begun.indicator_id is null then 'missing_baseline'
            else coalesce(begun.unusable_reason, case when blocked.claim_id is not null then 'blocking_break' end)
        end as baseline_unusable_reason,
        ended.value - begun.value as change,
        {{ mover([(1, 'ended.value', 'ended.lower', 'ended.upper'), (-1, 'begun.value', 'begun.lower', 'begun.upper')], -1) }}
            as distance_to_lower,
        {{ mover([(1, 'ended.value', 'ended.lower', 'ended.upper'), (-1, 'begun.value', 'begun.lower', 'begun.upper')], 1) }}
            as distance_to_upper,
        {{ growth_pct('ended.value', 'begun.value') }} as growth,
        {{ growth_limit(['ended.value', 'ended.lower', 'ended.upper'], ['begun.value', 'begun.lower', 'begun.upper'], -1) }}
            as growth_lower,
        {{ growth_limit(['ended.value', 'ended.lower', 'ended.upper'], ['begun.value', 'begun.lower', 'begun.upper'], 1) }}
            as growth_upper
    from ended
    left join valued as begun
        on ended.metric_of = begun.indicator_id
        and ended.definition_version = begun.definition_version
        and ended.area = begun.area
        and ended.baseline_period = begun.period
        and (ended.variant_id is null or ended.variant_id = begun.variant_id)
    left join blocked
        on ended.claim_id = blocked.claim_id
        and ended.evaluation = blocked.evaluation
        and ended.period = blocked.period
),

ahead as (
    select
        claim_id, evaluation, period,
        min(distance) as estimate,
        min(distance - distance_to_lower) as lower,
        min(distance + distance_to_upper) as upper,
        max(case when is_withheld then 1 else 0 end) = 1 as is_withheld
    from (
        {% for direction, sign in [('up', 1), ('down', -1)] %}
        select
            ended.claim_id, ended.evaluation, ended.period,
            {{ sign }} * (ended.value - other.value) as distance,
            other.is_withheld,
            {{ mover(
                [(sign, 'ended.value', 'ended.lower', 'ended.upper'), (-sign, 'other.value', 'other.lower', 'other.upper')], -1
            ) }} as distance_to_lower,
            {{ mover(
                [(sign, 'ended.value', 'ended.lower', 'ended.upper'), (-sign, 'other.value', 'other.lower', 'other.upper')], 1
            ) }} as distance_to_upper
        from ended
        inner join valued as other
            on ended.metric_of = other.indicator_id
            and ended.definition_version = other.definition_version
            and ended.period = other.period
            and ended.area_level = other.area_level
            and ended.area <> other.area
            and (ended.comparator is null or ended.comparator = other.area)
        where ended.claim_type = 'ranking' and ended.direction = '{{ direction }}'
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as compared
    group by claim_id, evaluation, period
)

select
    changed.claim_id,
    changed.evaluation,
    changed.period,
    changed.variant_id,
    changed.measured_on,
    {% for column, change, growth in [
        ('estimate', 'changed.change', 'growth'), ('lower', 'changed.change - changed.distance_to_lower', 'growth_lower'),
        ('upper', 'changed.change + changed.distance_to_upper', 'growth_upper')
    ] %}
    case changed.claim_type
        when 'direction' then {{ rnd(change, 6) }}
        when 'growth' then {{ rnd('changed.' ~ growth, 6) }}
        when 'ranking' then {{ rnd('ahead.' ~ column, 6) }}
        else changed.{{ 'value' if column == 'estimate' else column }}
    end as {{ column }},
    {% endfor %}
    changed.value as level_estimate,
    changed.baseline_value as baseline_estimate,
    cast(null as bigint) as denominator,
    changed.n,
    changed.is_full_count,
    {{ without_margin() }},
    {{ without_panel() }},
    case
        when changed.claim_type = 'growth' then 'pct'
        when changed.claim_type in ('direction', 'ranking') and changed.unit = 'pct' then 'pp'
        else changed.unit
    end as unit,
    case
        when changed.unusable_reason is not null then changed.unusable_reason
        when changed.claim_type in ('direction', 'growth') and changed.baseline_unusable_reason is not null
            then changed.baseline_unusable_reason
        when changed.claim_type = 'growth' and (changed.growth_lower is null or changed.growth_upper is null)
            then 'baseline_near_zero'
        when changed.claim_type = 'ranking' and ahead.claim_id is null then 'no_data'
        when changed.claim_type = 'ranking' and ahead.is_withheld then 'withheld'
    end as unusable_reason
from changed
left join ahead
    on changed.claim_id = ahead.claim_id
    and changed.evaluation = ahead.evaluation
    and changed.period = ahead.period
