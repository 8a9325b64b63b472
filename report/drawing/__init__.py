"""Pictures as SVG, drawn by hand: series, spans, bars, maps. Only where ink goes is worked out here, never what a figure is.

What tells things apart is never colour alone: lines have marks and dashes, classes have hatching. Colours are classes of
the style sheet, so that dark, forced and printed pages have their own; a file to take away carries the light ones.
"""
