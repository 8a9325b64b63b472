{%- set span = 'cast(floor(' ~ t_double('rules.rounding_base') ~ ' / 2) as bigint)' -%}
with people as (
    select measure_id
    from {{ ref('fct_measure') }}
    where {{ beside('unit', 'measure_id') }} not in {{ named_by_rule('units_of_things') }}
    group by measure_id
),

-- rates of people that are printed below the open levels too; those of the open levels count as known
rates as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        {{ t_double('indicators.factor') }} as factor
    from {{ ref('dim_indicator') }} as indicators
    inner join people on indicators.numerator_measure_id = people.measure_id
    where
        indicators.kind = 'ratio'
        and indicators.base_level not in {{ named_by_rule('open_levels') }}
),

printed_rates as (
    select
        {{ table_of_indicator('printed') }} as table_id,
        printed.period,
        areas_and_sets.reference_area_id as cell_id,
        'fct_indicator_value' as mart,
        {{ row_key([
            'printed.indicator_id', 'printed.definition_version', 'printed.area_kind', 'printed.area_id', 'printed.variant_id',
            'printed.role', 'printed.territory', 'printed.period'
        ]) }} as row_key,
        printed.area_kind = 'area_set' or areas.area_level in {{ named_by_rule('open_levels') }} as is_open,
        printed.is_hidden,
        cast(round(figures.numerator, 0) as bigint) as people_count,
        cast(round(figures.denominator, 0) as bigint) as at_most_count,
        {{ t_double('figures.denominator') }} / rates.factor * printed.value as middle,
        {{ t_double('figures.denominator') }} / rates.factor * 0.5 / power(10, printed.decimals) as half_width
    from {{ ref('public_fct_indicator_value') }} as printed
    inner join rates
        on printed.indicator_id = rates.indicator_id
        and printed.definition_version = rates.definition_version
    inner join {{ ref('fct_indicator_value') }} as figures
        on printed.indicator_id = figures.indicator_id
        and printed.definition_version = figures.definition_version
        and printed.area_kind = figures.area_kind
        and coalesce(printed.area_id, '') = coalesce(figures.area_id, '')
        and coalesce(printed.variant_id, '') = coalesce(figures.variant_id, '')
        and coalesce(printed.role, '') = coalesce(figures.role, '')
        and printed.territory = figures.territory
        and printed.period = figures.period
    inner join {{ ref('int_reference_area__unioned') }} as areas_and_sets
        on printed.area_kind = areas_and_sets.area_kind
        and coalesce(printed.area_id, '') = coalesce(areas_and_sets.area_id, '')
        and coalesce(printed.variant_id, '') = coalesce(areas_and_sets.variant_id, '')
        and coalesce(printed.role, '') = coalesce(areas_and_sets.role, '')
        and printed.territory = areas_and_sets.territory
    left join {{ ref('dim_area') }} as areas on printed.area_id = areas.area_id
    where figures.numerator is not null and figures.denominator is not null
),

volunteers as (
    select
        {{ table_of_volunteers('printed') }} as table_id,
        printed.period,
        printed.area_id as cell_id,
        'fct_volunteering' as mart,
        {{ row_key(['printed.area_id', 'printed.period', 'printed.counting_unit', 'printed.scope', 'printed.method', 'printed.unit']) }} as row_key,
        areas.level_rank = 0 as is_open,
        printed.is_hidden,
        cast(round(figures.value, 0) as bigint) as people_count,
        printed.value as printed_count
    from {{ ref('public_fct_volunteering') }} as printed
    inner join {{ ref('fct_volunteering') }} as figures
        on printed.area_id = figures.area_id
        and printed.period = figures.period
        and printed.counting_unit = figures.counting_unit
        and printed.scope = figures.scope
        and printed.method = figures.method
        and printed.unit = figures.unit
    inner join {{ ref('dim_area') }} as areas on printed.area_id = areas.area_id
    where figures.value is not null and {{ beside('figures.unit', 'figures.area_id') }} not in {{ named_by_rule('units_of_things') }}
),

events as (
    select
        {{ table_of_participants('figures.period', 'figures.event_id') }} as table_id,
        figures.period,
        {{ event_piece('figures') }} as cell_id,
        'fct_participation_event' as mart,
        {{ row_key(['printed.source_id', 'printed.event_id']) }} as row_key,
        false as is_open,
        printed.is_hidden,
        figures.participant_count as people_count,
        printed.participant_count as printed_count
    from {{ ref('public_fct_participation_event') }} as printed
    inner join {{ ref('fct_participation_event') }} as figures
        on printed.source_id = figures.source_id
        and printed.event_id = figures.event_id
    where figures.participant_count is not null
    union all
    select
        {{ table_of_participants('printed.period', 'printed.area_id') }} as table_id,
        printed.period,
        printed.area_id as cell_id,
        'fct_programme_intensity' as mart,
        {{ row_key(['printed.area_id', 'printed.period', 'printed.measure_id']) }} as row_key,
        areas.level_rank = 0 as is_open,
        printed.is_hidden,
        cast(round(figures.value, 0) as bigint) as people_count,
        printed.value as printed_count
    from {{ ref('public_fct_programme_intensity') }} as printed
    inner join {{ ref('fct_programme_intensity') }} as figures
        on printed.area_id = figures.area_id
        and printed.period = figures.period
        and printed.measure_id = figures.measure_id
    inner join {{ ref('dim_area') }} as areas on printed.area_id = areas.area_id
    where figures.measure_id = 'participants' and figures.value is not null
),

-- what a reader concludes of each count from what is printed of it
concluded as (
    select
        printed_rates.table_id, printed_rates.period, printed_rates.cell_id, printed_rates.mart, printed_rates.row_key,
        printed_rates.is_open, printed_rates.is_hidden, printed_rates.people_count, printed_rates.at_most_count,
        cast(ceil(printed_rates.middle - printed_rates.half_width - {{ least_printed() }}) as bigint) as at_least,
        cast(floor(printed_rates.middle + printed_rates.half_width + {{ least_printed() }}) as bigint) as at_most,
        printed_rates.at_most_count - rules.minimum_complement as short_of_all,
        cast(rules.minimum_count as bigint) as minimum_count
    from printed_rates
    left join {{ ref('stg_programme_disclosure') }} as rules
        on {{ programme_of('printed_rates.cell_id') }} = rules.programme
    union all
    select
        counts.table_id, counts.period, counts.cell_id, counts.mart, counts.row_key, counts.is_open, counts.is_hidden,
        counts.people_count,
        cast(null as bigint) as at_most_count,
        cast(counts.printed_count as bigint) - {{ span }} as at_least,
        cast(counts.printed_count as bigint) + {{ span }} as at_most,
        cast(null as bigint) as short_of_all,
        cast(rules.minimum_count as bigint) as minimum_count
    from (select * from volunteers union all select * from events) as counts
    left join {{ ref('stg_programme_disclosure') }} as rules
        on {{ programme_of('counts.cell_id') }} = rules.programme
)

select
    table_id,
    period,
    cell_id,
    mart,
    row_key,
    is_open,
    is_hidden,
    people_count,
    at_most_count,
    case
        when is_hidden then 0
        when is_open then people_count
        else least(people_count, greatest(at_least, minimum_count))
    end as at_least_count,
    case
        when is_hidden then at_most_count
        when is_open then people_count
        else greatest(people_count, least(at_most, coalesce(short_of_all, at_most)))
    end as concluded_at_most_count
from concluded
