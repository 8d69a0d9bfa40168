/**
 * How many series of one label set a process keeps by their own values; further ones have `_OTHER` for every open
 * label.
 */
export const MAX_LABEL_SET_SERIES = 2000

/**
 * How many series one metric may have at all. A label set stops at `MAX_LABEL_SET_SERIES`; the rest is room for its
 * `_OTHER` series, which the closed labels bound.
 */
export const MAX_METRIC_SERIES = 4000
