with levels as (
    select area_level, level_rank from {{ ref('stg_programme_level') }}
),

sums as (
    select
        aggregated.*,
        sourced.kind,
        sourced.scale,
        sourced.factor,
        reference_areas.area_kind,
        reference_areas.area_id,
        reference_areas.variant_id,
        reference_areas.role,
        reference_areas.territory,
        tolerated.tolerance,
        tolerated.numerator_bound,
        tolerated.numerator_variance,
        tolerated.denominator_bound,
        tolerated.denominator_variance,
        sourced.whole,
        sourced.process,
        sourced.declared_interval_basis,
        sourced.kind <> 'survey' as is_full_count,
        coalesce(reference_areas.area_level = sourced.base_level, false) as is_single,
        expected.expected_member_count
    from {{ ref('int_indicator__aggregated') }} as aggregated
    inner join {{ ref('int_indicator__sourced') }} as sourced
        on aggregated.indicator_id = sourced.indicator_id
        and aggregated.definition_version = sourced.definition_version
    inner join {{ ref('int_reference_area__unioned') }} as reference_areas
        on aggregated.reference_area_id = reference_areas.reference_area_id
        and (reference_areas.member_level is null or reference_areas.member_level = sourced.base_level)
    inner join {{ ref('int_indicator__tolerated') }} as tolerated
        on aggregated.indicator_id = tolerated.indicator_id
        and aggregated.definition_version = tolerated.definition_version
        and aggregated.period = tolerated.period
    inner join levels as permitted on sourced.permitted_level = permitted.area_level
    left join levels as own on reference_areas.area_level = own.area_level
    left join {{ ref('int_area__expected') }} as expected
        on aggregated.reference_area_id = expected.reference_area_id
        and aggregated.period = expected.period
        and sourced.base_level = expected.area_level
    where reference_areas.area_kind = 'area_set' or own.level_rank <= permitted.level_rank
),

-- members without a denominator count with the mean of the others; a survey has no missing members
covered as (
    select
        *,
        case
            when not is_full_count then 100.0
            when known_count = 0 then 0.0
            when known_denominator = 0 then 100.0 * known_count / expected_member_count
            else 100.0 * coalesce({{ t_double('denominator') }}, 0) / {{ t_double('known_denominator') }}
                * known_count / expected_member_count
        end as coverage_pct
    from sums
),

stated as (
    select
        *,
        case
            when is_single and cell_status is not null then cell_status
            when not is_full_count and n < {{ minimum_answers() }} then 'suppressed'
            when coverage_pct < {{ minimum_coverage_pct() }} then 'incomplete'
            when denominator = 0 then 'missing'
            else {{ status_of_rank('status_rank') }}
        end as status
    from covered
),

-- no mean where none can be stated, and from there on no limit either
averaged as (
    select
        *,
        case
            when status not in ('incomplete', 'suppressed', 'missing')
                then {{ t_double('numerator') }} / nullif({{ t_double('denominator') }}, 0)
        end as mean,
        {{ t_double('factor') }} as scaling,
        -- a sum that leaves out a figure there is: what it would be with it cannot be bounded
        coalesce(denominator, 0) <> known_denominator or known_count <> expected_member_count as is_short,
        {{ t_double('denominator') }} as weight_sum,
        {{ t_double('denominator_square') }} as square_sum,
        {{ t_double('cross_square') }} as cross_sum,
        {{ t_double('numerator_square') }} as score_square_sum
    from stated
),

effective as (
    select
        *,
        case
            when mean is null then null
            when not is_full_count and scale = 'share'
                then {{ effective_n('mean', 'n', 'weight_sum', 'square_sum', 'cross_sum') }}
            else weight_sum * weight_sum / nullif(square_sum, 0)
        end as effective_n
    from averaged
),

-- roundings of single areas are independent and even out; the bound of one area is never exceeded
rounded as (
    select
        *,
        tolerance * least({{ z_95() }} / sqrt(3 * nullif(effective_n, 0)), 1) as print_bound,
        {% for part in ['numerator', 'denominator'] %}
        least({{ z_95() }} * sqrt({{ part }}_variance * cell_square_weight), {{ part }}_bound * cell_weight)
            as {{ part }}_error{{ ',' if not loop.last }}
        {% endfor %}
    from effective
),

bounded as (
    select
        *,
        scaling * mean as value,
        scaling * mean / whole as part,
        mean * weight_sum as cases,
        case
            when is_full_count and not is_short and weight_sum > denominator_error
                then print_bound
                    + scaling * (numerator_error + abs(mean) * denominator_error) / (weight_sum - denominator_error)
        end as bound,
        case
            when not is_full_count and scale <> 'share'
                then scaling * {{ z_95() }}
                    * {{ linearised_error('mean', 'n', 'weight_sum', 'square_sum', 'cross_sum', 'score_square_sum') }}
        end as sampling_bound
    from rounded
),

-- one outcome of a process: a share after Wilson, a rate, or more cases than the denominator has, after Byar
processed as (
    select
        *,
        {% for end, side in [('lower', -1), ('upper', 1)] %}
        case
            when mean is null or process is null then null
            when process = 'binomial' and part between 0 and 1
                then whole * {{ wilson('part', 'weight_sum', side) }}
            when kind = 'ratio' and cases >= 0 then scaling * {{ byar('cases', side) }} / weight_sum
        end as chance_{{ end }}{{ ',' if not loop.last }}
        {% endfor %}
    from bounded
),

read as (
    select
        *,
        {% for end, side in [('lower', '-'), ('upper', '+')] %}
        case
            when is_full_count then value {{ side }} bound
        end as counted_{{ end }},
        case
            when is_full_count
                then value {{ side }} sqrt(
                    (value - chance_{{ end }}) * (value - chance_{{ end }}) + bound * bound
                )
        end as process_{{ end }},
        {% endfor %}
        is_full_count and process is not null and declared_interval_basis = 'process' as is_outcome
    from processed
)

select
    indicator_id, definition_version, area_kind, area_id, variant_id, role, territory, period, reference_on, value,
    {% for end, side in [('lower', -1), ('upper', 1)] %}
    case
        when is_outcome then process_{{ end }}
        when is_full_count then counted_{{ end }}
        when scale <> 'share' then value + ({{ side }}) * sampling_bound
        else scaling * {{ wilson('mean', 'effective_n', side) }}
    end as {{ end }},
    counted_{{ end }},
    process_{{ end }},
    {% endfor %}
    case
        when mean is null then null
        when is_outcome then case when process = 'binomial' and part between 0 and 1 then 'wilson_process' else 'byar_process' end
        when is_full_count then 'rounding_bound'
        when scale = 'share' then 'wilson_effective_n'
        else 'linearised'
    end as interval_method,
    case when status not in ('incomplete', 'suppressed') or is_single then numerator end as numerator,
    case when status not in ('incomplete', 'suppressed') or is_single then denominator end as denominator,
    n,
    case when not is_full_count then effective_n end as effective_n,
    is_full_count,
    coverage_pct,
    case when is_single then symbol end as symbol,
    status,
    member_count,
    case when is_full_count then expected_member_count end as expected_member_count
from read
