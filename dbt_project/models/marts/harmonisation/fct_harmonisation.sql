with variants as (
    select variant_id from {{ ref('stg_programme_variant') }} where purpose = 'programme'
),

-- a city without a programme area still has a dispersion
shown as (
    select programmes.programme, programmes.default_variant, variants.variant_id
    from {{ ref('stg_programme_programme') }} as programmes
    left join variants on programmes.programme = {{ programme_of('variants.variant_id') }}
)

select
    dispersed.indicator_id,
    cast(dispersed.definition_version as bigint) as definition_version,
    dispersed.area_level,
    shown.variant_id,
    dispersed.period,
    cast(dispersed.area_count as bigint) as area_count,
    cast(dispersed.n as bigint) as n,
    cast(dispersed.zero_count as bigint) as zero_count,
    {{ rnd('dispersed.mean', 6) }} as weighted_mean,
    case
        when dispersed.is_relative then {{ rnd('sqrt(dispersed.variance) / dispersed.mean', 6) }}
    end as coefficient_of_variation,
    case when dispersed.is_relative then {{ rnd('coalesce(dispersed.theil, 0)', 14) }} end as theil,
    case when dispersed.is_relative then {{ rnd('parted.theil_between', 14) }} end as theil_between,
    case when dispersed.is_relative then {{ rnd('parted.theil_within', 14) }} end as theil_within,
    case
        when dispersed.is_relative and dispersed.theil > {{ least_theil() }}
            then {{ rnd('parted.theil_between / dispersed.theil', 6) }}
    end as theil_between_share,
    {{ rnd('parted.variance_between / nullif(dispersed.variance, 0)', 6) }} as variance_between_share,
    case
        when dispersed.is_relative then {{ rnd('coalesce(dispersed.mean_log_deviation, 0)', 6) }}
    end as mean_log_deviation,
    {{ log_measure('sourced.scale') }} as log_measure,
    case when {{ log_measure('sourced.scale') }} is not null then {{ rnd('dispersed.log_dispersion', 6) }} end
        as log_dispersion,
    case when {{ log_measure('sourced.scale') }} is not null then cast(dispersed.n - dispersed.log_count as bigint) end
        as log_left_out_count,
    converged.baseline_period,
    cast(converged.n as bigint) as pair_count,
    cast(converged.n_distinct as bigint) as distinct_pair_count,
    case when converged.n is not null then converged.inference_refused_reason is null end as is_inference_allowed,
    converged.inference_refused_reason,
    {{ rnd('converged.sigma_baseline', 6) }} as sigma_baseline,
    {{ rnd('converged.sigma', 6) }} as sigma,
    {% for figure in ['sigma_change_pct', 'sigma_change_lower_pct', 'sigma_change_upper_pct'] %}
    {{ rnd('converged.' ~ figure, 6) }} as {{ figure }},
    {% endfor %}
    {{ rnd('converged.variance_ratio', 6) }} as variance_ratio,
    {{ rnd('converged.correlation', 6) }} as correlation,
    {{ rnd('converged.pitman_morgan_t', 6) }} as pitman_morgan_t,
    cast(converged.degrees_of_freedom as bigint) as degrees_of_freedom,
    {{ rnd('converged.critical_t', 6) }} as critical_t,
    case
        when converged.n is null then null
        when converged.pitman_morgan_t > converged.critical_t then 'converged'
        when converged.pitman_morgan_t < -1 * converged.critical_t then 'diverged'
        else 'undecidable'
    end as sigma_verdict,
    {{ rnd('converged.beta_total', 6) }} as beta_total,
    {{ rnd('converged.beta_standard_error', 6) }} as beta_standard_error,
    {{ rnd('converged.beta_t', 6) }} as beta_t,
    {{ rnd('converged.convergence_speed', 6) }} as convergence_speed_per_year,
    {{ rnd('ln(2) / converged.convergence_speed', 4) }} as half_life_years,
    coalesce(shown.variant_id = shown.default_variant, false) as is_default_variant,
    {{ is_synthetic() }} as is_synthetic
from {{ ref('int_harmonisation__dispersed') }} as dispersed
inner join shown on {{ programme_of('dispersed.indicator_id') }} = shown.programme
inner join {{ ref('int_indicator__sourced') }} as sourced
    on dispersed.indicator_id = sourced.indicator_id
    and dispersed.definition_version = sourced.definition_version
left join {{ ref('int_harmonisation__parted') }} as parted
    on dispersed.indicator_id = parted.indicator_id
    and dispersed.definition_version = parted.definition_version
    and dispersed.area_level = parted.area_level
    and dispersed.period = parted.period
    and shown.variant_id = parted.variant_id
left join {{ ref('int_harmonisation__converged') }} as converged
    on dispersed.indicator_id = converged.indicator_id
    and dispersed.definition_version = converged.definition_version
    and dispersed.area_level = converged.area_level
    and dispersed.period = converged.period
