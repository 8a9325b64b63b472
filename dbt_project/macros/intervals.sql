{# Limits of estimates, as expressions of the portable subset. #}

{# Effective number of answers: the smaller of Kish's (sum w)^2 / sum w^2 and the one the linearised variance of the
   share implies. Kish, Survey Sampling (1965); linearisation: Saerndal, Swensson, Wretman (1992), section 5.5. #}
{% macro effective_n(share, n, weight_sum, weight_square_sum, score_cross_sum) %}
least(
        {{ weight_sum }} * {{ weight_sum }} / nullif({{ weight_square_sum }}, 0),
        coalesce(
            {{ share }} * (1 - {{ share }}) * {{ weight_sum }} * {{ weight_sum }} / nullif(
                {{ n }} / nullif({{ n }} - 1.0, 0) * (
                    {{ score_cross_sum }} * (1 - 2 * {{ share }}) + {{ share }} * {{ share }} * {{ weight_square_sum }}
                ),
                0
            ),
            {{ weight_sum }} * {{ weight_sum }} / nullif({{ weight_square_sum }}, 0)
        )
    )
{%- endmacro %}

{# Limit of a share in [0, 1] after Wilson (1927), side -1 or 1. #}
{% macro wilson(share, n, side) %}
(
        {{ share }} + {{ z_95() }} * {{ z_95() }} / (2 * {{ n }})
        + ({{ side }}) * {{ z_95() }} * sqrt(
            {{ share }} * (1 - {{ share }}) / {{ n }} + {{ z_95() }} * {{ z_95() }} / (4 * {{ n }} * {{ n }})
        )
    ) / (1 + {{ z_95() }} * {{ z_95() }} / {{ n }})
{%- endmacro %}

{# Standard error of a weighted mean, linearised. #}
{% macro linearised_error(mean, n, weight_sum, weight_square_sum, score_cross_sum, score_square_sum) %}
sqrt(
        greatest(
            {{ n }} / nullif({{ n }} - 1.0, 0) * (
                {{ score_square_sum }} - 2 * {{ mean }} * {{ score_cross_sum }}
                + {{ mean }} * {{ mean }} * {{ weight_square_sum }}
            ),
            0
        )
    ) / nullif({{ weight_sum }}, 0)
{%- endmacro %}

{# How far the limit of a sum or difference of independent estimates lies from it, by the method of variance estimates
   recovery (Zou and Donner 2008): root of the sum of squared distances of each estimate to its own limit. Each part is
   (sign, estimate, lower, upper); side is -1 for the lower limit, 1 for the upper. #}
{% macro mover(parts, side) %}
sqrt(
        {% for sign, estimate, lower, upper in parts -%}
        {% set far = upper if sign * side > 0 else lower -%}
        ({{ estimate }} - {{ far }}) * ({{ estimate }} - {{ far }}){{ ' + ' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# Units of what is measured and not counted: of it chance does not make one case more or less. Those of programmes/laws.py. #}
{% macro is_countable(unit) %}
coalesce({{ unit }} not in (
            'm2', 'ha', 'km2', 'hours', 'years', 'eur', 'ug_per_m3', 'pct', 'pp', 'per_1000', 'm2_per_inhabitant',
            'persons_per_ha', 'inhabitants_per_ha', 'weighted_answers'
        ), false)
{%- endmacro %}

{# Limit of the expectation of a Poisson count after Byar (Breslow and Day 1987, Statistical Methods in Cancer Research II,
   p. 69), side -1 or 1, as England's Fingertips uses it for rates of small areas. #}
{% macro byar(cases, side) %}
{%- set count = cases if side < 0 else '(' ~ cases ~ ' + 1)' -%}
coalesce({{ count }} * power(greatest(
            1 - 1 / (9.0 * nullif({{ count }}, 0)) + ({{ side }}) * {{ z_95() }} / (3 * sqrt(nullif({{ count }}, 0))), 0
        ), 3), case when {{ cases }} = 0 then 0.0 end)
{%- endmacro %}
