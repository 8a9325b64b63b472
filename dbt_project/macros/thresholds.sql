{# Every number a rule decides by, each here and nowhere else. Sentences that name one stand in seeds/reason.csv. #}

{# Answers a figure of a survey needs to be stated. #}
{% macro minimum_answers() %}30{% endmacro %}

{# Per cent of the denominator a sum must cover to be stated. #}
{% macro minimum_coverage_pct() %}95{% endmacro %}

{# Per cent of organisations that must have reported in both years for a growth of reports to be judged. #}
{% macro minimum_panel_pct() %}50{% endmacro %}

{# Margin on the change of a relative gap, in units of a logarithm. #}
{% macro relative_margin() %}0.05{% endmacro %}

{# How often a limit of the 95 % interval lies beyond the true value on one side. #}
{% macro one_sided_error() %}0.025{% endmacro %}

{# The 97.5 % point of the normal distribution. #}
{% macro z_95() %}1.959963984540054{% endmacro %}

{# Sum of an estimate's 97.5 % and 80 % points: half width of the 95 % interval times this over z_95 is the change a
   two-sided 5 % test finds in four of five cases. #}
{% macro z_95_plus_z_80() %}2.801585218{% endmacro %}

{# Standard errors a figure known exactly lies beyond its margin, or short of it. #}
{% macro beyond_any_error() %}1000000000.0{% endmacro %}

{# Difference of two shares of the programme area below which they are the same share. #}
{% macro same_share() %}0.000000001{% endmacro %}

{# Half of the last digit a mart prints: what is less prints as 0. #}
{% macro least_printed() %}0.0000005{% endmacro %}

{# Areas a dispersion needs, and pairs of areas a test of convergence. #}
{% macro minimum_areas() %}3{% endmacro %}
{% macro minimum_pairs() %}4{% endmacro %}

{# Square of a logarithm below which sums kept to 18 decimals tell nothing apart. #}
{% macro exact_square() %}0.0000000000000001{% endmacro %}

{# Theil's T below which areas do not differ: parts of it would be quotients of what rounding left. #}
{% macro least_theil() %}0.000000001{% endmacro %}

{# Standard deviations from the mean at which the classes of areas are cut. #}
{% macro class_cut() %}1{% endmacro %}
{% macro outer_class_cut() %}1.5{% endmacro %}
