with scoped as (
    select
        intensity.*,
        {{ programme_of('intensity.area_id') }} as programme,
        {{ beside('intensity.unit', 'intensity.area_id') }} not in {{ named_by_rule('units_of_things') }} as is_of_people,
        areas.level_rank = 0 as is_city
    from {{ ref('fct_programme_intensity') }} as intensity
    inner join {{ ref('dim_area') }} as areas on intensity.area_id = areas.area_id
    where
        {{ beside("'fct_programme_intensity'", 'intensity.area_id') }} in {{ named_by_rule('marts') }}
        and intensity.period >= {{ number_of_rule('first_period', programme_of('intensity.area_id')) }}
        and intensity.area_level in {{ named_by_rule('open_levels') }}
),

-- where there was no event nobody took part, and everybody can see it
judged as (
    select
        scoped.*,
        {{ protecting_decimals('scoped.resident_count', '1000', 'scoped.programme') }} as decimals,
        case
            when
                scoped.is_of_people
                and scoped.value < {{ number_of_rule('minimum_count', 'scoped.programme') }}
                and coalesce(events.value, 1) > 0
                then 'protected'
        end as hidden_reason
    from scoped
    left join scoped as events
        on scoped.area_id = events.area_id and scoped.period = events.period and events.measure_id = 'events'
)

select
    area_id,
    area_level,
    period,
    measure_id,
    measure_name_de,
    measure_name_en,
    case
        when hidden_reason is not null then null
        when is_of_people then {{ t_double(printed_count('value')) }}
        else {{ rnd('value', 2) }}
    end as value,
    unit,
    case when hidden_reason is null then status else 'hidden' end as status,
    event_without_figure_count,
    {{ printed_count('resident_count') }} as resident_count,
    -- beside a rounded count of people below the city a rate would narrow it
    case
        when hidden_reason is not null then null
        when not is_of_people then {{ rnd('value_per_1000', 2) }}
        when is_city then {{ printed('value_per_1000', 'decimals') }}
    end as value_per_1000,
    is_descriptive,
    interpretation_de,
    interpretation_en,
    hidden_reason is not null as is_hidden,
    hidden_reason,
    {{ t_text('null') }} as shown_at_level,
    is_synthetic
from judged
