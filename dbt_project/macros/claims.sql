{# Verdicts of public claims: which verdict a reason gives, and the reason in words. #}

{% macro claim_reasons() %}
{{ return({
    'no_measure': ('not_checkable', 'Dazu liegt keine Messgröße in der genannten Einheit und Abgrenzung vor.',
        'There is no measure in the unit, scope and level named.'),
    'causal': ('not_checkable', 'Eine Wirkung lässt sich ohne vorab festgelegten Vergleich nicht belegen.',
        'An effect cannot be shown without a comparison fixed beforehand.'),
    'awareness': ('not_checkable', 'Danach wurde nicht gefragt.', 'Nobody was asked about it.'),
    'normative': ('not_checkable', 'Das ist eine Wertung oder ein Ziel, keine Feststellung.',
        'This is a value judgement or an aim, not a finding.'),
    'across_units': ('not_checkable', 'Zwei Zähleinheiten, Abgrenzungen oder Erhebungsarten sind nicht vergleichbar.',
        'Two counting units, scopes or methods cannot be compared.'),
    'leg_not_checkable': ('not_checkable', 'Ein notwendiger Teil der Aussage ist nicht prüfbar.',
        'A necessary part of the statement cannot be checked.'),
    'no_data': ('undecidable', 'Für diese Zeit liegen keine Daten vor.', 'There are no data for this time.'),
    'missing_baseline': ('undecidable', 'Der Ausgangswert fehlt.', 'The baseline value is missing.'),
    'incomplete': ('undecidable', 'Die Angaben decken weniger als 95 Prozent ab oder sind unvollständig.',
        'The figures cover less than 95 per cent or are incomplete.'),
    'small_n': ('undecidable', 'Es antworteten weniger als 30 Personen.', 'Fewer than 30 people answered.'),
    'blocking_break': ('undecidable', 'Zwischen beiden Zeitpunkten wechselte Definition, Register oder Gebiet.',
        'Definition, register or territory changed between the two dates.'),
    'only_estimated': ('undecidable', 'Es gibt nur geschätzte oder hochgerechnete Zahlen.',
        'There are only estimated or projected figures.'),
    'interval_spans': ('undecidable', 'Der Unsicherheitsbereich reicht über die Grenze hinweg.',
        'The range of uncertainty reaches across the boundary.'),
    'lower_bound_only': ('undecidable', 'Einzelne Angaben fehlen; bekannt ist nur eine Untergrenze.',
        'Some figures are missing; only a lower bound is known.'),
    'not_every_day': ('undecidable', 'Die Aussage trifft an manchen Tagen des Zeitraums zu, an anderen nicht.',
        'The statement holds on some days of the window and not on others.'),
    'variants_disagree': ('undecidable', 'Die Abgrenzungen des Programmgebiets führen zu verschiedenen Ergebnissen.',
        'The variants of the programme area give different results.'),
    'leg_undecidable': ('undecidable', 'Ein notwendiger Teil der Aussage ist offen.',
        'A necessary part of the statement is undecided.'),
    'inside_window': ('supported', 'Die Zahl ergibt gerundet die genannte.', 'The figure rounds to the one stated.'),
    'above_threshold': ('supported', 'Die Zahl liegt sicher über der genannten Schwelle.',
        'The figure is certainly above the threshold stated.'),
    'direction_certain': ('supported', 'Die Veränderung geht sicher in die genannte Richtung.',
        'The change certainly goes in the direction stated.'),
    'strong_direction_certain': ('supported', 'Die Veränderung geht sicher in die genannte Richtung und ist deutlich.',
        'The change certainly goes in the direction stated and is clear.'),
    'within_margin': ('supported', 'Der Abstand ist höchstens um die Marge größer geworden.',
        'The gap has widened by no more than the margin.'),
    'ranks_first': ('supported', 'Der Abstand zu jedem anderen Gebiet ist sicher.',
        'The distance to every other area is certain.'),
    'every_leg': ('supported', 'Alle notwendigen Teile der Aussage treffen zu.',
        'All necessary parts of the statement hold.'),
    'outside_window': ('not_supported', 'Die Zahl ergibt gerundet nicht die genannte.',
        'The figure does not round to the one stated.'),
    'other_denominator': ('not_supported', 'Die genannte Grundgesamtheit stimmt nicht.',
        'The total named is not the total there was.'),
    'not_above_threshold': ('not_supported', 'Die Zahl liegt nicht über der genannten Schwelle.',
        'The figure is not above the threshold stated.'),
    'direction_contrary': ('not_supported', 'Die genannte Richtung ist ausgeschlossen.',
        'The direction stated is ruled out.'),
    'too_weak': ('not_supported', 'Die Veränderung ist sicher kleiner als „deutlich“.',
        'The change is certainly smaller than clear.'),
    'beyond_margin': ('not_supported', 'Der Abstand ist sicher um mehr als die Marge größer geworden.',
        'The gap has certainly widened by more than the margin.'),
    'outranked': ('not_supported', 'Ein anderes Gebiet liegt sicher davor oder gleichauf.',
        'Another area is certainly ahead or level.'),
    'leg_fails': ('not_supported', 'Ein notwendiger Teil der Aussage trifft nicht zu.',
        'A necessary part of the statement does not hold.'),
    'data_turned': ('superseded', 'Die Aussage traf zu; neuere Daten tragen sie nicht mehr.',
        'The statement held; newer data no longer support it.'),
    'later_sentence': ('superseded', 'Dieselbe Stelle hat sich später anders geäußert.',
        'The same publisher made a later statement.'),
}) }}
{% endmacro %}

{# The verdict a reason code gives. #}
{% macro claim_verdict(reason_code) %}
case
        {% for verdict in ['not_checkable', 'undecidable', 'supported', 'not_supported', 'superseded'] -%}
        when {{ reason_code }} in (
            {%- for code, reason in claim_reasons().items() if reason[0] == verdict -%}
            '{{ code }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        ) then '{{ verdict }}'
        {% endfor -%}
    end
{%- endmacro %}

{# The reason in words, place 1 German, 2 English. #}
{% macro claim_sentence(reason_code, place) %}
case {{ reason_code }}
        {% for code, reason in claim_reasons().items() -%}
        when '{{ code }}' then '{{ reason[place] }}'
        {% endfor -%}
    end
{%- endmacro %}

{# The columns every family of claims is measured in, for a union. #}
{% macro claim_measured() %}
claim_id, evaluation, period, variant_id, measured_on, estimate, lower, upper, level_estimate, baseline_estimate,
        denominator, n, is_full_count, margin, rest_estimate, rest_lower, rest_upper, process_half_width, unit, flaw
{%- endmacro %}
