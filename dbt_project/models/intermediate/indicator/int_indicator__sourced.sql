{# Which source each part of an indicator is read from. Numerator and subtracted measure: the source the
   catalogue names. Denominator: a source that delivers it at the indicator's base level; where several do,
   the catalogue's own first, then the first by name. `whole` is the value of a share of which nothing is left out, also
   where shares are delivered and the factor is 1. `process` is how chance makes the counts of an indicator: each of the
   denominator is a case or not (binomial), or cases come one by one (poisson); null where nothing is counted. #}
with indicators as (
    select * from {{ ref('stg_programme_indicator') }}
),

delivered as (
    select measure_id, area_level, source_id, max(unit) as unit
    from {{ ref('int_measure__unioned') }}
    group by measure_id, area_level, source_id
),

candidates as (
    select
        indicators.indicator_id,
        indicators.definition_version,
        delivered.source_id,
        delivered.unit,
        row_number() over (
            partition by indicators.indicator_id, indicators.definition_version
            order by
                case when delivered.source_id = indicators.source_id then 0 else 1 end nulls last,
                delivered.source_id nulls last
        ) as preference
    from indicators
    inner join delivered
        on indicators.denominator_measure_id = delivered.measure_id
        and indicators.base_level = delivered.area_level
)

select
    indicators.indicator_id,
    indicators.definition_version,
    indicators.kind,
    indicators.base_level,
    indicators.permitted_level,
    indicators.scale,
    indicators.unit,
    case
        when indicators.scale = 'share'
            then case indicators.unit
                when 'pct' then 100.0 when 'per_1000' then 1000.0 when 'per_10000' then 10000.0
                else {{ t_double('indicators.factor') }}
            end
    end as whole,
    indicators.polarity,
    indicators.baseline_id,
    indicators.is_headline,
    {{ t_double('indicators.margin_minimum') }} as margin_minimum,
    {{ t_double('indicators.margin_pct_of_baseline_gap') }} as margin_pct_of_baseline_gap,
    cast(indicators.factor as decimal(24, 8)) as factor,
    cast(indicators.tolerance as decimal(24, 8)) as tolerance,
    indicators.numerator_measure_id,
    indicators.subtracted_measure_id,
    indicators.denominator_measure_id,
    indicators.source_id,
    candidates.source_id as denominator_source_id,
    candidates.unit as denominator_unit,
    case
        when indicators.kind in ('survey', 'level') then null
        when indicators.scale = 'share' and {{ is_countable('candidates.unit') }} then 'binomial'
        when indicators.kind = 'ratio' and indicators.scale = 'ratio' and {{ is_countable('counted.unit') }} then 'poisson'
    end as process,
    coalesce(indicators.interval_basis, 'process') as declared_interval_basis,
    indicators.valid_from,
    {{ open_end('indicators.valid_to') }} as valid_to
from indicators
left join candidates
    on indicators.indicator_id = candidates.indicator_id
    and indicators.definition_version = candidates.definition_version
    and candidates.preference = 1
left join delivered as counted
    on indicators.numerator_measure_id = counted.measure_id
    and indicators.base_level = counted.area_level
    and indicators.source_id = counted.source_id
